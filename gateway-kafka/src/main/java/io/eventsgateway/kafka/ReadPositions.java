package io.eventsgateway.kafka;

import io.eventsgateway.route.InboundRecord;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * How far one consumer has brought each of its partitions into the log, for those who measure how far it is behind; at most a second old while
 * it reads. Written by the consumer's thread; any thread may read.
 */
final class ReadPositions {

    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Consumer<byte[], byte[]> consumer;
    private final LongSupplier clock;
    private long publishedAt;

    private volatile Map<TopicPartition, Position> positions = Map.of();

    /**
     * A place in a partition.
     *
     * @param next the offset of the first record that is not in the log
     * @param timestamp of the record before, milliseconds since 1970; -1 where it is not known
     */
    record Position(long next, long timestamp) {}

    /**
     * None yet.
     *
     * @param clock as {@link System#nanoTime}
     */
    ReadPositions(Consumer<byte[], byte[]> consumer, LongSupplier clock) {
        this.consumer = consumer;
        this.clock = clock;
        this.publishedAt = clock.getAsLong();
    }

    /** By partition that the consumer has; any thread. */
    Map<TopicPartition, Position> all() {
        return positions;
    }

    /** Partitions have come, which are read from what is committed of them, or from their beginning. */
    void assigned(Collection<TopicPartition> partitions, Map<TopicPartition, OffsetAndMetadata> committed) {
        Map<TopicPartition, Position> all = new HashMap<>(positions);
        for (TopicPartition partition : partitions) {
            OffsetAndMetadata offset = committed.get(partition);
            all.put(partition, new Position(offset == null ? 0 : offset.offset(), -1));
        }
        positions = Map.copyOf(all);
    }

    /** Partitions have gone. */
    void forget(Collection<TopicPartition> partitions) {
        Map<TopicPartition, Position> all = new HashMap<>(positions);
        all.keySet().removeAll(partitions);
        positions = Map.copyOf(all);
    }

    /**
     * All that was polled is in the log.
     *
     * @param last what was polled last
     */
    void reached(List<InboundRecord> last) {
        long now = clock.getAsLong();
        if (now - publishedAt < EVERY_NANOS) {
            return;
        }
        publishedAt = now;
        Map<TopicPartition, Position> all = new HashMap<>(positions);
        all.replaceAll((partition, before) -> new Position(next(partition, before.next()), before.timestamp()));
        for (InboundRecord record : last) {
            all.computeIfPresent(
                    Assignment.partition(record.source()),
                    (partition, position) -> new Position(position.next(), record.timestamp()));
        }
        positions = Map.copyOf(all);
    }

    private long next(TopicPartition partition, long before) {
        try {
            return consumer.position(partition, Duration.ZERO);
        } catch (TimeoutException unknown) {
            return before;
        }
    }
}
