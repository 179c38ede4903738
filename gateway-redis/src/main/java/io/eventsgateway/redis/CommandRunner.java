package io.eventsgateway.redis;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Runs commands on Redis. Any thread may call; stages complete on Lettuce's threads. */
interface CommandRunner {

    /** Runs a command; fails at once while there is no connection. A command that throws fails. */
    <T> CompletionStage<T> run(Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> command);
}
