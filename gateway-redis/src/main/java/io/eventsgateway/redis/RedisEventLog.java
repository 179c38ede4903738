package io.eventsgateway.redis;

import io.eventsgateway.Destination;
import io.eventsgateway.EventId;
import io.eventsgateway.auth.IssuerMemory;
import io.eventsgateway.log.Admission;
import io.eventsgateway.log.Appended;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.EventLog;
import io.eventsgateway.log.Follower;
import io.eventsgateway.log.Gap;
import io.eventsgateway.log.Gate;
import io.eventsgateway.log.Generation;
import io.eventsgateway.log.LostException;
import io.eventsgateway.log.Page;
import io.eventsgateway.log.RefusedException;
import io.eventsgateway.log.StoredEvent;
import io.eventsgateway.log.Tail;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The log on Redis 6.2 or later, one server, a master by its sentinels or a cluster: for each destination a stream and two hashes, changed
 * by one script, told by publish and subscribe. Any thread may call; stages complete on Lettuce's threads.
 */
public final class RedisEventLog implements EventLog {

    /** How long a position is understood after its event has expired, in retentions. */
    private static final int MEMORY = 6;

    /** Larger events are told by their position only, and read by those who want them. */
    private static final int MAX_PUSHED_BYTES = 16 * 1024;

    /** What one call can change, where it can change everything. */
    private static final Object ALL = new Object();

    private static final byte[] NONE = new byte[0];

    private final String writer = EventId.epochText(ThreadLocalRandom.current().nextLong(1, 1L << 32));
    private final KeySpace space;
    private final Guard guard;
    private final Servers servers;
    private final Push push;
    private final Connections connections;
    private final LargeData large;
    private final byte[] retention;
    private final byte[] memory;

    /** A log that is opened by {@link #start}. */
    public RedisEventLog(RedisOptions options) {
        Duration remembered = options.retention().multipliedBy(MEMORY);
        this.space = new KeySpace(options.keyPrefix(), options.servers().get(0).getDatabase());
        this.guard = new Guard(space, writer);
        this.servers = Servers.of(options);
        this.push = new Push(servers, space, writer);
        this.connections =
                new Connections(servers, new Rights(space, writer), push, guard, remembered, options.frequency());
        this.large = new LargeData(connections, options.retention());
        this.retention = Keys.number(options.retention().toMillis());
        this.memory = Keys.number(remembered.toMillis());
    }

    /** Connects, now or as soon as a server can be reached. Returns at once. */
    public void start() {
        connections.start();
    }

    /** How the log is doing. */
    public RedisState state() {
        return connections.state();
    }

    /** What the log's Redis remembers about issuers of tokens, for all replicas; open as long as the log is. */
    public IssuerMemory issuers() {
        return issuers(InstantSource.system());
    }

    IssuerMemory issuers(InstantSource clock) {
        return new RedisIssuerMemory(space, connections::run, clock);
    }

    @Override
    public Generation generation() {
        return guard.known().generation();
    }

