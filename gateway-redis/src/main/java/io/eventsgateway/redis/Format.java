package io.eventsgateway.redis;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * In which format events are kept in Redis, as a number under a key of its own. A gateway that finds another one than its own does not
 * work: neither would understand what the other writes. Any thread may call.
 *
 * @param space what the log's keys begin with
 * @param memory how long the key outlives the last gateway that uses the format; as long as anything does that is kept in it
 */
record Format(KeySpace space, Duration memory) {

    /** Goes up with every change after which an earlier version would misread what this one writes, or this one what that wrote. */
    static final String VERSION = "2";

    /** What is wrong with the format that is found; empty where it is ours, or where the server can't say now. */
    CompletionStage<String> problem(RedisClusterAsyncCommands<byte[], byte[]> redis) {
        byte[][] key = {space.format()};
        return Stages.attempt(() -> Script.FORMAT.run(redis, key, Keys.bytes(VERSION), Keys.number(memory.toMillis())))
                .thenApply(reply -> Replies.text(reply.get(0)))
                .thenApply(found -> found.equals(VERSION)
                        ? ""
                        : "what is in Redis under the prefix " + space.prefix() + " is of format " + found
                                + ", and this version needs " + VERSION
                                + ": give it another EVENTS_REDIS_KEYPREFIX, or go back to the version that wrote it")
                // other servers of a cluster go on without the one that has the key
                .exceptionally(unanswered -> "");
    }
}
