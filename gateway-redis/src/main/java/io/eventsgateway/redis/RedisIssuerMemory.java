package io.eventsgateway.redis;

import io.eventsgateway.auth.IssuerMemory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * The issuers that had keys lately, for all replicas: a set for each week, which expires a week after its end, so that what was not
 * reported for a week or two is forgotten. Any thread may call; stages complete on Lettuce's threads.
 */
final class RedisIssuerMemory implements IssuerMemory {

    /** Of all of them, so that no more than one server is asked. */
    private static final int TAG = 0;

    private static final long WEEK = Duration.ofDays(7).toMillis();

    private final KeySpace space;
    private final CommandRunner commands;
    private final InstantSource clock;

    RedisIssuerMemory(KeySpace space, CommandRunner commands, InstantSource clock) {
        this.space = space;
        this.commands = commands;
        this.clock = clock;
    }

    @Override
    public CompletionStage<Set<String>> known() {
        long week = week();
        return members(week).thenCombine(members(week - 1), (some, more) -> {
            Set<String> all = new HashSet<>(some);
            all.addAll(more);
            return all;
        });
    }

    private CompletionStage<Set<String>> members(long week) {
        return commands.run(redis -> redis.smembers(key(week))).thenApply(members -> {
            Set<String> texts = new HashSet<>();
            members.forEach(each -> texts.add(Replies.text(each)));
            return texts;
        });
    }

    @Override
    public CompletionStage<?> remember(String issuer) {
        byte[] key = key(week());
        return commands.run(redis -> redis.sadd(key, Keys.bytes(issuer)))
                .thenCompose(added -> commands.run(redis -> redis.pexpire(key, 2 * WEEK)));
    }

    private long week() {
        return Math.floorDiv(clock.millis(), WEEK);
    }

    private byte[] key(long week) {
        return space.key(TAG, "issuers", Long.toString(week));
    }
}
