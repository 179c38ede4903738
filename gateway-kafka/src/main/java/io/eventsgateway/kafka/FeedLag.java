package io.eventsgateway.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;

/**
 * How far one replica is behind in a feed. Measured by one thread at a time; any thread may read.
 *
 * <p>How old the oldest unread record is follows from two bounds: it is no older than the last record that was read before it, and it was not
 * there when the partition was last seen without unread records.
 */
final class FeedLag {

    private final LongSupplier clock;
    private final Map<TopicPartition, Long> behindSince = new HashMap<>();

    private volatile long records;
    private volatile long oldest = NOTHING;

    private static final long NOTHING = Long.MAX_VALUE;

    /** @param clock as {@link System#currentTimeMillis} */
    FeedLag(LongSupplier clock) {
        this.clock = clock;
    }

    /**
     * Measures.
     *
     * @param positions how far each partition was read
     * @param ends the offset behind the last record of each; a partition that is not among them is left out
     */
    void measure(Map<TopicPartition, ReadPositions.Position> positions, Map<TopicPartition, Long> ends) {
        long now = clock.getAsLong();
        long sum = 0;
        long first = NOTHING;
        behindSince.keySet().retainAll(positions.keySet());
        for (Map.Entry<TopicPartition, ReadPositions.Position> each : positions.entrySet()) {
            TopicPartition partition = each.getKey();
            ReadPositions.Position position = each.getValue();
            long unread = ends.getOrDefault(partition, 0L) - position.next();
            if (unread <= 0) {
                behindSince.remove(partition);
            } else {
                sum += unread;
                long since = behindSince.computeIfAbsent(partition, fresh -> now);
                first = Math.min(first, Math.max(since, position.timestamp()));
            }
        }
        records = sum;
        oldest = first;
    }

    /** How many records are in the topics and not in the log. */
    long records() {
        return records;
    }

    /** For how long the oldest of them has been in its topic, about; 0 where there is none. */
    long oldestMillis() {
        long since = oldest;
        return since == NOTHING ? 0 : Math.max(0, clock.getAsLong() - since);
    }
}
