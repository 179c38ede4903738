package io.eventsgateway.redis;

import io.eventsgateway.redis.Servers.Commands;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection of a log for commands, made as soon as a server can be reached and replaced when it fails; and the clock that does
 * what has to be done again and again: probe and mend what is pushed, ask for what is not, count under the guard. Any thread may call.
 */
final class Connections implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long CONNECT_AGAIN = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long RECONCILE = TimeUnit.SECONDS.toNanos(2);
    private static final long TOUCH = TimeUnit.SECONDS.toNanos(5);
    private static final long SWEEP = TimeUnit.SECONDS.toNanos(10);
    private static final long DEAD = TimeUnit.SECONDS.toNanos(5);
    private static final long TELL = TimeUnit.SECONDS.toNanos(5);
    private static final long TELL_AGAIN = TimeUnit.SECONDS.toNanos(60);
    private static final long NEVER_HEARD = TimeUnit.SECONDS.toNanos(10);

    private final Servers servers;
    private final Push push;
    private final Guard guard;
    private final byte[] memory;
    private final long frequency;
    private final ScheduledExecutorService clock;

    private volatile @Nullable Commands commands;
    private volatile String problem = "not connected yet";
    private volatile String warning = "";
    private volatile long answeredAt;
    private volatile boolean connecting;
    private volatile boolean touching;

    // owned by the clock's thread
    private long connectAt = System.nanoTime();
    private long pollAt = connectAt;
    private long reconcileAt = connectAt;
    private long touchAt = connectAt;
    private long sweepAt = connectAt + SWEEP;
    private boolean down;
    private long downSince = connectAt;
    private long tellAt = connectAt + TELL;

    Connections(Servers servers, Push push, Guard guard, Duration memory, Duration frequency) {
        this.servers = servers;
        this.push = push;
        this.guard = guard;
        this.memory = Keys.number(memory.toMillis());
        this.frequency = frequency.toNanos();
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

    RedisState state() {
        boolean connected = open() != null;
        String now = problem.isEmpty() && !connected ? "connection lost" : problem;
        if (now.isEmpty() && push.silentNanos() > NEVER_HEARD) {
            now = "what Redis should push does not arrive; events come by queries, later and at more cost";
        }
        return new RedisState(
                connected, now, warning, push.followed(), push.unconfirmed(), push.silentNanos() / 1_000_000);
    }

    /** Runs a command; fails at once while there is no connection. */
    <T> CompletionStage<T> run(Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> command) {
        Commands to = open();
        if (to == null) {
            return CompletableFuture.failedStage(new RedisConnectionException(problem));
        }
        return command.apply(to.async()).whenComplete((reply, failure) -> {
            if (failure == null || RedisProblem.of(failure).isAnswer()) {
                answeredAt = System.nanoTime();
            }
        });
    }

    /** Runs a command that changes something; whether that can be done is what {@link #state} tells. */
    <T> CompletionStage<T> change(Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> command) {
        Commands to = open();
        return run(command).whenComplete((reply, failure) -> {
            if (failure == null) {
                problem = "";
            } else {
                RedisProblem cause = RedisProblem.of(failure);
                problem = cause.text();
                if (cause.isElsewhere() && to != null) {
                    replace(to);
                }
            }
        });
    }

    @Override
    public void close() {
        commands = null;
        clock.shutdownNow();
        try {
            clock.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        servers.close();
    }

    private void tick() {
        try {
            long now = System.nanoTime();
            Commands current = open();
            if (current == null) {
                connect(now);
            } else if (now - answeredAt > DEAD) {
                LOG.warn("Redis does not answer, connection replaced server=\"{}\"", servers.address());
                replace(current);
            } else {
                work(now, current.async());
            }
            tell(now);
        } catch (RuntimeException bug) {
            LOG.error("Redis clock failed, goes on", bug);
        }
    }

    private void work(long now, RedisClusterAsyncCommands<byte[], byte[]> async) {
        run(redis -> redis.ping());
        if (push.tick(async)) {
            pollAt = now;
        }
        if (now - touchAt >= 0 && !touching) {
            touchAt = now + TOUCH;
            touch();
        }
        if (now - reconcileAt >= 0) {
            reconcileAt = now + RECONCILE;
            push.reconcile();
        }
        if (now - sweepAt >= 0) {
            sweepAt = now + SWEEP + ThreadLocalRandom.current().nextLong(SWEEP / 5);
            push.sweep(async);
        } else if (now - pollAt >= 0) {
            pollAt = now + frequency;
            push.poll(async);
        }
    }

    /** Counts once under every tag, so that a loss is noticed before anything is appended there, and also when nothing is. */
    private void touch() {
        touching = true;
        Instant since = Instant.now();
        Guard.Known known = guard.known();
        List<CompletableFuture<?>> touched = new ArrayList<>();
        int together = servers.routes() ? 1 : Keys.TAGS;
        for (int tag = 0; tag < Keys.TAGS; tag += together) {
            touched.add(touch(known, tag, together).toCompletableFuture());
        }
        CompletableFuture.allOf(touched.toArray(CompletableFuture<?>[]::new)).whenComplete((done, failure) -> {
            touching = false;
            if (failure == null && guard.known() == known) {
                known.intact(since);
            }
        });
    }

    private CompletionStage<?> touch(Guard.Known known, int from, int together) {
        byte[][] guards = new byte[together][];
        byte[][] values = new byte[1 + together][];
        values[0] = memory;
        for (int i = 0; i < together; i++) {
            guards[i] = known.key(from + i);
            values[1 + i] = Keys.number(known.count(from + i));
        }
        return change(redis -> Script.TOUCH.run(redis, guards, values)).thenAccept(counts -> {
            if (counts.isEmpty()) {
                lost(known);
            }
            for (int i = 0; i < counts.size(); i++) {
                known.acknowledge(from + i, Replies.number(counts.get(i)));
            }
        });
    }

    /** Redis has less than it acknowledged. */
    void lost(Guard.Known known) {
        if (guard.lost(known)) {
            LOG.warn(
                    "Redis has less than it acknowledged, records are read again server=\"{}\" intact-until={}",
                    servers.address(),
                    guard.known().generation().intactUntil());
        }
    }

    private void connect(long now) {
        if (connecting || now - connectAt < 0) {
            return;
        }
        connecting = true;
        servers.connect().thenAccept(this::take).whenComplete((done, failure) -> {
            if (failure != null) {
                problem = RedisProblem.of(failure).text();
            }
            connectAt = System.nanoTime() + CONNECT_AGAIN;
            connecting = false;
        });
    }

    private void take(Commands made) {
        ServerInfo info = made.info();
        String unfit = info.isTooOld()
                ? "Redis " + info.version() + " is too old, 6.2 or later is needed"
                : info.isReplica() && !servers.routes() ? "this Redis is a replica and refuses writes" : "";
        if (!unfit.isEmpty()) {
            made.connection().closeAsync();
            throw new RedisConnectionException(unfit);
        }
        warning = info.evicts()
                ? "maxmemory-policy " + info.policy() + " lets Redis drop events; it should be noeviction"
                : "";
        if (info.evicts()) {
            LOG.warn("Redis may drop events server=\"{}\" maxmemory-policy={}", servers.address(), info.policy());
        }
        problem = "";
        answeredAt = System.nanoTime();
        commands = made;
    }

    private void replace(Commands dead) {
        if (dead.equals(commands)) {
            commands = null;
            problem = problem.isEmpty() ? "does not answer" : problem;
            dead.connection().closeAsync();
        }
    }

    /** Once when it lasts, then every minute, and when it is over. */
    private void tell(long now) {
        String cause = problem;
        if (cause.isEmpty()) {
            if (down) {
                down = false;
                LOG.info(
                        "Redis works again server=\"{}\" after={}",
                        servers.address(),
                        Duration.ofMillis((now - downSince) / 1_000_000));
            }
        } else if (!down) {
            down = true;
            downSince = now;
            tellAt = now + TELL;
        } else if (now - tellAt >= 0) {
            tellAt = now + TELL_AGAIN;
            LOG.warn(
                    "Redis does not work server=\"{}\" since={} cause=\"{}\"",
                    servers.address(),
                    Duration.ofMillis((now - downSince) / 1_000_000),
                    cause);
        }
    }

    private @Nullable Commands open() {
        Commands current = commands;
        return current != null && current.connection().isOpen() ? current : null;
    }
}
