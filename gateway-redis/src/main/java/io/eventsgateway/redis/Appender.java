package io.eventsgateway.redis;

import io.eventsgateway.lane.Claim;
import io.eventsgateway.lane.ClaimChain;
import io.eventsgateway.lane.Found;
import io.eventsgateway.lane.Lane;
import io.eventsgateway.lane.LaneClaims;
import io.eventsgateway.log.Appended;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.Gate;
import io.eventsgateway.log.Left;
import io.eventsgateway.log.LostException;
import io.eventsgateway.log.RefusedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Appends batches, in as few calls of one script as their order and a cluster's slots allow. Any thread may call. */
final class Appender {

    /** How long a position is understood after its event has expired, in retentions. */
    static final int MEMORY = 6;

    /** Larger events are published without their content, and read by those who want them. */
    private static final int MAX_PUSHED_BYTES = 16 * 1024;

    /** What one call can change, where it can change everything. */
    private static final Object ALL = new Object();

    private final KeySpace space;
    private final Topology topology;
    private final CommandConnection connection;
    private final LargeData large;
    private final byte[] retention;

    Appender(KeySpace space, Topology topology, CommandConnection connection, Duration retention) {
        this.space = space;
        this.topology = topology;
        this.connection = connection;
        this.large = new LargeData(connection, retention);
        this.retention = Keys.number(retention.toMillis());
    }

    /** As that of the log. */
    CompletionStage<Appended> append(Collection<LaneClaims> lanes, List<Entry> batch) {
        Map<String, LaneClaims> claimed = new HashMap<>();
        lanes.forEach(each -> claimed.put(each.lane().partitionKey(), each));
        List<Left> left = new ArrayList<>();
        List<CompletableFuture<Appended>> chains = new ArrayList<>();
        for (List<AppendCall> chain : chains(open(batch, claimed, left))) {
            claim(chain, claimed);
            chains.add(append(chain, claimed.keySet()).toCompletableFuture());
        }
        return CompletableFuture.allOf(chains.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> chains.stream()
                        .map(CompletableFuture::join)
                        .reduce(new Appended(0, 0, List.of(), left), Appended::plus))
                .exceptionallyCompose(failure -> CompletableFuture.failedStage(worst(failure, chains)));
    }

    /** What of a batch is to be sent; the others are left. */
    private List<Entry> open(List<Entry> batch, Map<String, LaneClaims> claimed, List<Left> left) {
        List<Entry> open = new ArrayList<>(batch.size());
        for (Entry entry : batch) {
            LaneClaims claims = claimed.get(entry.source().partitionKey());
            int tag = space.keys(entry.destination()).tag();
            if (claims != null && claims.isClosed(tag)) {
                left.add(new Left(entry.source(), tag, "others wait"));
            } else {
                open.add(entry);
            }
        }
        return open;
    }

    /** Appends the calls of a chain in turn. */
    private CompletionStage<Appended> append(List<AppendCall> chain, Set<String> claimed) {
        CompletionStage<Appended> sum = CompletableFuture.completedStage(Appended.NOTHING);
        for (int i = 0; i < chain.size(); i++) {
            List<AppendCall> rest = chain.subList(i, chain.size());
            sum = sum.thenCompose(before -> before.left().isEmpty()
                    ? append(rest.get(0))
                            .exceptionallyCompose(failure -> leave(rest, claimed, failure))
                            .thenApply(before::plus)
                    : CompletableFuture.completedStage(before));
        }
        return sum;
    }

    /** Leaves the rest of a chain, where its slot can't be written now and every entry is of a lane with claims. */
    private static CompletionStage<Appended> leave(List<AppendCall> rest, Set<String> claimed, Throwable failure) {
        List<Left> left = new ArrayList<>();
        for (AppendCall call : rest) {
            for (int tag : call.tags()) {
                for (Entry entry : call.under(tag)) {
                    if (!claimed.contains(entry.source().partitionKey())) {
                        return CompletableFuture.failedStage(failure);
                    }
                    left.add(new Left(
                            entry.source(), tag, RedisProblem.of(failure).cause()));
                }
            }
        }
        return RedisError.isOfASlot(failure)
                ? CompletableFuture.completedStage(new Appended(0, 0, List.of(), left))
                : CompletableFuture.failedStage(failure);
    }

    /** What a batch fails with: a loss, where any call was refused for one, since it has to be gone back for whatever else failed. */
    private static Throwable worst(Throwable first, List<CompletableFuture<Appended>> chains) {
        List<Found> found = new ArrayList<>();
        for (CompletableFuture<Appended> chain : chains) {
            try {
                chain.join();
            } catch (CompletionException failure) {
                if (failure.getCause() instanceof LostException lost) {
                    found.addAll(lost.found());
                }
            }
        }
        return found.isEmpty() ? first : new LostException(found);
    }