    @Override
    public CompletionStage<Appended> append(Generation generation, List<Entry> batch) {
        Guard.Known known = guard.known();
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
            if (StoredForm.isLarge(entry.event())) {
                waiting.add(entry.destination());
            }
        }
        List<List<AppendCall>> chains = new ArrayList<>();
        Map<Object, List<AppendCall>> open = new HashMap<>();
        Map<Destination, List<AppendCall>> chainOf = new HashMap<>();
        for (Entry entry : batch) {
            Keys keys = space.keys(entry.destination());
            List<AppendCall> chain = chainOf.computeIfAbsent(entry.destination(), destination -> {
                Object mixed = waiting.contains(destination) ? destination : servers.routes() ? keys.tag() : ALL;
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
                .thenCompose(kept -> connections.change(
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
                Keys.bytes(servers.sharded() ? "SPUBLISH" : "PUBLISH"),
                Keys.number(MAX_PUSHED_BYTES),
                Keys.number(Gate.MAX_NAMES));
    }

    private CompletionStage<Appended> appended(Guard.Known known, int[] tags, List<Object> reply) {
        int added = (int) Replies.number(reply.get(0));
        if (added < 0) {
            connections.lost(known);
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

    @Override
    public String receipt() {
        return guard.receipt();
    }

    @Override
    public CompletionStage<Boolean> has(String text) {
        CompletionStage<Boolean> all = CompletableFuture.completedStage(true);
        Receipt receipt = Receipt.parse(text);
        if (receipt == null) {
            return all;
        }
        for (Receipt.Count count : receipt.counts()) {
            CompletionStage<Boolean> one = connections
                    .run(redis -> redis.get(space.guard(count.tag(), receipt.counters())))
                    .thenApply(calls -> calls != null && Long.parseLong(Replies.text(calls)) >= count.calls());
            all = all.thenCombine(one, Boolean::logicalAnd);
        }
        return all;
    }

    @Override
    public CompletionStage<Page> read(Destination destination, @Nullable EventId after, int maxEvents, int maxBytes) {
        Keys keys = space.keys(destination);
        return connections
                .run(redis -> readAfter(redis, keys, after, maxEvents, maxBytes))
                .thenCompose(reply -> {
                    EventId end = Replies.end(reply.get(0), reply.get(1), reply.get(2));
                    boolean more = Replies.number(reply.get(3)) == 1;
                    String largeId = Replies.text(reply.get(5));
                    Page.@Nullable Large next = largeId.isEmpty()
                            ? null
                            : new Page.Large(id(end.epoch(), largeId), (int) Replies.number(reply.get(6)));
                    List<?> flat = (List<?>) reply.get(4);
                    EventId first = next != null
                            ? next.id()
                            : flat.isEmpty() ? null : id(end.epoch(), Replies.text(flat.get(0)));
                    Gap gap = after == null ? Gap.NONE : Gap.between(after, end, first);
                    if (gap == Gap.REPLACED && after != null && after.epoch() == end.epoch()) {
                        return read(destination, null, maxEvents, maxBytes).thenApply(page -> page.with(gap));
                    }
                    return large.events(keys, end.epoch(), flat)
                            .thenApply(events -> events.size() == flat.size() / 2
                                    ? Page.of(gap, end, events, more, next)
                                    : without(gap, end, flat, events));
                });
    }

    /** A page that ends before an event whose data has expired; or, where that is the first one, begins after it. */
    private static Page without(Gap gap, EventId end, List<?> flat, List<StoredEvent> before) {
        return before.isEmpty()
                ? new Page(Gap.EXPIRED, id(end.epoch(), Replies.text(flat.get(0))), List.of(), true, null)
                : Page.of(gap, end, before, true, null);
    }

    private CompletionStage<List<Object>> readAfter(
            RedisClusterAsyncCommands<byte[], byte[]> redis,
            Keys keys,
            @Nullable EventId after,
            int maxEvents,
            int maxBytes) {
        EventId from = after == null ? EventId.START : after;
        return Script.READ.run(
                redis,
                new byte[][] {keys.meta(), keys.stream()},
                retention,
                from.equals(EventId.START) ? NONE : Keys.bytes(EventId.epochText(from.epoch())),
                Keys.number(from.millis()),
                Keys.number(from.sequence()),
                Keys.number(maxEvents),
                Keys.number(maxBytes));
    }

    @Override
    public CompletionStage<Tail> tail(Destination destination) {
        Keys keys = space.keys(destination);
        return connections
                .run(redis -> Script.TAIL.run(redis, new byte[][] {keys.meta(), keys.excluded()}))
                .thenApply(reply -> new Tail(
                        Replies.end(reply.get(0), reply.get(1), reply.get(2)),
                        gate(Replies.text(reply.get(3)), (List<?>) reply.get(4))));
    }

    @Override
    public CompletionStage<Admission> admission(Destination destination, Set<String> names, Set<String> roles) {
        Keys keys = space.keys(destination);
        List<byte[]> caller = new ArrayList<>(1 + names.size() + roles.size());
        caller.add(Keys.number(names.size()));
        names.forEach(name -> caller.add(Keys.bytes(name)));
        roles.forEach(role -> caller.add(Keys.bytes(role)));
        return connections
                .run(redis -> Script.ADMISSION.run(
                        redis,
                        new byte[][] {keys.meta(), keys.grants(), keys.excluded()},
                        caller.toArray(byte[][]::new)))
                .thenApply(reply ->
                        admission(reply.stream().mapToLong(Replies::number).toArray()));
    }

    private static Admission admission(long[] found) {
        if (found[0] == 1) {
            return Admission.ENDED;
        }
        return found[1] == 1 ? Admission.NAMED : found[2] == 0 ? Admission.NOBODY : Admission.OTHERS;
    }

    @Override
    public CompletionStage<?> mark(Destination destination, String subject, EventId position) {
        Keys keys = space.keys(destination);
        return connections.run(redis -> Script.MARK.run(
                redis,
                new byte[][] {keys.meta(), keys.marks()},
                Keys.bytes(subject),
                Keys.bytes(EventId.epochText(position.epoch())),
                Keys.number(position.millis()),
                Keys.number(position.sequence()),
                memory));
    }

    @Override
    public CompletionStage<@Nullable EventId> marked(Destination destination, String subject) {
        Keys keys = space.keys(destination);
        return connections
                .run(redis -> redis.hget(keys.marks(), Keys.bytes(subject)))
                .thenApply(mark -> mark == null ? null : EventId.parse(Replies.text(mark)));
    }

    @Override
    public Following follow(Destination destination, Follower follower) {
        return push.follow(space.keys(destination), follower);
    }

    @Override
    public void close() {
        connections.close();
    }

    static EventId id(long epoch, String text) {
        int dash = text.indexOf('-');
        return new EventId(epoch, Long.parseLong(text.substring(0, dash)), Long.parseLong(text.substring(dash + 1)));
    }

    private static Gate gate(String closed, List<?> excluded) {
        return new Gate(!closed.isEmpty(), excluded.stream().map(Replies::text).collect(Collectors.toSet()));
    }
}
