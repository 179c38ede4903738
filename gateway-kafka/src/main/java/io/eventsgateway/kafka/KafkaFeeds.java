package io.eventsgateway.kafka;

import io.eventsgateway.replica.ReplicaBeats;
import io.eventsgateway.route.Ingest;
import io.eventsgateway.topic.Feed;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads every feed into the log. Each has as many consumers as its topics have partitions, and never more than configured; more are
 * started when partitions or matching topics appear. Any thread may call.
 */
public final class KafkaFeeds implements AutoCloseable {

    private static final String NOT_STARTED = "not asked yet";

    private final List<FeedBinding> bindings;
    private final KafkaOptions options;
    private final Ingest ingest;
    private final FeedListener listener;
    private final @Nullable ReplicaBeats beats;
    private final List<FeedGroup> groups = new CopyOnWriteArrayList<>();
    private volatile @Nullable ClusterWatch watch;

    // guarded by this
    private @Nullable ClusterAdmin cluster;
    private @Nullable DeadReplicas replicas;
    private @Nullable LagWatch lag;
    private boolean closed;

    /** Feeds that are read from {@link #start} on, whose replicas do not know of each other. The ingest is lent. */
    public KafkaFeeds(Collection<FeedBinding> bindings, KafkaOptions options, Ingest ingest, FeedListener listener) {
        this(bindings, options, ingest, listener, null);
    }

    /**
     * Feeds that are read from {@link #start} on.
     *
     * @param ingest lent
     * @param beats where replicas show that they live, so that one that died is removed from its groups by another; null where nobody is
     *     removed, and its partitions wait for the session timeout
     */
    public KafkaFeeds(
            Collection<FeedBinding> bindings,
            KafkaOptions options,
            Ingest ingest,
            FeedListener listener,
            @Nullable ReplicaBeats beats) {
        this.bindings = List.copyOf(bindings);
        this.options = beats == null ? options : options.withInstance("events-gateway-" + UUID.randomUUID());
        this.ingest = ingest;
        this.listener = listener;
        this.beats = beats;
    }

    /** Starts the consumers; returns before they have joined their groups. */
    public synchronized void start() {
        ClusterAdmin asked = new ClusterAdmin(options.properties());
        cluster = asked;
        ClusterTopics topics = new ClusterTopics(asked);
        Lock alone = new ReentrantLock();
        for (FeedBinding binding : bindings) {
            FeedGroup group =
                    new FeedGroup(binding, options, topics, ingest, listener, new Suspects(alone), beats != null);
            groups.add(group);
            group.grow(1);
        }
        if (beats != null) {
            String own = String.valueOf(options.properties().get(KafkaOptions.INSTANCE));
            List<String> ids =
                    bindings.stream().map(FeedBinding::group).distinct().toList();
            List<FeedGroup> started = List.copyOf(groups);
            Supplier<List<String>> instances = () -> started.stream()
                    .flatMap(group -> group.names().stream())
                    .map(name -> ClientProperties.instance(own, name))
                    .toList();
            replicas = new DeadReplicas(
                    own, instances, beats, new GroupMembers(asked), ids, DeadReplicas.EVERY, DeadReplicas.FORGOTTEN);
            replicas.start();
        }
        ClusterWatch started = new ClusterWatch(groups, topics, options, this::problem);
        watch = started;
        started.start();
        LagWatch measuring = new LagWatch(groups, topics::ends);
        lag = measuring;
        measuring.start();
    }

    /** How this replica reads a feed; never waits. */
    public FeedState state(Feed feed) {
        return groups.stream()
                .filter(group -> group.binding().feed() == feed)
                .map(FeedGroup::state)
                .reduce(FeedState.NONE, FeedState::plus);
    }

    /** How many consumers each feed has; never waits, not even for {@link #close}. */
    public Map<Feed, Integer> consumers() {
        Map<Feed, Integer> consumers = new EnumMap<>(Feed.class);
        groups.forEach(group -> consumers.merge(group.binding().feed(), group.consumers(), Integer::sum));
        return consumers;
    }

    /**
     * What of Kafka keeps records from being read: that the brokers can't be asked, or that feeds are refused, or held up by dead letters;
     * empty for nothing.
     */
    public String problem() {
        String token = TokenLogin.problem(options.properties());
        if (!token.isEmpty()) {
            return token;
        }
        ClusterWatch asked = watch;
        String problem = asked == null ? NOT_STARTED : asked.problem();
        return problem.isEmpty()
                ? groups.stream()
                        .map(FeedGroup::problem)
                        .filter(each -> !each.isEmpty())
                        .collect(Collectors.joining("; "))
                : problem;
    }

    /** Feeds that wait because the log does not take what was read: where, and why it does not. */
    public Map<Feed, String> paused() {
        Map<Feed, String> paused = new EnumMap<>(Feed.class);
        for (FeedGroup group : groups) {
            String why = group.paused();
            if (!why.isEmpty()) {
                paused.put(group.binding().feed(), why);
            }
        }
        return paused;
    }

    /** What feeds read and what is not there: topics, and of patterns that match none a sentence, with topics whose names are like it. */
    public Set<String> missing() {
        ClusterWatch asked = watch;
        return asked == null ? Set.of() : asked.missing();
    }

    /** Finishes what is under way, commits, leaves the groups. Idempotent; takes 10 seconds at most. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (watch != null) {
            watch.close();
        }
        if (lag != null) {
            lag.close();
        }
        groups.forEach(FeedGroup::stop);
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        groups.forEach(group -> group.awaitEnd(until));
        if (replicas != null) {
            replicas.close();
        }
        if (cluster != null) {
            cluster.close();
        }
    }
}
