package io.eventsgateway.redis;

import io.eventsgateway.Destination;
import io.eventsgateway.log.Appended;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.Gate;
import io.eventsgateway.log.Generation;
import io.eventsgateway.log.LostException;
import io.eventsgateway.log.RefusedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
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
    private final LossDetector losses;
    private final LargeData large;
    private final byte[] retention;

    Appender(KeySpace space, Topology topology, CommandConnection connection, LossDetector losses, Duration retention) {
        this.space = space;
        this.topology = topology;
        this.connection = connection;
        this.losses = losses;
        this.large = new LargeData(connection, retention);
        this.retention = Keys.number(retention.toMillis());
    }

    /** As that of the log. */
    CompletionStage<Appended> append(Generation generation, List<Entry> batch) {
        Guard.Known known = losses.known();
        if (known.generation().number() != generation.number()) {
            return CompletableFuture.failedStage(
                    new LostException("a loss in the log was noticed since " + generation));
        }
        List<CompletableFuture<Appended>> chains = new ArrayList<>();
        for (List<AppendCall> chain : chains(batch)) {
            CompletionStage<Appended> sum = CompletableFuture.completedStage(Appended.NOTHING);
            for (AppendCall call : chain) {
                sum = sum.thenCompose(before -> append(known, call).thenApply(before::plus));
            }
            chains.add(sum.toCompletableFuture());
        }
        return CompletableFuture.allOf(chains.toArray(CompletableFuture<?>[]::new))
                .thenApply(
                        done -> chains.stream().map(CompletableFuture::join).reduce(Appended.NOTHING, Appended::plus));
    }

    /**
     * The calls that append a batch. Chains go side by side; within one a call comes after the other, because entries of one destination
     * must not overtake each other, not even when a call fails. A call of a cluster changes what has one tag; what has to wait for large
     * data has a chain of its own.
     */
    private List<List<AppendCall>> chains(List<Entry> batch) {
        Set<Destination> waiting = new HashSet<>();
        for (Entry entry : batch) {
            if (EventCodec.isLarge(entry.event())) {
                waiting.add(entry.destination());
            }
        }
        List<List<AppendCall>> chains = new ArrayList<>();
        Map<Object, List<AppendCall>> open = new HashMap<>();
        Map<Destination, List<AppendCall>> chainOf = new HashMap<>();
        for (Entry entry : batch) {
            Keys keys = space.keys(entry.destination());
            List<AppendCall> chain = chainOf.computeIfAbsent(entry.destination(), destination -> {
                Object mixed =
                        waiting.contains(destination) ? destination : topology.routesCommands() ? keys.tag() : ALL;
                List<AppendCall> last = open.get(mixed);
                if (last != null && !last.get(0).isFull()) {
                    return last;
                }
                List<AppendCall> next = new ArrayList<>(List.of(new AppendCall()));
                chains.add(next);
                open.put(mixed, next);
                return next;
            });
            if (chain.get(chain.size() - 1).isFull()) {
                chain.add(new AppendCall());
            }
            chain.get(chain.size() - 1).add(keys, entry);
        }
        return chains;
    }

    private CompletionStage<Appended> append(Guard.Known known, AppendCall call) {
        int[] tags = call.tags();
        return call.keep(large)
                .thenCompose(kept -> connection.change(
                        redis -> Script.APPEND.run(redis, call.keys(known, tags), call.values(head(), known, tags))))
                .thenCompose(reply -> appended(known, tags, reply))
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

    private CompletionStage<Appended> appended(Guard.Known known, int[] tags, List<Object> reply) {
        int added = (int) Replies.number(reply.get(0));
        if (added < 0) {
            losses.lost(known);
            return CompletableFuture.failedStage(new LostException("Redis has less than it acknowledged"));
        }
        for (int i = 0; i < tags.length; i++) {
            known.appended(tags[i], Replies.number(reply.get(2 + i)));
        }
        if (reply.size() > 2 + tags.length) {
            return CompletableFuture.failedStage(
                    new RefusedException("the destination would name more than " + Gate.MAX_NAMES));
        }
        return CompletableFuture.completedStage(new Appended(added, (int) Replies.number(reply.get(1))));
    }
}
