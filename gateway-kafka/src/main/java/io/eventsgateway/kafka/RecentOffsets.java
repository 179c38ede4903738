package io.eventsgateway.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What was appended lately, to the second: a record's own timestamp may be much older than its append. Used by the consumer's
 * thread.
 */
final class RecentOffsets {

    private static final Duration STEP = Duration.ofSeconds(1);
    private static final Deque<Step> NONE = new ArrayDeque<>();

    private final Duration kept;
    private final Map<TopicPartition, Deque<Step>> steps = new HashMap<>();

    private record Step(Instant since, long offset) {}

    /**
     * Nothing yet.
     *
     * @param kept how long before the last append an append is remembered
     */
    RecentOffsets(Duration kept) {
        this.kept = kept;
    }

    /** Offsets go up, but for those that are read again. */
    void appended(TopicPartition partition, long offset, Instant now) {
        Deque<Step> known = steps.computeIfAbsent(partition, key -> new ArrayDeque<>());
        Step last = known.peekLast();
        if (last != null && offset >= last.offset() && now.isBefore(last.since().plus(STEP))) {
            return;
        }
        known.add(new Step(now, offset));
        while (known.size() > 1 && known.element().since().isBefore(now.minus(kept))) {
            known.remove();
        }
    }

    /** The lowest offset of what was appended since a time, or up to a second before; null for none. */
    @Nullable
    Long since(TopicPartition partition, Instant time) {
        return steps.getOrDefault(partition, NONE).stream()
                .filter(step -> step.since().plus(STEP).isAfter(time))
                .map(Step::offset)
                .min(Long::compare)
                .orElse(null);
    }

    void forget(Collection<TopicPartition> partitions) {
        steps.keySet().removeAll(partitions);
    }
}
