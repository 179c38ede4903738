package io.eventsgateway.kafka;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;

/** Moves a consumer to where it should read by time. Used by the consumer's thread; calls block for as long as the cluster takes. */
final class Positions {

    private final Consumer<byte[], byte[]> consumer;

    Positions(Consumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
    }

    /**
     * Begins at a time in those of the partitions that have no committed offset. This is not left to the client's own
     * {@code auto.offset.reset=by_duration}, which in 4.4.0 never gets to a position in a partition that was empty when asked.
     */
    void beginAt(Instant since, Collection<TopicPartition> partitions) {
        Set<TopicPartition> fresh = new HashSet<>(partitions);
        consumer.committed(fresh).forEach((partition, offset) -> {
            if (offset != null) {
                fresh.remove(partition);
            }
        });
        if (fresh.isEmpty()) {
            return;
        }
        Map<TopicPartition, Long> ends = consumer.endOffsets(fresh);
        firstSince(since, fresh).forEach((partition, found) -> {
            Long end = ends.get(partition);
            if (found != null) {
                consumer.seek(partition, found.offset());
            } else if (end != null) {
                consumer.seek(partition, end);
            }
        });
    }

    /**
     * Goes back to a time, and at least to the offsets given; never forward.
     *
     * @return where it went back to
     */
    Map<TopicPartition, Long> backTo(
            Instant since, Collection<TopicPartition> partitions, Map<TopicPartition, Long> atLeast) {
        Map<TopicPartition, Long> back = new HashMap<>(atLeast);
        firstSince(since, partitions).forEach((partition, found) -> {
            if (found != null) {
                back.merge(partition, found.offset(), Math::min);
            }
        });
        back.entrySet().removeIf(each -> each.getValue() >= consumer.position(each.getKey()));
        back.forEach(consumer::seek);
        return back;
    }

    private Map<TopicPartition, OffsetAndTimestamp> firstSince(Instant since, Collection<TopicPartition> partitions) {
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(partition -> times.put(partition, Math.max(0, since.toEpochMilli())));
        return consumer.offsetsForTimes(times);
    }
}
