package io.eventsgateway.redis;

import io.eventsgateway.redis.Problems.Need;
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
    private static final long TOUCH_AGAIN = TimeUnit.SECONDS.toNanos(1);
    private static final long NOT_TRIED = TimeUnit.SECONDS.toNanos(30);

    /** How much has been said of an outage. */
    private enum Outage {
        NONE,
        NOTICED,
        LOGGED
    }

    private final Servers servers;
    private final Rights rights;
    private final Push push;
    private final Guard guard;
    private final byte[] memory;
    private final long frequency;
    private final ScheduledExecutorService clock;

    private final Problems problems = new Problems();

    private volatile @Nullable Commands commands;
    private volatile String warning = "";
    private volatile long answeredAt;
    private volatile long changeFailedAt;
    private volatile long connectAt = System.nanoTime();

    // owned by the clock's thread
    private @Nullable CompletionStage<?> connecting;
    private @Nullable CompletionStage<?> touching;
    private long pollAt = connectAt;
    private long reconcileAt = connectAt;
    private long touchAt = connectAt;
    private long sweepAt = connectAt + SWEEP;
    private Outage outage = Outage.NONE;
    private long downSince = connectAt;
    private long tellAt = connectAt + TELL;
    private long faultLoggedAt = connectAt - TELL_AGAIN;

    Connections(Servers servers, Rights rights, Push push, Guard guard, Duration memory, Duration frequency) {
        this.servers = servers;
        this.rights = rights;
        this.push = push;
        this.guard = guard;
        this.memory = Keys.number(memory.toMillis());
        this.frequency = frequency.toNanos();
        ScheduledThreadPoolExecutor executor =
                new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "redis-clock"));
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.clock = executor;
        problems.failed(Need.CONNECTION, "not connected yet");
    }

    void start() {
        // a whole number of ticks, so that a question is not asked a tick late
        long ticks = (frequency + TICK - 1) / TICK;
        clock.scheduleWithFixedDelay(this::tick, 0, frequency / ticks, TimeUnit.NANOSECONDS);
    }

    RedisState state() {
        boolean connected = open() != null;
        String problem = problems.first();
        if (problem.isEmpty()) {
            problem = connected ? push.problem() : "connection lost";
        }
        return new RedisState(
                connected, problem, warning, push.followed(), push.unconfirmed(), push.silentNanos() / 1_000_000);
    }

    /** Runs a command; fails at once while there is no connection. A command that throws fails. */
    <T> CompletionStage<T> run(Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> command) {
        Commands to = open();
        return to == null ? notConnected() : run(to, command);
    }

    private <T> CompletionStage<T> notConnected() {
        return CompletableFuture.failedStage(new RedisConnectionException(problems.first()));
    }

    private <T> CompletionStage<T> run(
            Commands to, Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> command) {
        return Stages.attempt(() -> command.apply(to.async())).whenComplete((reply, failure) -> {
            RedisProblem problem = failure == null ? null : RedisProblem.of(failure);
            if (problem == null || problem.isAnswer()) {
                answeredAt = System.nanoTime();
            }
            if (problem != null && problem.isToReconnect()) {
                replace(to, problem.text(rights.space()));
            }
        });
    }

    /** Runs a command that changes something; whether that can be done is what {@link #state} reports. */
    <T> CompletionStage<T> change(Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> command) {
        Commands to = open();
        if (to == null) {
            return notConnected();
        }
        return run(to, command).whenComplete((reply, failure) -> {
            if (failure != null) {
                failed(to, Need.CHANGING, failure);
            } else {
                problems.works(Need.CHANGING);
                if (!servers.routes()) {
                    // the one server takes changes
                    problems.works(Need.COUNTING);
                }
            }
        });
    }

    /** What a connection that was replaced meanwhile did not do is no problem of the one that there is now. */
    private void failed(Commands to, Need need, Throwable failure) {
        RedisProblem problem = RedisProblem.of(failure);
        if (problem.isOfTheServer() && to.equals(commands)) {
            problems.failed(need, problem.text(rights.space()));
            changeFailedAt = need == Need.CHANGING ? System.nanoTime() : changeFailedAt;
        }
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
                replace(current, "does not answer");
            } else {
                work(now, current);
            }
            tell(now);
        } catch (Throwable fault) {
            survive(fault);
        }
    }

    /** A task that throws is never run again: not even an Error may get out. */
    private void survive(Throwable fault) {
        try {
            long now = System.nanoTime();
            if (now - faultLoggedAt >= TELL_AGAIN) {
                faultLoggedAt = now;
                LOG.error("Redis clock failed, goes on", fault);
            }
        } catch (Throwable unlogged) {
            // the next tick comes all the same
        }
    }

    private void work(long now, Commands current) {
        run(current, redis -> redis.ping());
        if (push.tick(this)) {
            pollAt = now;
        }
        if (now - touchAt >= 0 && !Stages.isUnderWay(touching)) {
            touchAt = now + (problems.has(Need.COUNTING) ? TOUCH_AGAIN : TOUCH);
            touching = touch(current);
        }
        if (now - reconcileAt >= 0) {
            reconcileAt = now + RECONCILE;
            push.reconcile();
        }
        if (now - sweepAt >= 0) {
            sweepAt = now + SWEEP + ThreadLocalRandom.current().nextLong(SWEEP / 5);
            push.sweep(this);
        } else if (now - pollAt >= 0) {
            pollAt = now + frequency;
            push.poll(this);
        }
    }

    /** Counts once under every tag, so that a loss is noticed before anything is appended there, and also when nothing is. */
    private CompletionStage<?> touch(Commands to) {
        long begun = System.nanoTime();
        Instant since = Instant.now();
        Guard.Known known = guard.known();
        List<CompletableFuture<?>> touched = new ArrayList<>();
        int together = servers.routes() ? 1 : Keys.TAGS;
        for (int tag = 0; tag < Keys.TAGS; tag += together) {
            touched.add(touch(to, known, tag, together).toCompletableFuture());
        }
        return CompletableFuture.allOf(touched.toArray(CompletableFuture<?>[]::new))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        failed(to, Need.COUNTING, failure);
                        return;
                    }
                    problems.works(Need.COUNTING);
                    if (begun - changeFailedAt > NOT_TRIED) {
                        // nobody tries any more, as when what failed is another replica's now
                        problems.works(Need.CHANGING);
                    }
                    if (guard.known() == known) {
                        known.intact(since);
                    }
                });
    }

    private CompletionStage<?> touch(Commands to, Guard.Known known, int from, int together) {
        byte[][] guards = new byte[together][];
        byte[][] values = new byte[1 + together][];
        values[0] = memory;
        for (int i = 0; i < together; i++) {
            guards[i] = known.key(from + i);
            values[1 + i] = Keys.number(known.count(from + i));
        }
        return run(to, redis -> Script.TOUCH.run(redis, guards, values)).thenAccept(counts -> {
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
        if (Stages.isUnderWay(connecting) || now - connectAt < 0) {
            return;
        }
        connecting = Stages.attempt(servers::connect)
                .thenCompose(made -> check(made).thenAccept(fit -> take(made)).whenComplete((taken, failure) -> {
                    if (failure != null) {
                        made.connection().closeAsync();
                    }
                }))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        problems.failed(
                                Need.CONNECTION, RedisProblem.of(failure).text(rights.space()));
                    }
                    connectAt = System.nanoTime() + CONNECT_AGAIN;
                });
    }

    /** Fails where a server can't be used, or its user may not do all that the log does. */
    private CompletionStage<?> check(Commands made) {
        ServerInfo info = made.info();
        if (info.isTooOld()) {
            return unfit("Redis " + info.version() + " is too old, 6.2 or later is needed");
        }
        if (info.isReplica() && !servers.routes()) {
            return unfit("this Redis is a replica and refuses writes");
        }
        return rights.missing(made.async(), servers.tagOfEach(), servers.sharded())
                .thenCompose(missing -> missing.isEmpty()
                        ? CompletableFuture.completedStage(null)
                        : unfit("the Redis user needs " + String.join(" ", missing)));
    }

    private static CompletionStage<Object> unfit(String why) {
        return CompletableFuture.failedStage(new RedisConnectionException(why));
    }

    private void take(Commands made) {
        ServerInfo info = made.info();
        warning = info.evicts()
                ? "maxmemory-policy " + info.policy() + " lets Redis drop events; it should be noeviction"
                : "";
        if (info.evicts()) {
            LOG.warn("Redis may drop events server=\"{}\" maxmemory-policy={}", servers.address(), info.policy());
        }
        for (Need need : Need.values()) {
            problems.works(need);
        }
        answeredAt = System.nanoTime();
        commands = made;
    }

    private void replace(Commands dead, String why) {
        if (dead.equals(commands)) {
            commands = null;
            problems.failed(Need.CONNECTION, why);
            dead.connection().closeAsync();
        }
    }

    /** Once when it lasts, then every minute, and when it is over. */
    private void tell(long now) {
        String cause = problems.first();
        if (cause.isEmpty()) {
            if (outage == Outage.LOGGED) {
                LOG.info(
                        "Redis works again server=\"{}\" after={}",
                        servers.address(),
                        Duration.ofMillis((now - downSince) / 1_000_000));
            }
            outage = Outage.NONE;
        } else if (outage == Outage.NONE) {
            outage = Outage.NOTICED;
            downSince = now;
            tellAt = now + TELL;
        } else if (now - tellAt >= 0) {
            outage = Outage.LOGGED;
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