    /**
     * The calls that append a batch. Chains go side by side; within one a call comes after the other. A tag is in one chain: entries of one
     * destination must not overtake each other, not even when a call fails, and of two calls side by side one would state that the other one
     * is complete. A call of a cluster changes what has one tag; what has to wait for large data has a chain of its own.
     */
    private List<List<AppendCall>> chains(List<Entry> batch) {
        Set<Integer> waiting = new HashSet<>();
        for (Entry entry : batch) {
            if (EventCodec.isLarge(entry.event())) {
                waiting.add(space.keys(entry.destination()).tag());
            }
        }
        List<List<AppendCall>> chains = new ArrayList<>();
        Map<Object, List<AppendCall>> open = new HashMap<>();
        Map<Integer, List<AppendCall>> chainOf = new HashMap<>();
        for (Entry entry : batch) {
            Keys keys = space.keys(entry.destination());
            List<AppendCall> chain = chainOf.computeIfAbsent(keys.tag(), tag -> {
                Object mixed = waiting.contains(tag) || topology.routesCommands() ? tag : ALL;
                List<AppendCall> last = open.get(mixed);
                if (last != null && !last.get(0).isFull()) {
                    return last;
                }
                List<AppendCall> next = new ArrayList<>(List.of(new AppendCall()));
                chains.add(next);
                open.put(mixed, next);
                return next;
            });
            AppendCall last = chain.get(chain.size() - 1);
            if (last.isFull() || (topology.routesCommands() && last.mayBreakOff(keys, entry))) {
                chain.add(new AppendCall());
            }
            chain.get(chain.size() - 1).add(keys, entry);
        }
        return chains;
    }

    /** Has each call of a chain claim what it has to under each of its tags. */
    private static void claim(List<AppendCall> chain, Map<String, LaneClaims> claimed) {
        chain.stream().flatMap(call -> call.tags().stream()).distinct().forEach(tag -> {
            Map<Lane, Claim> whole = new HashMap<>();
            List<List<Entry>> calls = new ArrayList<>();
            for (AppendCall call : chain) {
                List<Entry> entries = call.under(tag).stream()
                        .filter(entry -> claimed.containsKey(entry.source().partitionKey()))
                        .toList();
                entries.forEach(entry -> {
                    LaneClaims claims = of(entry, claimed);
                    whole.put(claims.lane(), claims.of(tag));
                });
                calls.add(entries);
            }
            List<List<Claim>> claims =
                    ClaimChain.of(whole, calls, entry -> of(entry, claimed).lane(), entry -> entry.source()
                            .offset());
            for (int i = 0; i < calls.size(); i++) {
                chain.get(i).claim(tag, claims.get(i));
            }
        });
    }

    private static LaneClaims of(Entry entry, Map<String, LaneClaims> claimed) {
        return Objects.requireNonNull(claimed.get(entry.source().partitionKey()));
    }

    private CompletionStage<Appended> append(AppendCall call) {
        return call.keep(large)
                .thenCompose(kept ->
                        connection.change(redis -> Script.APPEND.run(redis, call.keys(space), call.values(head()))))
                .thenCompose(reply -> appended(call, reply))
                .exceptionallyCompose(failure -> CompletableFuture.failedStage(
                        RedisError.isOfTheServer(failure)
                                ? failure
                                : new RefusedException(RedisProblem.of(failure).cause())));
    }

    private List<byte[]> head() {
        return List.of(
                retention,
                Keys.number(MEMORY),
                Keys.number(LargeData.LONGER.toMillis()),
                Keys.bytes(topology.shardedPubSub() ? "SPUBLISH" : "PUBLISH"),
                Keys.number(MAX_PUSHED_BYTES),
                Keys.number(Gate.MAX_NAMES));
    }

    private static CompletionStage<Appended> appended(AppendCall call, List<Object> reply) {
        int added = (int) Replies.number(reply.get(0));
        if (added < 0) {
            return CompletableFuture.failedStage(
                    new LostException(LaneCheck.found(call.claims(), reply.subList(1, reply.size()))));
        }
        if (reply.size() > 2) {
            return CompletableFuture.failedStage(
                    new RefusedException("the destination would name more than " + Gate.MAX_NAMES));
        }
        return CompletableFuture.completedStage(new Appended(added, (int) Replies.number(reply.get(1)), call.claims()));
    }
}
