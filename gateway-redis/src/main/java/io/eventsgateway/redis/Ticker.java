package io.eventsgateway.redis;

import io.eventsgateway.outage.OutageLog;
import io.eventsgateway.redis.Problems.Need;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clock of a log: has its connections probed and mended, and what is not pushed asked for, on a thread of its own.
 * Nothing that is done there blocks.
 */
final class Ticker implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Ticker.class);
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long RECONCILE = TimeUnit.SECONDS.toNanos(2);
    private static final long WRITE = TimeUnit.SECONDS.toNanos(5);
    private static final long WRITE_AGAIN = TimeUnit.SECONDS.toNanos(1);
    private static final long SWEEP = TimeUnit.SECONDS.toNanos(10);
    private static final long FAULT_AGAIN = TimeUnit.MINUTES.toNanos(1);

    private final CommandConnection connection;
    private final PubSub pubSub;
    private final WriteProbe probe;
    private final ReplicaLag lag;
    private final Format format;
    private final Problems problems;
    private final long frequency;
    private final ScheduledExecutorService clock;

    // owned by the clock's thread
    private final OutageLog outages;
    private final Duty poll;
    private final Duty reconcile;
    private final Duty write;
    private final Duty sweep;
    private @Nullable CompletionStage<?> writing;
    private long faultLoggedAt = System.nanoTime() - FAULT_AGAIN;

    /**
     * A clock that {@link #start} starts.
     *
     * @param frequency how often is asked for what is not pushed
     */
    Ticker(
            CommandConnection connection,
            PubSub pubSub,
            WriteProbe probe,
            ReplicaLag lag,
            Format format,
            Problems problems,
            OutageLog outages,
            Duration frequency) {
        this.connection = connection;
        this.pubSub = pubSub;
        this.probe = probe;
        this.lag = lag;
        this.format = format;
        this.problems = problems;
        this.outages = outages;
        this.frequency = frequency.toNanos();
        long now = System.nanoTime();
        this.poll = new Duty(now, () -> this.frequency);
        this.reconcile = new Duty(now, () -> RECONCILE);
        this.write = new Duty(now, () -> problems.has(Need.WRITING) ? WRITE_AGAIN : WRITE);
        this.sweep =
                new Duty(now + SWEEP, () -> SWEEP + ThreadLocalRandom.current().nextLong(SWEEP / 5));
        ScheduledThreadPoolExecutor executor =
                new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "redis-clock"));
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.clock = executor;
    }

    void start() {
        // a whole number of ticks, so that a question is not asked a tick late
        long ticks = (frequency + TICK - 1) / TICK;
        clock.scheduleWithFixedDelay(this::tick, 0, frequency / ticks, TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        clock.shutdownNow();
        try {
            clock.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void tick() {
        try {
            long now = System.nanoTime();
            if (connection.tick()) {
                work(now);
            }
            outages.observe(now, problems.first());
        } catch (Throwable fault) {
            survive(fault);
        }
    }

    /** A task that throws is never run again: not even an Error may get out. */
    private void survive(Throwable fault) {
        try {
            long now = System.nanoTime();
            if (now - faultLoggedAt >= FAULT_AGAIN) {
                faultLoggedAt = now;
                LOG.error("Redis clock failed, goes on", fault);
            }
        } catch (Throwable unlogged) {
            // the next tick comes all the same
        }
    }

    private void work(long now) {
        if (pubSub.tick()) {
            poll.hurry(now);
        }
        if (write.isDue(now) && !Stages.isUnderWay(writing)) {
            write.done(now);
            writing = look();
        }
        if (reconcile.isDue(now)) {
            reconcile.done(now);
            pubSub.reconcile();
        }
        if (sweep.isDue(now)) {
            sweep.done(now);
            pubSub.sweep();
        } else if (poll.isDue(now)) {
            poll.done(now);
            pubSub.poll();
        }
    }

    /** Writes; and looks how far replicas lag, and for what else may be in an emptied Redis, which another version may have filled. */
    private CompletionStage<?> look() {
        return CompletableFuture.allOf(
                probe.write().toCompletableFuture(),
                lag.look().toCompletableFuture(),
                connection.recheck(format::problem).toCompletableFuture());
    }
}
