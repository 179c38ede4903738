package io.eventsgateway.redis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Keeps how far the replicas of all masters lag. Any thread may call. */
final class ReplicaLag {

    private final KeySpace space;
    private final Topology topology;
    private final CommandConnection connection;
    private volatile Replication worst = Replication.NONE;

    ReplicaLag(KeySpace space, CommandConnection connection, Topology topology) {
        this.space = space;
        this.topology = topology;
        this.connection = connection;
    }

    /** What the masters said last. */
    Replication worst() {
        return worst;
    }

    /** Asks every master that is known; of one that does not answer nothing is known. */
    CompletionStage<?> look() {
        CompletionStage<Replication> all = CompletableFuture.completedStage(Replication.NONE);
        for (int tag : topology.tagOfEach()) {
            byte[][] key = {space.lanes(tag)};
            all = all.thenCombine(
                    connection
                            .run(redis -> Script.REPLICATION.run(redis, key))
                            .thenApply(reply -> Replication.of(Replies.text(reply.get(0))))
                            .exceptionally(unanswered -> Replication.NONE),
                    Replication::and);
        }
        return all.thenAccept(found -> worst = found);
    }
}
