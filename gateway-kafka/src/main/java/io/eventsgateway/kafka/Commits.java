package io.eventsgateway.kafka;

import io.eventsgateway.topic.Feed;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Commits how far a consumer's partitions need not be read again. What fails is committed later. Used by the consumer's thread. */
final class Commits {

    private static final Logger LOG = LoggerFactory.getLogger(Commits.class);
    private static final long COMMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** How long each batch is committed by itself after partitions were assigned, so that little is read again of what ends a process. */
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Feed feed;
    private final Consumer<byte[], byte[]> consumer;
    private final Assignment assignment;
    private final CommitTracker tracker;
    private final Trials trials;
    private final LongSupplier clock;
    private long committedAt;
    private long assignedAt;

    /**
     * Of a consumer.
     *
     * @param clock as {@link System#nanoTime}
     */
    Commits(
            Feed feed,
            Consumer<byte[], byte[]> consumer,
            Assignment assignment,
            CommitTracker tracker,
            Trials trials,
            LongSupplier clock) {
        this.feed = feed;
        this.consumer = consumer;
        this.assignment = assignment;
        this.tracker = tracker;
        this.trials = trials;
        this.clock = clock;
        this.committedAt = clock.getAsLong();
        this.assignedAt = clock.getAsLong();
    }

    /** Partitions have come. */
    void assigned() {
        assignedAt = clock.getAsLong();
    }

    /** Commits, without waiting, if the last time is long enough ago. */
    void commitIfDue() {
        long now = clock.getAsLong();
        if (now - committedAt < COMMIT_NANOS && now - assignedAt > FRESH_NANOS) {
            return;
        }
        committedAt = now;
        Map<TopicPartition, OffsetAndMetadata> offsets = tracker.take(assignment.all());
        if (offsets.isEmpty()) {
            return;
        }
        consumer.commitAsync(offsets, (committed, failure) -> {
            if (failure != null) {
                LOG.debug("Commit failed feed={} cause=\"{}\"", feed.label(), failure.toString());
                tracker.putBack(offsets.keySet());
            }
        });
    }

    /** Commits one partition and waits for it. */
    void commit(TopicPartition partition) {
        commitSync(tracker.take(Set.of(partition)));
    }

    /** Commits partitions that are another's next, and that nobody ended there; waits for it. */
    void giveBack(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> offsets = tracker.take(partitions);
        trials.giveBack(partitions, offsets);
        commitSync(offsets);
    }

    private void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
        if (offsets.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(offsets, PATIENCE);
        } catch (RetriableException | CommitFailedException | RebalanceInProgressException notNow) {
            tracker.putBack(offsets.keySet());
            LOG.info("Offsets not committed, their records will be read again feed={}", feed.label());
        }
    }
}
