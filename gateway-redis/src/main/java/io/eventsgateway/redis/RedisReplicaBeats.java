package io.eventsgateway.redis;

import io.eventsgateway.replica.ReplicaBeats;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** {@link ReplicaBeats} in one hash, a field a replica. Any thread may call. */
final class RedisReplicaBeats implements ReplicaBeats {

    /** Of all of them, so that one question finds all. */
    private static final int TAG = 0;

    private static final long KEPT = Duration.ofDays(1).toMillis();

    private final KeySpace space;
    private final CommandRunner commands;

    RedisReplicaBeats(KeySpace space, CommandRunner commands) {
        this.space = space;
        this.commands = commands;
    }

    @Override
    public CompletionStage<Map<String, String>> show(String replica, String beat) {
        byte[] key = space.replicas(TAG);
        return commands.run(redis -> redis.hset(key, Keys.bytes(replica), Keys.bytes(beat)))
                .thenCompose(isNew -> isNew
                        ? commands.run(redis -> redis.pexpire(key, KEPT))
                        // not with each beat: it would be sent to Redis's replicas each time
                        : CompletableFuture.completedStage(false))
                .thenCompose(kept -> commands.run(redis -> redis.hgetall(key)))
                .thenApply(all -> {
                    Map<String, String> beats = new HashMap<>();
                    all.forEach((name, last) -> beats.put(Replies.text(name), Replies.text(last)));
                    return beats;
                });
    }

    @Override
    public CompletionStage<?> forget(String replica) {
        return commands.run(redis -> redis.hdel(space.replicas(TAG), Keys.bytes(replica)));
    }
}
