package io.eventsgateway.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two connections of a log, one for commands and one for what is pushed, made as soon as the server can be reached and kept by
 * Lettuce from then on; and the clock that wakes who is not pushed. Any thread may call.
 */
final class Connections implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);
    private static final long AFTER_FAILURE_MILLIS = 500;
    private static final long RECONCILE_MILLIS = 2_000;
    private static final long TELL_AGAIN_MILLIS = 60_000;

    private final RedisClient client;
    private final RedisURI uri;
    private final Push push;
    private final long frequency;
    private final ScheduledExecutorService clock;

    private volatile @Nullable StatefulRedisConnection<byte[], byte[]> commands;
    private volatile @Nullable StatefulRedisPubSubConnection<byte[], byte[]> pushed;
    private volatile String problem = "not connected yet";

    // owned by the clock's thread
    private boolean connecting;
    private long untilReconcile;
    private long downSince;
    private long toldAt;

    Connections(RedisClient client, RedisURI uri, Push push, Duration frequency) {
        this.client = client;
        this.uri = uri;
        this.push = push;
        this.frequency = frequency.toMillis();
        ScheduledThreadPoolExecutor executor =
                new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "redis-clock"));
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.clock = executor;
    }

    void start() {
        clock.scheduleWithFixedDelay(this::tick, 0, frequency, TimeUnit.MILLISECONDS);
    }

    RedisState state() {
        boolean connected = isOpen(commands);
        return new RedisState(connected, connected ? "" : problem, push.followed(), push.unconfirmed());
    }

    <T> CompletionStage<T> run(Function<RedisAsyncCommands<byte[], byte[]>, CompletionStage<T>> command) {
        StatefulRedisConnection<byte[], byte[]> to = commands;
        return to == null
                ? CompletableFuture.failedStage(new RedisConnectionException(problem))
                : command.apply(to.async());
    }

    @Override
    public void close() {
        clock.shutdownNow();
        StatefulRedisPubSubConnection<byte[], byte[]> first = pushed;
        if (first != null) {
            first.closeAsync();
        }
        StatefulRedisConnection<byte[], byte[]> second = commands;
        if (second != null) {
            second.close();
        }
    }

    private void tick() {
        try {
            tellOfServer();
            if (commands == null || pushed == null) {
                connect();
            } else if (isOpen(commands)) {
                push.poll();
                untilReconcile -= frequency;
                if (untilReconcile <= 0) {
                    untilReconcile = RECONCILE_MILLIS;
                    push.reconcile();
                }
            }
        } catch (RuntimeException bug) {
            LOG.error("Redis clock failed, goes on", bug);
        }
    }

    private void tellOfServer() {
        long now = System.nanoTime() / 1_000_000;
        if (isOpen(commands)) {
            if (downSince != 0) {
                LOG.info("Redis reachable server={}:{} after={}", uri.getHost(), uri.getPort(), since(now));
                downSince = 0;
            }
        } else if (downSince == 0) {
            downSince = now;
            toldAt = now - TELL_AGAIN_MILLIS + 2_000;
        } else if (now - toldAt >= TELL_AGAIN_MILLIS) {
            toldAt = now;
            LOG.warn(
                    "Redis unreachable server={}:{} since={} cause=\"{}\"",
                    uri.getHost(),
                    uri.getPort(),
                    since(now),
                    problem);
        }
    }

    private Duration since(long now) {
        return Duration.ofMillis(now - downSince);
    }

    /** Makes the connection that is missing; one at a time, so that one that fails costs nothing. */
    private void connect() {
        if (connecting) {
            return;
        }
        connecting = true;
        CompletionStage<?> made = commands == null
                ? client.connectAsync(ByteArrayCodec.INSTANCE, uri).thenAccept(this::take)
                : client.connectPubSubAsync(ByteArrayCodec.INSTANCE, uri).thenAccept(this::take);
        made.whenComplete((done, failure) -> {
            if (failure != null) {
                problem = rootMessage(failure);
            }
            resume(failure == null ? 0 : AFTER_FAILURE_MILLIS);
        });
    }

    private void resume(long afterMillis) {
        try {
            clock.schedule(
                    () -> {
                        connecting = false;
                        tick();
                    },
                    afterMillis,
                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closed) {
            close();
        }
    }

    private void take(StatefulRedisConnection<byte[], byte[]> made) {
        problem = "connection lost";
        commands = made;
    }

    private void take(StatefulRedisPubSubConnection<byte[], byte[]> made) {
        made.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
                push.disconnected();
            }

            @Override
            public void onRedisConnected(RedisChannelHandler<?, ?> connection, SocketAddress socketAddress) {
                push.disconnected();
            }
        });
        pushed = made;
        push.connected(made);
    }

    private static boolean isOpen(@Nullable StatefulRedisConnection<byte[], byte[]> connection) {
        return connection != null && connection.isOpen();
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }
}
