package io.eventsgateway.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The servers behind a log: how to connect, and which of them pushes what. Any thread may call; nothing blocks but {@link #close}. */
interface Servers extends AutoCloseable {

    /** A connection for commands, and what the server at its other end said of itself. */
    record Commands(
            StatefulConnection<byte[], byte[]> connection,
            RedisClusterAsyncCommands<byte[], byte[]> async,
            ServerInfo info) {}

    static Servers of(RedisOptions options) {
        return options.cluster() ? new ClusterServers(options) : new SingleServer(options);
    }

    /** Makes a connection for commands. */
    CompletionStage<Commands> connect();

    /** A tag of each server that has some, as far as they are known. */
    List<Integer> tagOfEach();

    /** Which server pushes the channels of a tag, by its name; null while nobody knows. */
    @Nullable
    String pushes(int tag);

    /** Makes a connection for pushing to a server that {@link #pushes} named. */
    CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>> connectPush(String server);

    /** Whether channels belong to slots, as from Redis 7.0 on in a cluster. */
    boolean sharded();

    /** Whether commands find the server that can do them; else the one that is connected to must be a master. */
    boolean routes();

    /** Something moved: find out where it is now, soon and once, however often this is called meanwhile. */
    void refresh();

    /** Where they are, for people. */
    String address();

    @Override
    void close();

    /** Asks a new connection's server what it is; closes the connection when it does not say. */
    static CompletionStage<Commands> introduce(
            StatefulConnection<byte[], byte[]> connection, RedisClusterAsyncCommands<byte[], byte[]> async) {
        return async.info()
                .thenApply(info -> new Commands(connection, async, ServerInfo.of(info)))
                .whenComplete((made, failure) -> {
                    if (failure != null) {
                        connection.closeAsync();
                    }
                });
    }

    /** Closes a client. Its own way of doing so waits without end for what it has under way; what is then left ends with its threads. */
    static void shutdown(AbstractRedisClient client) {
        try {
            client.shutdownAsync(0, 2, TimeUnit.SECONDS).get(5, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException unfinished) {
            // left to its threads' end
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** What all clients have in common. */
    static <B extends ClientOptions.Builder> B configure(B builder, RedisOptions options) {
        builder.timeoutOptions(TimeoutOptions.enabled(options.timeout()))
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(options.connectTimeout())
                        .keepAlive(true)
                        .build())
                .sslOptions(options.ssl());
        return builder;
    }
}
