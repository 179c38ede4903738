package io.eventsgateway.kafka;

import io.eventsgateway.lane.Found;
import io.eventsgateway.lane.LaneClaims;
import io.eventsgateway.log.EventWriter;
import io.eventsgateway.topic.Feed;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the log every few seconds whether it has what it acknowledged, also where nothing more comes. No answer is no loss: it is asked again.
 * Used by the consumer's thread.
 */
final class LossCheck {

    private static final Logger LOG = LoggerFactory.getLogger(LossCheck.class);
    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Feed feed;
    private final EventWriter log;
    private final LaneReaders readers;
    private final Assignment assignment;
    private final Replay replay;
    private final Backpressure backpressure;
    private final LongSupplier clock;
    private long dueAt;

    /**
     * Of a consumer.
     *
     * @param clock as {@link System#nanoTime}
     */
    LossCheck(
            Feed feed,
            EventWriter log,
            LaneReaders readers,
            Assignment assignment,
            Replay replay,
            Backpressure backpressure,
            LongSupplier clock) {
        this.feed = feed;
        this.log = log;
        this.readers = readers;
        this.assignment = assignment;
        this.replay = replay;
        this.backpressure = backpressure;
        this.clock = clock;
        this.dueAt = clock.getAsLong() + EVERY_NANOS;
    }

    /** Partitions have come, of which something may be lost. */
    void assigned() {
        dueAt = clock.getAsLong();
    }

    /** Asks if that is due, and goes back where the log has less. To be called while nothing is under way. */
    void checkIfDue() {
        if (clock.getAsLong() - dueAt < 0) {
            return;
        }
        LaneBatch batch = LaneBatch.check(assignment.all(), readers);
        if (!batch.readers().isEmpty()) {
            check(batch);
        }
        dueAt = clock.getAsLong() + EVERY_NANOS;
    }

    private void check(LaneBatch batch) {
        boolean isWhole = ask(batch);
        if (batch.isRefused()) {
            replay.goBack(batch, Set.of());
        } else {
            batch.giveUp();
            if (isWhole) {
                replay.intact();
            }
        }
        backpressure.release();
    }

    /**
     * Asks for all tags of some lanes, of which a batch may have been refused.
     *
     * @return whether all were answered
     */
    boolean ask(LaneBatch batch) {
        List<LaneClaims> claims = batch.checkClaims();
        CompletableFuture<List<Found>> answer = log.check(claims).toCompletableFuture();
        try {
            backpressure.await(answer);
        } catch (ExecutionException unanswered) {
            LOG.debug("Losses can't be looked for now feed={} cause=\"{}\"", feed.label(), unanswered.getCause());
            return false;
        }
        List<Found> found = answer.join();
        batch.checked(found);
        return found.size() == claims.size() * log.tags();
    }
}
