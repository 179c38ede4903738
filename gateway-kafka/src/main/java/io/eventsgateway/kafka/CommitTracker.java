package io.eventsgateway.kafka;

import io.eventsgateway.log.EventWriter;
import io.eventsgateway.log.Generation;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * How far a consumer's partitions were appended: what may be committed of them, and from where they are read again after a loss. Used by
 * one thread.
 */
final class CommitTracker {

    /** How long before the last append what was appended is remembered, beside what is gone back by. */
    private static final Duration REMEMBERED = Duration.ofSeconds(60);

    private final EventWriter log;
    private final Duration rewind;
    private final RecentOffsets recent;

    /** The id of the topic that is read; the offsets are of no other. */
    private final Map<TopicPartition, String> topicIds = new HashMap<>();

    /** The offset behind the last record that was appended. */
    private final Map<TopicPartition, Long> reached = new HashMap<>();

    /** What of that was taken to be committed, and has not failed. */
    private final Map<TopicPartition, Long> taken = new HashMap<>();

    /** What is committed, or on its way. */
    private final Map<TopicPartition, Committed> committed = new HashMap<>();

    private record Committed(long offset, Handover handover) {
        OffsetAndMetadata withMetadata() {
            return new OffsetAndMetadata(offset, handover.metadata());
        }
    }

    /**
     * Nothing yet.
     *
     * @param log what the records are appended to
     * @param rewind how far before an append its records are read again where the log lost something since
     */
    CommitTracker(EventWriter log, Duration rewind) {
        this.log = log;
        this.rewind = rewind;
        this.recent = new RecentOffsets(rewind.plus(REMEMBERED));
    }

    /** A partition is read, of the topic with that id. */
    void reads(TopicPartition partition, String topicId) {
        topicIds.put(partition, topicId);
    }

    /** The id of the topic whose partition is read; null before it is known. */
    @Nullable
    String topicId(TopicPartition partition) {
        return topicIds.get(partition);
    }

    /** A record was appended. */
    void appended(TopicPartition partition, long offset, Instant now) {
        reached.put(partition, offset + 1);
        recent.appended(partition, offset, now);
    }

    /** A partition was taken over at an offset with what is committed beside it. */
    void takenOver(TopicPartition partition, long offset, Handover handover) {
        topicIds.put(partition, handover.topicId());
        committed.put(partition, new Committed(offset, handover));
    }

    /** Records from an offset on were appended by another, as far as that one knew. */
    void appendedByOthers(TopicPartition partition, long from, Instant now) {
        recent.appended(partition, from, now);
    }

    /** What is committed is committed again, with these counts beside it; null where nothing is. */
    @Nullable
    OffsetAndMetadata count(TopicPartition partition, int starts, int trials) {
        Committed known = committed.computeIfPresent(
                partition,
                (key, now) -> new Committed(now.offset(), now.handover().counting(starts, trials)));
        return known == null ? null : known.withMetadata();
    }

    /** What is committed beside the offset; null for nothing. */
    @Nullable
    Handover handover(TopicPartition partition) {
        Committed known = committed.get(partition);
        return known == null ? null : known.handover();
    }

    /** A partition is read again from an offset. */
    void backTo(TopicPartition partition, long offset) {
        reached.put(partition, offset);
        taken.remove(partition);
    }

    /** Where what has to be read again begins when the log was last intact at a time; null for nothing. */
    @Nullable
    Long since(TopicPartition partition, Instant intactUntil) {
        return recent.since(partition, intactUntil.minus(rewind));
    }

    /** Partitions are another's, or begin anew. */
    void forget(Collection<TopicPartition> partitions) {
        topicIds.keySet().removeAll(partitions);
        committed.keySet().removeAll(partitions);
        reached.keySet().removeAll(partitions);
        taken.keySet().removeAll(partitions);
        recent.forget(partitions);
    }

    /**
     * Takes what may be committed of some partitions: nothing while there was a loss that was not gone back for, for then the receipt would be
     * for less than what was appended.
     *
     * @param generation the one that was gone back for
     * @param now the time
     */
    Map<TopicPartition, OffsetAndMetadata> take(
            Collection<TopicPartition> partitions, Generation generation, Instant now) {
        Map<TopicPartition, Long> due = new HashMap<>();
        for (TopicPartition partition : partitions) {
            Long offset = reached.get(partition);
            if (offset != null && topicIds.containsKey(partition) && !offset.equals(taken.get(partition))) {
                due.put(partition, offset);
            }
        }
        // asked for first: a loss that is noticed meanwhile is noticed here too
        String receipt = due.isEmpty() ? "" : log.receipt();
        if (log.generation().number() != generation.number()) {
            return Map.of();
        }
        Instant since = now.minus(rewind);
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        due.forEach((partition, offset) -> {
            Long recently = recent.since(partition, since);
            long from = recently == null ? offset : Math.min(recently, offset);
            Handover handover = new Handover(now, Objects.requireNonNull(topicIds.get(partition)), from, receipt);
            Committed next = new Committed(offset, handover);
            committed.put(partition, next);
            offsets.put(partition, next.withMetadata());
        });
        taken.putAll(due);
        return offsets;
    }

    /** What was taken of some partitions could not be committed: how far they are by then is taken next. */
    void putBack(Collection<TopicPartition> partitions) {
        taken.keySet().removeAll(partitions);
    }
}
