package io.eventsgateway.redis;

import io.eventsgateway.Destination;
import io.eventsgateway.EventId;
import io.eventsgateway.Payload;
import io.eventsgateway.auth.IssuerMemory;
import io.eventsgateway.lane.Found;
import io.eventsgateway.lane.LaneClaims;
import io.eventsgateway.log.Admission;
import io.eventsgateway.log.Appended;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.EventLog;
import io.eventsgateway.log.Follower;
import io.eventsgateway.log.Gap;
import io.eventsgateway.log.Gate;
import io.eventsgateway.log.LogEnd;
import io.eventsgateway.log.Page;
import io.eventsgateway.log.StoredEvent;
import io.eventsgateway.outage.OutageLog;
import io.eventsgateway.replica.ReplicaBeats;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log on Redis 6.2 or later, one server, a master by its sentinels or a cluster: for each destination a stream and two hashes, changed
 * by one script, announced by publish and subscribe. Any thread may call; stages complete on Lettuce's threads.
 */
public final class RedisEventLog implements EventLog {

    private static final Logger LOG = LoggerFactory.getLogger(RedisEventLog.class);

    private static final byte[] NONE = new byte[0];

    private final KeySpace space;
    private final Topology topology;
    private final Problems problems = new Problems(System::nanoTime);
    private final CommandConnection connection;
    private final PubSub pubSub;
    private final LaneCheck laneCheck;
    private final ReplicaLag lag;
    private final Appender appender;
    private final Ticker ticker;
    private final byte[] retention;
    private final byte[] memory;

    /** A log that is opened by {@link #start}, to which nothing listens. */
    public RedisEventLog(RedisOptions options) {
        this(options, RedisListener.NONE);
    }

    /** A log that is opened by {@link #start}. */
    public RedisEventLog(RedisOptions options, RedisListener listener) {
        this(
                options,
                options.cluster() ? new ClusterTopology(options, listener) : new SingleTopology(options, listener));
    }

    RedisEventLog(RedisOptions options, Topology topology) {
        String writer = EventId.epochText(ThreadLocalRandom.current().nextLong(1, 1L << 32));
        Duration remembered = options.retention().multipliedBy(Appender.MEMORY);
        this.space = new KeySpace(options.keyPrefix(), options.servers().get(0).getDatabase());
        this.topology = topology;
        Format format = new Format(space, remembered);
        ServerCheck check = new ServerCheck(topology, new Rights(space, writer), format);
        this.connection = new CommandConnection(topology, check::fitness, problems, space, System::nanoTime);
        this.pubSub = new PubSub(topology, space, writer, connection, System::nanoTime);
        this.laneCheck = new LaneCheck(space, connection, topology, remembered);
        this.appender = new Appender(space, topology, connection, options.retention());
        this.lag = new ReplicaLag(space, connection, topology);
        WriteProbe probe = new WriteProbe(space, writer, connection, check, problems, topology);
        OutageLog outages = new OutageLog("Redis", topology.address(), options.setting(), LOG::warn, LOG::info);
        this.ticker = new Ticker(connection, pubSub, probe, lag, format, problems, outages, options.frequency());
        this.retention = Keys.number(options.retention().toMillis());
        this.memory = Keys.number(remembered.toMillis());
    }

    /** Connects, now or as soon as a server can be reached. Returns at once. */
    public void start() {
        ticker.start();
    }

    /** How the log is doing. */
    public RedisState state() {
        boolean connected = connection.isOpen();
        String problem = problems.first();
        if (problem.isEmpty() && !connected) {
            problem = "connection lost";
        }
        boolean unpushed = problem.isEmpty() && pubSub.isSilent();
        if (problem.isEmpty()) {
            problem = pubSub.problem();
        }
        Replication replication = lag.worst();
        return new RedisState(
                connected,
                problem,
                unpushed,
                connection.warning().isEmpty() ? replication.warning() : connection.warning(),
                pubSub.followed(),
                pubSub.unconfirmed(),
                pubSub.silentNanos() / 1_000_000,
                replication.lagBytes());
    }

    /** What the log's Redis remembers about issuers of tokens, for all replicas; open as long as the log is. */
    public IssuerMemory issuers() {
        return issuers(InstantSource.system());
    }

    IssuerMemory issuers(InstantSource clock) {
        return new RedisIssuerMemory(space, connection, clock);
    }

    /** Where the replicas that use the log's Redis show that they live; open as long as the log is. */
    public ReplicaBeats replicas() {
        return new RedisReplicaBeats(space, connection);
    }

    @Override
    public boolean isReachable() {
        return connection.isOpen();
    }

    @Override
    public int tags() {
        return Keys.TAGS;
    }

    @Override
    public CompletionStage<Appended> append(Collection<LaneClaims> lanes, List<Entry> batch) {
        return appender.append(lanes, batch);
    }

    @Override
    public CompletionStage<List<Found>> check(Collection<LaneClaims> lanes) {
        return laneCheck.check(lanes);
    }

    @Override
    public CompletionStage<Page> read(Destination destination, @Nullable EventId after, int maxEvents, int maxBytes) {
        Keys keys = space.keys(destination);
        return connection
                .run(redis -> readAfter(redis, keys, after, maxEvents, maxBytes))
                .thenCompose(reply -> {
                    EventId end = Replies.end(reply.get(0), reply.get(1), reply.get(2));
                    boolean more = Replies.number(reply.get(3)) == 1;
                    Page page = page(after, end, (List<?>) reply.get(4), more);
                    boolean none = page.events().isEmpty() && page.large() == null;
                    Gap gap = after == null
                            ? Gap.NONE
                            : Gap.between(after, end, none ? null : page.first(), none ? null : page.base());
                    if (gap == Gap.REPLACED && after != null && after.epoch() == end.epoch()) {
                        return read(destination, null, maxEvents, maxBytes).thenApply(oldest -> oldest.with(gap));
                    }
                    return CompletableFuture.completedStage(page.with(gap));
                });
    }

