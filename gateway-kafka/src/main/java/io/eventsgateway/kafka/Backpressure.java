package io.eventsgateway.kafka;

import io.eventsgateway.Text;
import io.eventsgateway.topic.Feed;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a consumer in its group while it takes no records: partitions are paused and polling goes on. Used by the consumer's thread, except
 * for {@link #problem} and {@link #paused}.
 *
 * <table>
 * <caption>States, and what becomes of them with each event</caption>
 * <tr><th>state<th>{@link #await} takes long<th>{@link #stayInGroup}, a poll is due<th>{@link #fail}<th>{@link #assigned}
 *     <th>{@link #release}
 * <tr><td>FLOWING<td>HOLDING, pause<td>HOLDING, pause<td>FAILING, pause, log<td>–<td>–
 * <tr><td>HOLDING<td>poll<td>poll<td>FAILING, log<td>pause those too<td>FLOWING, resume
 * <tr><td>FAILING<td>poll<td>poll<td>stay, log once a minute<td>pause those too<td>FLOWING, resume, log
 * </table>
 *
 * <p>A dash is an event that changes nothing, as does one in time.
 */
final class Backpressure {

    private static final Logger LOG = LoggerFactory.getLogger(Backpressure.class);
    private static final Duration POLL_PAUSED = Duration.ofMillis(50);
    private static final long PATIENCE_MILLIS = 100;
    private static final long POLL_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LOG_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Feed feed;
    private final Consumer<byte[], byte[]> consumer;
    private final Runnable commit;
    private final LongSupplier clock;
    private State state = State.FLOWING;
    private long polledAt;

    /** When the failure was logged last, in FAILING. */
    private long loggedAt;

    /** When that began. */
    private long failedAt;

    private volatile Held held = Held.NOT;

    /**
     * What holds up records.
     *
     * @param text in words; empty for nothing
     * @param byKafka whether it is Kafka that does, as where dead letters are not taken, and not the log
     */
    private record Held(String text, boolean byKafka) {
        static final Held NOT = new Held("", false);
    }

    /** See the table above. */
    enum State {
        /** Records are polled and taken. */
        FLOWING,
        /** The records that were polled last take long; no others are taken. */
        HOLDING,
        /** They failed and are tried again. */
        FAILING
    }

    /**
     * Of a consumer.
     *
     * @param commit commits what is acknowledged, if that is due
     * @param clock as {@link System#nanoTime}
     */
    Backpressure(Feed feed, Consumer<byte[], byte[]> consumer, Runnable commit, LongSupplier clock) {
        this.feed = feed;
        this.consumer = consumer;
        this.commit = commit;
        this.clock = clock;
        this.polledAt = clock.getAsLong();
    }

    State state() {
        return state;
    }

    /** What of Kafka holds up the records that were read; empty for nothing. Any thread. */
    String problem() {
        Held now = held;
        return now.byKafka() ? now.text() : "";
    }

    /** Where the log does not take the records that were read, and why; empty for nothing. Any thread. */
    String paused() {
        Held now = held;
        return now.byKafka() ? "" : now.text();
    }

    /** The consumer has polled. */
    void polled() {
        polledAt = clock.getAsLong();
    }

    /** Partitions have come; those that come while no records are taken wait too. */
    void assigned(Collection<TopicPartition> partitions) {
        if (state != State.FLOWING) {
            consumer.pause(partitions);
        }
    }

    /** Waits for the end, after a while without taking more. */
    void await(CompletableFuture<?> stage) throws ExecutionException {
        long patience = PATIENCE_MILLIS;
        while (true) {
            try {
                stage.get(patience, TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException slow) {
                hold(0);
                patience = 1;
            } catch (InterruptedException interrupted) {
                throw new InterruptException(interrupted);
            }
        }
    }

    /** Polls if that is due, so that the group does not take the consumer for dead while a batch is taken apart. */
    void stayInGroup() {
        if (clock.getAsLong() - polledAt > POLL_AGAIN_NANOS) {
            hold(0);
        }
    }

    /**
     * Records failed: reports it, logs it the first time and then once a minute, and takes no others for a while.
     *
     * @param at which records
     * @param millis until they are tried again
     */
    void fail(Object at, Exception failure, long millis) {
        fail(at, Reason.of(failure), isOfKafka(failure), millis);
    }

    /** The same for records that the log does not take, for a reason in words. */
    void fail(Object at, String reason, long millis) {
        fail(at, Text.forLog(reason), false, millis);
    }

    private static boolean isOfKafka(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof KafkaException) {
                return true;
            }
        }
        return false;
    }

    private void fail(Object at, String cause, boolean byKafka, long millis) {
        held = new Held("paused at " + at + ": " + cause, byKafka);
        long now = clock.getAsLong();
        if (state != State.FAILING) {
            failedAt = now;
        }
        if (state != State.FAILING || now - loggedAt > LOG_AGAIN_NANOS) {
            loggedAt = now;
            LOG.warn("Consumption paused feed={} at={} cause=\"{}\"", feed.label(), at, cause);
        }
        pause(State.FAILING);
        hold(millis);
    }

    /** Takes records again. */
    void release() {
        if (state == State.FAILING) {
            Duration paused = Duration.ofNanos(clock.getAsLong() - failedAt);
            LOG.info("Consumption goes on feed={} after={}", feed.label(), Text.seconds(paused));
        }
        if (state != State.FLOWING) {
            state = State.FLOWING;
            consumer.resume(consumer.paused());
        }
        held = Held.NOT;
    }

    /** Stays in the group without taking records, for at least as long. */
    private void hold(long millis) {
        if (state == State.FLOWING) {
            pause(State.HOLDING);
        }
        long until = clock.getAsLong() + TimeUnit.MILLISECONDS.toNanos(millis);
        do {
            ConsumerRecords<byte[], byte[]> unexpected = consumer.poll(POLL_PAUSED);
            polled();
            for (TopicPartition partition : unexpected.partitions()) {
                consumer.seek(partition, unexpected.records(partition).get(0).offset());
            }
            commit.run();
        } while (clock.getAsLong() - until < 0);
    }

    private void pause(State next) {
        if (state == State.FLOWING) {
            consumer.pause(consumer.assignment());
        }
        state = next;
    }
}
