package io.eventsgateway.kafka;

import io.eventsgateway.Text;
import java.io.Closeable;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.security.auth.login.LoginException;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread with a consumer, and with another one when that failed. None is made while the log can't be asked: it would hold up partitions
 * that another process may be able to read. Any thread may call.
 *
 * <table>
 * <caption>States, and what becomes of them with each event</caption>
 * <tr><th>state<th>{@link #made}<th>3 s have passed<th>{@link #failed}<th>{@link #finished}<th>{@link #stop}<th>{@link #ended}
 * <tr><td>WAITING<td>STARTING<td>–<td>stay, report<td>✗<td>STOPPING<td>ENDED
 * <tr><td>STARTING<td>✗<td>SETTLED<td>WAITING, report what was not reported before<td>WAITING<td>STOPPING, wake it up<td>✗
 * <tr><td>SETTLED<td>✗<td>–<td>WAITING, report anew<td>WAITING<td>STOPPING, wake it up<td>✗
 * <tr><td>STOPPING<td>stay: it must not run<td>–<td>stay, report<td>stay<td>–<td>ENDED
 * <tr><td>ENDED<td>✗<td>–<td>✗<td>✗<td>–<td>–
 * </table>
 *
 * <p>A dash is an event that changes nothing, ✗ an {@link IllegalStateException}.
 */
final class FeedWorker {

    static final String NOT_REPORTED = "a failure that there was no memory to report";

    private static final Logger LOG = LoggerFactory.getLogger(FeedWorker.class);
    private static final Duration UNTIL_LOG_IS_ASKED = Duration.ofMillis(50);
    private static final Duration AFTER_FAULT = Duration.ofSeconds(5);
    private static final int MOST_REPORTED = 5;
    private static final long SETTLED_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final String label;
    private final Duration authRetry;
    private final GroupMembershipOperation atClose;
    private final BooleanSupplier isLogReachable;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final Function<Consumer<byte[], byte[]>, FeedConsumer> loops;
    private final Function<Consumer<byte[], byte[]>, Closeable> watches;
    private final LongSupplier clock;
    private final Thread thread;
    private final CountDownLatch stopping = new CountDownLatch(1);

    // guarded by this
    private State state = State.WAITING;
    private @Nullable FeedConsumer loop;
    private long madeAt;
    private String problem = "";

    // of the worker's own thread
    private final Set<String> reported = new HashSet<>();

    /** See the table above. */
    enum State {
        /** There is no consumer: none was made yet, or the last one failed. */
        WAITING,
        /** A consumer reads, not long enough to say that it does not fail as the last one did. */
        STARTING,
        /** A consumer reads and has not failed for a while. */
        SETTLED,
        /** The thread is to end; its consumer commits and leaves the group. */
        STOPPING,
        /** The thread does nothing more. */
        ENDED
    }

    /**
     * A worker to be started.
     *
     * @param name of the thread
     * @param label of the feed, for the log
     * @param authRetry until what was not allowed is tried again
     * @param atClose whether a consumer that is closed leaves its group
     * @param isLogReachable whether the log can be asked now
     * @param consumers makes a consumer, which the worker closes
     * @param loops makes its loop
     * @param watches begins to watch it; what it returns is closed before the consumer is
     * @param clock as {@link System#nanoTime}
     */
    FeedWorker(
            String name,
            String label,
            Duration authRetry,
            GroupMembershipOperation atClose,
            BooleanSupplier isLogReachable,
            Supplier<Consumer<byte[], byte[]>> consumers,
            Function<Consumer<byte[], byte[]>, FeedConsumer> loops,
            Function<Consumer<byte[], byte[]>, Closeable> watches,
            LongSupplier clock) {
        this.label = label;
        this.authRetry = authRetry;
        this.atClose = atClose;
        this.isLogReachable = isLogReachable;
        this.consumers = consumers;
        this.loops = loops;
        this.watches = watches;
        this.clock = clock;
        this.thread = new Thread(this::run, name);
    }

    void start() {
        thread.start();
    }

    /** Has the consumer finish, and makes no other one. Idempotent; returns at once. */
    synchronized void stop() {
        // what was last reported stays so until the end
        problem = problem();
        FeedConsumer running = loop;
        if (state() != State.ENDED) {
            state = State.STOPPING;
        }
        stopping.countDown();
        if (running != null) {
            running.stop();
        }
    }

    /**
     * Waits until the thread has ended.
     *
     * @param until when to give up, by {@link System#nanoTime}
     */
    void awaitEnd(long until) {
        try {
            thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime())));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Why the consumer is refused or held up; empty when it is not. The last failure counts until a consumer has gone on for a while. */
    synchronized String problem() {
        FeedConsumer running = loop;
        return state() == State.SETTLED && running != null ? running.problem() : problem;
    }

    /** How far each partition of its consumer is in the log. */
    synchronized Map<TopicPartition, ReadPositions.Position> positions() {
        FeedConsumer running = loop;
        return running == null ? Map.of() : running.positions();
    }

    /** Where the log does not take what the consumer has read, and why; empty for nothing. */
    synchronized String paused() {
        FeedConsumer running = loop;
        return running == null ? "" : running.paused();
    }

    synchronized State state() {
        if (state == State.STARTING && clock.getAsLong() - madeAt >= SETTLED_NANOS) {
            state = State.SETTLED;
        }
        return state;
    }

    private void run() {
        Duration pause = Duration.ZERO;
        while (!isStoppedWithin(pause)) {
            pause = isLogReachable.getAsBoolean() ? consume() : UNTIL_LOG_IS_ASKED;
        }
        ended();
    }

    private boolean isStoppedWithin(Duration pause) {
        try {
            return stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            return true;
        }
    }

    /** Makes a consumer, and runs it until it fails or is stopped; returns after how long to make another one. */
    private Duration consume() {
        try {
            Consumer<byte[], byte[]> consumer = consumers.get();
            try (Closeable leaving = () -> consumer.close(CloseOptions.groupMembershipOperation(atClose));
                    Closeable watching = watches.apply(consumer)) {
                FeedConsumer made = loops.apply(consumer);
                if (made(made)) {
                    made.run();
                }
            }
            finished();
            return Duration.ZERO;
        } catch (WakeupException stopped) {
            // it came after the loop, as while partitions were given back
            finished();
            return Duration.ZERO;
        } catch (Throwable failure) {
            // an error too: a codec whose native library can't be loaded must not end the thread unheard
            return failed(failure);
        }
    }

    /** A consumer was made; returns whether it is to run. */
    synchronized boolean made(FeedConsumer next) {
        require(state() == State.WAITING || state == State.STOPPING, "made");
        if (state == State.STOPPING) {
            return false;
        }
        state = State.STARTING;
        madeAt = clock.getAsLong();
        loop = next;
        return true;
    }

    /** The consumer has ended without a failure, and is closed. */
    synchronized void finished() {
        require(state() != State.WAITING && state != State.ENDED, "finished");
        leave();
        if (state == State.STOPPING) {
            problem = "";
        }
    }

    /** A consumer could not be made, or failed and is closed; returns after how long to make another one. */
    Duration failed(Throwable failure) {
        synchronized (this) {
            require(state() != State.ENDED, "failed");
            leave();
        }
        try {
            Duration pause = isRefusal(failure) ? authRetry : AFTER_FAULT;
            report(failure, pause);
            return pause;
        } catch (Throwable unheard) {
            // no memory to report what failed: that must not end the thread
            fail(NOT_REPORTED);
            return AFTER_FAULT;
        }
    }

    /** The thread ends. */
    synchronized void ended() {
        require(state() != State.STARTING && state != State.SETTLED, "ended");
        state = State.ENDED;
    }

    private void leave() {
        if (state() == State.SETTLED) {
            problem = "";
            reported.clear();
        }
        loop = null;
        if (state != State.STOPPING) {
            state = State.WAITING;
        }
    }

    private synchronized void fail(String reason) {
        problem = reason;
    }

    /** Reports a failure, and the same again only after a consumer has gone on for a while; not more than some of them. */
    private void report(Throwable failure, Duration pause) {
        String reason = Reason.of(failure);
        fail(reason);
        if (reported.contains(reason) || reported.size() >= MOST_REPORTED) {
            LOG.debug("Kafka still fails feed={} again-in={} cause=\"{}\"", label, Text.seconds(pause), reason);
            return;
        }
        reported.add(reason);
        if (failure instanceof KafkaException || Suspects.isMemory(failure)) {
            String what = isRefusal(failure) ? "refuses" : "fails";
            LOG.warn("Kafka {} feed={} again-in={} cause=\"{}\"", what, label, Text.seconds(pause), reason);
        } else {
            LOG.error("Consumer failed feed={} again-in={}", label, Text.seconds(pause), failure);
        }
    }

    private static boolean isRefusal(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof AuthenticationException
                    || each instanceof AuthorizationException
                    || each instanceof LoginException) {
                return true;
            }
        }
        return false;
    }

    private void require(boolean legal, String event) {
        if (!legal) {
            throw new IllegalStateException(event + " can't come in " + state + ", feed=" + label);
        }
    }
}
