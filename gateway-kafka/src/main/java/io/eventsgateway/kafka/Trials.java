package io.eventsgateway.kafka;

import io.eventsgateway.topic.Feed;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What outlives a process that a record ends. With {@code -XX:+ExitOnOutOfMemoryError} a record that needs more memory than there is ends
 * its reader, and then each process that takes the partition over. So whoever takes a partition over commits that it did, beside the
 * offset, and whoever is about to read a suspected record alone commits that too. Both counts are none again when the partition gets on, or
 * is given back. Used by the consumer's thread.
 */
final class Trials {

    /** How many processes a record may end that is read alone. */
    static final int MOST = 2;

    /** How many readers have to end without getting on before that is held against a record: the first one may have been killed. */
    private static final int SUSPICIOUS = 2;

    /** How far behind the committed offset the record may be that ended a process. */
    private static final int HORIZON = 2 * Poller.GATHERED_RECORDS;

    private static final Logger LOG = LoggerFactory.getLogger(Trials.class);
    private static final Duration COMMIT = Duration.ofSeconds(5);

    private final Feed feed;
    private final Consumer<byte[], byte[]> consumer;
    private final CommitTracker tracker;
    private final Suspects suspects;

    /** The partition whose next record is committed as tried; null for none. */
    private @Nullable TopicPartition tried;

    private boolean locked;

    Trials(Feed feed, Consumer<byte[], byte[]> consumer, CommitTracker tracker, Suspects suspects) {
        this.feed = feed;
        this.consumer = consumer;
        this.tracker = tracker;
        this.suspects = suspects;
    }

    /** Partitions were taken over, each at an offset and with what was committed beside it; suspects those where a process ended. */
    void takenOver(Map<TopicPartition, Long> offsets, Map<TopicPartition, Handover> handovers) {
        // a partition that was lost, and not given back, may be here again
        tried = null;
        Map<TopicPartition, OffsetAndMetadata> counted = new HashMap<>();
        handovers.forEach((partition, handover) -> {
            long offset = Objects.requireNonNull(offsets.get(partition));
            tracker.takenOver(partition, offset, handover);
            if (handover.trials() >= MOST) {
                suspects.condemn(partition, offset);
            } else if (handover.starts() >= SUSPICIOUS || handover.trials() > 0) {
                LOG.warn(
                        "Read alone for a while, since whoever read it ended there feed={} source={}@{}",
                        feed.label(),
                        partition,
                        offset);
                suspects.suspect(Map.of(partition, offset + HORIZON));
            }
            count(counted, partition, handover.starts() + 1, handover.trials());
        });
        commit(counted);
    }

    /** Adds to what is due that partitions are given back: nobody ended there. */
    void giveBack(Iterable<TopicPartition> partitions, Map<TopicPartition, OffsetAndMetadata> due) {
        for (TopicPartition partition : partitions) {
            Handover handover = tracker.handover(partition);
            if (handover != null && !due.containsKey(partition) && handover.starts() + handover.trials() > 0) {
                count(due, partition, 0, 0);
            }
        }
        tried = null;
    }

    /**
     * The next record of a partition is about to be read alone, and everything before it is committed; to be followed by {@link #end}. Where
     * there is none yet it is no trial.
     */
    void begin(TopicPartition partition) {
        Handover handover = tracker.handover(partition);
        if (handover == null || !hasMore(partition)) {
            return;
        }
        suspects.alone().lock();
        locked = true;
        if (!partition.equals(tried)) {
            tried = partition;
            commit(partition, handover.starts(), handover.trials() + 1);
        }
    }

    /** A record was read alone, or none came. */
    void end(boolean isRead) {
        if (isRead && tried != null) {
            Handover handover = tracker.handover(tried);
            Map<TopicPartition, OffsetAndMetadata> counted = new HashMap<>();
            count(counted, tried, handover == null ? 0 : handover.starts(), 0);
            consumer.commitAsync(counted, null);
            tried = null;
        }
        if (locked) {
            locked = false;
            suspects.alone().unlock();
        }
    }

    /** The record before the committed offset was buried unread: of what follows in its compressed batch one trial is enough. */
    void buried(TopicPartition partition) {
        commit(partition, 0, MOST - 1);
    }

    private boolean hasMore(TopicPartition partition) {
        Long end = consumer.endOffsets(Set.of(partition)).get(partition);
        return end != null && end > consumer.position(partition);
    }

    private void count(
            Map<TopicPartition, OffsetAndMetadata> counted, TopicPartition partition, int starts, int trials) {
        OffsetAndMetadata again = tracker.count(partition, starts, trials);
        if (again != null) {
            counted.put(partition, again);
        }
    }

    private void commit(TopicPartition partition, int starts, int trials) {
        Map<TopicPartition, OffsetAndMetadata> counted = new HashMap<>();
        count(counted, partition, starts, trials);
        commit(counted);
    }

    private void commit(Map<TopicPartition, OffsetAndMetadata> counted) {
        if (counted.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(counted, COMMIT);
        } catch (RetriableException | CommitFailedException | RebalanceInProgressException notNow) {
            LOG.debug("Trial not committed feed={} cause=\"{}\"", feed.label(), notNow.toString());
        }
    }
}
