package io.eventsgateway.redis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What a server must be for the log to work on it: young enough, a master, generous to its user, and without events in another format.
 * Any thread may call.
 */
record ServerCheck(Topology topology, Rights rights, Format format) {

    /** What is wrong at the other end of a new connection, in words for people; empty where nothing is. */
    CompletionStage<String> problem(Commands made) {
        ServerInfo info = made.info();
        if (info.isTooOld()) {
            return CompletableFuture.completedStage("Redis " + info.version() + " is too old, 6.2 or later is needed");
        }
        if (info.isReplica() && !topology.routesCommands()) {
            return CompletableFuture.completedStage("this Redis is a replica and refuses writes");
        }
        return rights.missing(made.async(), topology.tagOfEach(), topology.shardedPubSub())
                .thenCompose(missing -> missing.isEmpty()
                        ? format.problem(made.async())
                        : CompletableFuture.completedStage("the Redis user needs " + String.join(" ", missing)));
    }
}