    /** The page that the script answers, three texts an event. */
    private static Page page(@Nullable EventId after, EventId end, List<?> flat, boolean more) {
        List<StoredEvent> events = new ArrayList<>(flat.size() / 3);
        Page.Large large = null;
        EventId before = after;
        for (int i = 0; i < flat.size(); i += 3) {
            EventId id = id(end.epoch(), Replies.text(flat.get(i)));
            EventId previous = previous(id, Replies.text(flat.get(i + 1)), before);
            before = id;
            byte[] stored = (byte[]) flat.get(i + 2);
            if (EventCodec.isReference(stored)) {
                EventCodec.Reference data = EventCodec.reference(stored);
                large = new Page.Large(
                        id,
                        previous,
                        EventCodec.name(stored),
                        data.size(),
                        data.name(),
                        EventCodec.traceparent(stored));
            } else {
                events.add(new StoredEvent(id, previous, EventCodec.decode(stored, 0)));
            }
        }
        return Page.of(Gap.NONE, end, events, more, large);
    }

    /**
     * The predecessor of an event, by its time. Where an earlier version wrote none, it is the event that was read before, if its number
     * says so.
     */
    private static EventId previous(EventId id, String millis, @Nullable EventId before) {
        if (!millis.isEmpty()) {
            return previous(id, millis);
        }
        boolean follows = before != null && before.epoch() == id.epoch() && before.sequence() == id.sequence() - 1;
        return before != null && follows ? before : previous(id, Long.toString(id.millis()));
    }

    /** The predecessor of an event, by its time. */
    static EventId previous(EventId id, String millis) {
        return id.sequence() == 1 ? EventId.START : new EventId(id.epoch(), Long.parseLong(millis), id.sequence() - 1);
    }

    @Override
    public CompletionStage<@Nullable Payload> readPiece(
            Destination destination, Page.Large event, int from, int bytes) {
        byte[] key = space.keys(destination).large(event.place());
        int to = Math.min(event.size(), from + bytes);
        return connection
                .run(redis -> redis.getrange(key, from, to - 1L))
                .thenApply(piece -> piece.length == to - from ? Payload.of(piece) : null);
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
    public CompletionStage<LogEnd> end(Destination destination) {
        Keys keys = space.keys(destination);
        return connection
                .run(redis -> Script.TAIL.run(redis, new byte[][] {keys.meta(), keys.excluded()}))
                .thenApply(reply -> new LogEnd(
                        Replies.end(reply.get(0), reply.get(1), reply.get(2)),
                        gate(Replies.text(reply.get(3)), (List<?>) reply.get(4))));
    }

    @Override
    public CompletionStage<Map<String, Long>> sources(Destination destination) {
        return connection
                .run(redis -> redis.hgetall(space.keys(destination).meta()))
                .thenApply(fields -> {
                    Map<String, Long> offsets = new HashMap<>();
                    fields.forEach((name, value) -> {
                        String field = Replies.text(name);
                        if (field.startsWith(AppendCall.OFFSET)) {
                            offsets.put(
                                    field.substring(AppendCall.OFFSET.length()), Long.parseLong(Replies.text(value)));
                        }
                    });
                    return offsets;
                });
    }

    @Override
    public CompletionStage<Admission> admission(Destination destination, Set<String> names, Set<String> roles) {
        Keys keys = space.keys(destination);
        List<byte[]> caller = new ArrayList<>(1 + names.size() + roles.size());
        caller.add(Keys.number(names.size()));
        names.forEach(name -> caller.add(Keys.bytes(name)));
        roles.forEach(role -> caller.add(Keys.bytes(role)));
        return connection
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
    public CompletionStage<?> save(Destination destination, String subject, EventId position) {
        Keys keys = space.keys(destination);
        return connection.run(redis -> Script.MARK.run(
                redis,
                new byte[][] {keys.meta(), keys.marks()},
                Keys.bytes(subject),
                Keys.bytes(EventId.epochText(position.epoch())),
                Keys.number(position.millis()),
                Keys.number(position.sequence()),
                memory));
    }

    @Override
    public CompletionStage<@Nullable EventId> find(Destination destination, String subject) {
        Keys keys = space.keys(destination);
        return connection
                .run(redis -> redis.hget(keys.marks(), Keys.bytes(subject)))
                .thenApply(mark -> mark == null ? null : EventId.parse(Replies.text(mark)));
    }

    @Override
    public Following follow(Destination destination, Follower follower) {
        return pubSub.follow(space.keys(destination), follower);
    }

    @Override
    public void close() {
        connection.close();
        ticker.close();
        topology.close();
    }

    static EventId id(long epoch, String text) {
        int dash = text.indexOf('-');
        return new EventId(epoch, Long.parseLong(text.substring(0, dash)), Long.parseLong(text.substring(dash + 1)));
    }

    private static Gate gate(String closed, List<?> excluded) {
        if (closed.isEmpty() && excluded.isEmpty()) {
            return Gate.OPEN;
        }
        return new Gate(!closed.isEmpty(), excluded.stream().map(Replies::text).collect(Collectors.toSet()));
    }
}
