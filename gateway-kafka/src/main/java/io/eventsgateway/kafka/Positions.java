package io.eventsgateway.kafka;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
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
     *
     * @return what was committed of the others
     */
    Map<TopicPartition, OffsetAndMetadata> beginAt(Instant since, Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>(consumer.committed(Set.copyOf(partitions)));
        committed.values().removeIf(Objects::isNull);
        Set<TopicPartition> fresh = new HashSet<>(partitions);
        fresh.removeAll(committed.keySet());
        if (fresh.isEmpty()) {
            return committed;
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
        return committed;
    }

    private Map<TopicPartition, OffsetAndTimestamp> firstSince(Instant since, Collection<TopicPartition> partitions) {
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(partition -> times.put(partition, Math.max(0, since.toEpochMilli())));
        return consumer.offsetsForTimes(times);
    }
}
