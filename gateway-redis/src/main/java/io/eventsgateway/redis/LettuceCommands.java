package io.eventsgateway.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.concurrent.CompletionStage;

/** A connection of Lettuce's for commands, and the INFO of its server. */
record LettuceCommands(
        StatefulConnection<byte[], byte[]> connection, RedisClusterAsyncCommands<byte[], byte[]> async, ServerInfo info)
        implements Commands {

    /** Asks a new connection's server what it is; closes the connection when there is no answer. */
    static CompletionStage<Commands> of(
            StatefulConnection<byte[], byte[]> connection, RedisClusterAsyncCommands<byte[], byte[]> async) {
        return async.info()
                .<Commands>thenApply(info -> new LettuceCommands(connection, async, ServerInfo.of(info)))
                .whenComplete((made, failure) -> {
                    if (failure != null) {
                        connection.closeAsync();
                    }
                });
    }

    @Override
    public boolean isOpen() {
        return connection.isOpen();
    }

    @Override
    public void close() {
        connection.closeAsync();
    }
}
