package io.eventsgateway.kafka;

import static io.eventsgateway.kafka.Assignment.partition;

import io.eventsgateway.Source;
import io.eventsgateway.lane.LaneReader;
import io.eventsgateway.log.Left;
import io.eventsgateway.route.InboundRecord;
import io.eventsgateway.topic.Feed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records that the log left, since a part of it can't be written now, until it takes them. Which of them wait is what their {@link
 * LaneReader} says: those of a reader that is gone, or went back, are read again. Used by the consumer's thread.
 */
final class WaitingRecords {

    private static final Logger LOG = LoggerFactory.getLogger(WaitingRecords.class);
    private static final int MOST_RECORDS = 1000;
    private static final long MOST_BYTES = 8 * 1024 * 1024;

    /** How many records of a partition may be read beyond one that waits: so many are read again by whoever takes it over. */
    private static final long MOST_BEYOND = 20_000;

    private static final long FIRST_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long LAST_DELAY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Feed feed;
    private final LaneReaders readers;
    private final LongSupplier clock;
    private final Map<Source, InboundRecord> records = new HashMap<>();
    private String cause = "";
    private long delay = FIRST_DELAY_NANOS;
    private long dueAt;

    /**
     * None yet.
     *
     * @param clock as {@link System#nanoTime}
     */
    WaitingRecords(Feed feed, LaneReaders readers, LongSupplier clock) {
        this.feed = feed;
        this.readers = readers;
        this.clock = clock;
    }

    /** Some of the records that were sent were left, and their readers know. */
    void add(List<InboundRecord> sent, List<Left> left) {
        if (left.isEmpty()) {
            return;
        }
        prune();
        boolean isFirst = records.isEmpty();
        Map<Source, InboundRecord> bySource =
                sent.stream().collect(Collectors.toMap(InboundRecord::source, in -> in, (one, other) -> one));
        left.forEach(each -> records.put(each.source(), bySource.get(each.source())));
        if (isFirst) {
            cause = left.get(0).cause();
            delay = FIRST_DELAY_NANOS;
            dueAt = clock.getAsLong() + delay;
            LOG.warn(
                    "Records wait, the others go on feed={} at={} cause=\"{}\"",
                    feed.label(),
                    left.get(0).source(),
                    cause);
        }
    }

    /** Whether any wait, and it is time to send them again. */
    boolean isDue() {
        return !records.isEmpty() && clock.getAsLong() - dueAt >= 0;
    }

    /** All that wait, those of one partition in the order of their offsets. */
    List<InboundRecord> all() {
        prune();
        List<InboundRecord> all = new ArrayList<>(records.values());
        all.sort(Comparator.comparingLong(in -> in.source().offset()));
        return all;
    }

    /** They were sent again, and their readers know what was left: that is due again after a while, which doubles up to a second. */
    void sent() {
        boolean waited = !records.isEmpty();
        prune();
        if (waited && records.isEmpty()) {
            LOG.info("No records wait any more feed={}", feed.label());
        }
        delay = Math.min(2 * delay, LAST_DELAY_NANOS);
        dueAt = clock.getAsLong() + delay;
    }

    /** Whether any of a partition wait. */
    boolean hasAny(TopicPartition partition) {
        prune();
        return records.keySet().stream().anyMatch(source -> partition(source).equals(partition));
    }

    /** Whether nothing more may be read, since it might wait too. */
    boolean isFull() {
        prune();
        return records.size() >= MOST_RECORDS
                || records.values().stream().mapToLong(Poller::size).sum() >= MOST_BYTES
                || records.values().stream().anyMatch(this::isFarBehind);
    }

    /** Why they wait. */
    String cause() {
        return cause;
    }

    private boolean isFarBehind(InboundRecord in) {
        LaneReader reader = readers.of(partition(in.source()));
        return reader != null && reader.next() - in.source().offset() > MOST_BEYOND;
    }

    /** Forgets what does not wait any more. */
    private void prune() {
        records.keySet().removeIf(source -> {
            LaneReader reader = readers.of(partition(source));
            if (reader != null && !reader.lane().partitionKey().equals(source.partitionKey())) {
                LOG.error(
                        "Record given up, its topic was made again while it waited feed={} source={}",
                        feed.label(),
                        source);
                return true;
            }
            return reader == null || !reader.isWaiting(source.offset());
        });
    }

    @Override
    public String toString() {
        return records.size() + " records that wait";
    }
}
