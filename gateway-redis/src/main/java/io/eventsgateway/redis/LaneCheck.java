package io.eventsgateway.redis;

import io.eventsgateway.lane.Claim;
import io.eventsgateway.lane.Found;
import io.eventsgateway.lane.LaneClaims;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Compares how far Redis is complete with what lanes claim, under every tag. Any thread may call. */
final class LaneCheck {

    /** In one call, so that no call keeps a server for long. */
    private static final int TAGS_TOGETHER = 16;

    /** In one call, since Lua takes no more than some thousand values at a time. */
    private static final int LANES_TOGETHER = 500;

    private final KeySpace space;
    private final CommandConnection connection;
    private final Topology topology;
    private final byte[] memory;

    LaneCheck(KeySpace space, CommandConnection connection, Topology topology, Duration memory) {
        this.space = space;
        this.connection = connection;
        this.topology = topology;
        this.memory = Keys.number(memory.toMillis());
    }

    /** As that of the log. */
    CompletionStage<List<Found>> check(Collection<LaneClaims> lanes) {
        List<LaneClaims> all = List.copyOf(lanes);
        int together = topology.routesCommands() ? 1 : TAGS_TOGETHER;
        List<CompletableFuture<List<Found>>> calls = new ArrayList<>();
        for (int from = 0; from < all.size(); from += LANES_TOGETHER) {
            List<LaneClaims> some = all.subList(from, Math.min(all.size(), from + LANES_TOGETHER));
            for (int tag = 0; tag < Keys.TAGS; tag += together) {
                calls.add(check(some, tag, together).toCompletableFuture());
            }
        }
        return CompletableFuture.allOf(calls.toArray(CompletableFuture<?>[]::new))
                .handle((done, failure) -> answered(calls, failure))
                .thenCompose(Function.identity());
    }

    /** What was answered; a failure where nothing was. */
    private static CompletionStage<List<Found>> answered(
            List<CompletableFuture<List<Found>>> calls, @Nullable Throwable failure) {
        List<CompletableFuture<List<Found>>> answered =
                calls.stream().filter(call -> !call.isCompletedExceptionally()).toList();
        return failure != null && answered.isEmpty()
                ? CompletableFuture.failedStage(failure)
                : CompletableFuture.completedStage(
                        answered.stream().flatMap(call -> call.join().stream()).toList());
    }

    private CompletionStage<List<Found>> check(List<LaneClaims> lanes, int from, int together) {
        byte[][] keys = new byte[together][];
        List<byte[]> values = new ArrayList<>(1 + together * (1 + 3 * lanes.size()));
        values.add(memory);
        List<Claim> claims = new ArrayList<>(together * lanes.size());
        for (int i = 0; i < together; i++) {
            int tag = from + i;
            keys[i] = space.lanes(tag);
            List<Claim> ofTag = lanes.stream().map(each -> each.of(tag)).toList();
            AppendCall.addClaims(values, ofTag);
            claims.addAll(ofTag);
        }
        return connection
                .run(redis -> Script.CHECK.run(redis, keys, values.toArray(byte[][]::new)))
                .thenApply(reply -> found(claims, reply));
    }

    /** What a script answers to claims, a text for each in their order. */
    static List<Found> found(List<Claim> claims, List<Object> completes) {
        List<Found> found = new ArrayList<>(claims.size());
        for (int i = 0; i < claims.size(); i++) {
            found.add(new Found(claims.get(i), Long.parseLong(Replies.text(completes.get(i)))));
        }
        return found;
    }
}
