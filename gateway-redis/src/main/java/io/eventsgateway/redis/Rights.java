package io.eventsgateway.redis;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

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
     * The rules that the connected user lacks; empty where nothing is known to be missing, also because a server does not answer.
     *
     * @param tags one of each server to ask
     * @param sharded whether channels belong to slots
     */
    CompletionStage<List<String>> missing(
            RedisClusterAsyncCommands<byte[], byte[]> redis, List<Integer> tags, boolean sharded) {
        CompletionStage<List<String>> all = CompletableFuture.completedStage(List.of());
        for (int tag : tags) {
            all = all.thenCombine(
                    missing(redis, tag, sharded), (some, more) -> Stream.concat(some.stream(), more.stream())
                            .distinct()
                            .toList());
        }
        return all;
    }

    private CompletionStage<List<String>> missing(
            RedisClusterAsyncCommands<byte[], byte[]> redis, int tag, boolean sharded) {
        byte[][] key = {space.key(tag, KIND, writer)};
        byte[] publish = Keys.bytes(sharded ? "SPUBLISH" : "PUBLISH");
        byte[] channel = Keys.bytes(space.channel(tag, KIND, writer));
        return Stages.attempt(() -> Script.RIGHTS.run(redis, key, publish, channel))
                .handle((lacking, failure) -> failure == null
                        ? lacking.stream()
                                .map(each -> rule(Replies.text(each), space))
                                .toList()
                        : denied(RedisProblem.of(failure)));
    }

    private List<String> denied(RedisProblem problem) {
        return problem.kind() == RedisProblem.Kind.DENIED ? List.of(rule(problem.lacking(), space)) : List.of();
    }
}
