package io.eventsgateway.redis;

import io.eventsgateway.EventId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Asks where logs end, many at once, and wakes the followers that are elsewhere. The clock's thread. */
final class LogEndQueries {

    /** Destinations in one query. */
    private static final int SOME = 256;

    private final Topology topology;
    private final CommandRunner commands;

    /** The last queries, by what can be asked together. */
    private final Map<Integer, CompletionStage<?>> queries = new HashMap<>();

    LogEndQueries(Topology topology, CommandRunner commands) {
        this.topology = topology;
        this.commands = commands;
    }

    /** Asks for the ends of some logs. Where a query is under way, no other is sent; elsewhere it is, as another server may answer. */
    void ask(Collection<FollowedChannel> channels) {
        Map<Integer, List<FollowedChannel>> together = new HashMap<>();
        for (FollowedChannel channel : channels) {
            int group = topology.routesCommands() ? channel.tag() : 0;
            if (!Stages.isUnderWay(queries.get(group))) {
                together.computeIfAbsent(group, key -> new ArrayList<>()).add(channel);
            }
        }
        together.forEach((group, some) -> {
            List<CompletableFuture<?>> parts = new ArrayList<>();
            for (int from = 0; from < some.size(); from += SOME) {
                parts.add(query(some.subList(from, Math.min(some.size(), from + SOME)))
                        .toCompletableFuture());
            }
            queries.put(group, CompletableFuture.allOf(parts.toArray(CompletableFuture<?>[]::new)));
        });
    }

    private CompletionStage<?> query(List<FollowedChannel> some) {
        byte[][] metas = some.stream().map(FollowedChannel::meta).toArray(byte[][]::new);
        some.forEach(FollowedChannel::asked);
        return commands.run(redis -> Script.ENDS.run(redis, metas)).whenComplete((ends, failure) -> {
            if (failure != null) {
                some.forEach(FollowedChannel::unanswered);
                return;
            }
            for (int i = 0; i < some.size(); i++) {
                EventId end = Replies.end(ends.get(3 * i), ends.get(3 * i + 1), ends.get(3 * i + 2));
                some.get(i).endsAt(end);
            }
        });
    }
}
