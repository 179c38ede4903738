package io.eventsgateway.redis;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What a server must be for the log to work on it: young enough, a master, generous to its user, and without events in another format.
 * Any thread may call.
 */
record ServerCheck(Topology topology, Rights rights, Format format) {

    /** What is at the other end of a new connection; a failed stage where no server answers. */
    CompletionStage<Fitness> fitness(Commands made) {
        ServerInfo info = made.info();
        if (info.isTooOld()) {
            return unfit("Redis " + info.version() + " is too old, 6.2 or later is needed");
        }
        if (info.isReplica() && !topology.routesCommands()) {
            return unfit("this Redis is a replica and refuses writes");
        }
        return ask(made.async()).thenCompose(found -> {
            if (!found.missing().isEmpty()) {
                return unfit(found.problem());
            }
            if (found.unanswered() != null && !found.answered()) {
                return CompletableFuture.failedStage(found.unanswered());
            }
            return format.problem(made.async())
                    .thenApply(problem -> problem.isEmpty() ? unknown(found) : Fitness.unfit(problem));
        });
    }

    /** What the user lacks on the servers of a connection; empty where nothing, and a failed stage where a server does not answer. */
    CompletionStage<String> lacking(RedisClusterAsyncCommands<byte[], byte[]> redis) {
        return ask(redis)
                .thenCompose(found -> found.missing().isEmpty() && found.unanswered() != null
                        ? CompletableFuture.failedStage(found.unanswered())
                        : CompletableFuture.completedStage(found.problem()));
    }

    private CompletionStage<Rights.Found> ask(RedisClusterAsyncCommands<byte[], byte[]> redis) {
        return rights.ask(redis, topology.tagOfEach(), topology.shardedPubSub());
    }

    private Fitness unknown(Rights.Found found) {
        return found.unanswered() == null
                ? Fitness.FIT
                : Fitness.unknown(RedisProblem.of(found.unanswered()).text(rights.space()));
    }

    private static CompletionStage<Fitness> unfit(String problem) {
        return CompletableFuture.completedStage(Fitness.unfit(problem));
    }
}
