package io.eventsgateway.redis;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an ACL user has to be allowed. It is tried on every new connection, because a script that may do some of what it does would leave
 * half an append behind, and because Redis does not say what a script lacks. Any thread may call.
 *
 * @param space what the log's keys and channels begin with
 * @param writer the log's name
 */
record Rights(KeySpace space, String writer) {

    /** Stands for the rule that allows the log's keys. */
    static final String KEYS = "~";

    /** Stands for the rule that allows the log's channels. */
    static final String CHANNELS = "&";

    private static final String KIND = "rights";

    /** The rule that allows the log's keys or channels, or the command that is named by its own. */
    static String rule(String lacking, KeySpace space) {
        return lacking.equals(KEYS) || lacking.equals(CHANNELS) ? lacking + space.prefix() + ":*" : lacking;
    }

    /**
     * What some servers answered.
     *
     * @param missing the rules that the connected user lacks
     * @param answered whether one of them answered
     * @param unanswered why one of them did not; null where all did
     */
    record Found(
            List<String> missing,
            boolean answered,
            @Nullable Throwable unanswered) {

        private static final Found NOTHING = new Found(List.of(), false, null);

        private static Found missing(List<String> rules) {
            return new Found(rules, true, null);
        }

        private Found and(Found more) {
            return new Found(
                    Stream.concat(missing.stream(), more.missing.stream())
                            .distinct()
                            .toList(),
                    answered || more.answered,
                    unanswered == null ? more.unanswered : unanswered);
        }

        /** What is missing, in words for people; empty where nothing is known to be. */
        String problem() {
            return missing.isEmpty() ? "" : "the Redis user needs " + String.join(" ", missing);
        }
    }

    /**
     * Asks servers what the connected user lacks. The stage does not fail.
     *
     * @param tags one of each server to ask
     * @param sharded whether channels belong to slots
     */
    CompletionStage<Found> ask(RedisClusterAsyncCommands<byte[], byte[]> redis, List<Integer> tags, boolean sharded) {
        CompletionStage<Found> all = CompletableFuture.completedStage(Found.NOTHING);
        for (int tag : tags) {
            all = all.thenCombine(ask(redis, tag, sharded), Found::and);
        }
        return all;
    }

    private CompletionStage<Found> ask(RedisClusterAsyncCommands<byte[], byte[]> redis, int tag, boolean sharded) {
        byte[][] key = {space.key(tag, KIND, writer)};
        byte[] publish = Keys.bytes(sharded ? "SPUBLISH" : "PUBLISH");
        byte[] channel = Keys.bytes(space.channel(tag, KIND, writer));
        return Stages.attempt(() -> Script.RIGHTS.run(redis, key, publish, channel))
                .handle((lacking, failure) -> failure == null
                        ? Found.missing(lacking.stream()
                                .map(each -> rule(Replies.text(each), space))
                                .toList())
                        : unanswered(failure));
    }

    /** A user who may not run scripts is answered too. */
    private Found unanswered(Throwable failure) {
        RedisProblem problem = RedisProblem.of(failure);
        return problem.kind() == RedisProblem.Kind.DENIED
                ? Found.missing(List.of(rule(problem.lacking(), space)))
                : new Found(List.of(), false, failure);
    }
}
