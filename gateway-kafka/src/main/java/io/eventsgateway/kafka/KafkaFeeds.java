package io.eventsgateway.kafka;

import io.eventsgateway.replica.ReplicaBeats;
import io.eventsgateway.route.Ingest;
import io.eventsgateway.topic.Feed;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads every feed into the log. Each has as many consumers as its topics have partitions, and never more than configured; more are
 * started when partitions or matching topics appear. Any thread may call.
 */
public final class KafkaFeeds implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaFeeds.class);

    /** How often it is measured how far the feeds are behind. */
    private static final long LAG_MILLIS = 5000;

    private final List<FeedBinding> bindings;
    private final KafkaOptions options;
    private final Ingest ingest;
    private final FeedListener listener;
    private final @Nullable ReplicaBeats beats;
    private final List<FeedGroup> groups = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService watch =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "feeds-watch"));

    private volatile String problem = "not asked yet";

    private volatile Set<String> missing = Set.of();

    // guarded by this
    private @Nullable ClusterAdmin cluster;
    private @Nullable DeadReplicas replicas;
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
        long every = options.watch().toMillis();
        watch.scheduleWithFixedDelay(() -> grow(topics), 0, every, TimeUnit.MILLISECONDS);
        watch.scheduleWithFixedDelay(() -> measureLag(topics), LAG_MILLIS, LAG_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** How this replica reads a feed; never waits. */
    public FeedState state(Feed feed) {
        return groups.stream()
                .filter(group -> group.binding().feed() == feed)
                .map(FeedGroup::state)
                .reduce(FeedState.NONE, FeedState::plus);
    }

    /** One question for all feeds. Where there is no answer, what was measured last stays; others report that Kafka does not answer. */
    private void measureLag(ClusterTopics topics) {
        try {
            Map<FeedGroup, Map<TopicPartition, ReadPositions.Position>> positions = new HashMap<>();
            groups.forEach(group -> positions.put(group, group.positions()));
            Set<TopicPartition> read = new HashSet<>();
            positions.values().forEach(each -> read.addAll(each.keySet()));
            Map<TopicPartition, Long> ends = topics.ends(read);
            positions.forEach((group, each) -> group.lag().measure(each, ends));
        } catch (Throwable failed) {
            // an error too: a task that throws is never run again
            LOG.debug("Lag not measured, tried again", failed);
        }
    }

    /** How many consumers each feed has. */
    public synchronized Map<Feed, Integer> consumers() {
        Map<Feed, Integer> consumers = new EnumMap<>(Feed.class);
        groups.forEach(group -> consumers.merge(group.binding().feed(), group.consumers(), Integer::sum));
        return consumers;
    }

    /** What keeps records from being read: that the brokers can't be asked, or that feeds are refused or held up; empty for nothing. */
    public synchronized String problem() {
        String token = TokenLogin.problem(options.properties());
        if (!token.isEmpty()) {
            return token;
        }
        return problem.isEmpty()
                ? groups.stream()
                        .map(FeedGroup::problem)
                        .filter(each -> !each.isEmpty())
                        .collect(Collectors.joining("; "))
                : problem;
    }

    /** Topics that feeds read and that are not there. */
    public Set<String> missing() {
        return missing;
    }

    private void grow(ClusterTopics topics) {
        try {
            Set<String> names = new HashSet<>();
            List<String> matching = new ArrayList<>();
            for (FeedBinding binding : bindings) {
                if (binding.feed().isPattern()) {
                    matching.addAll(topics.matching(Pattern.compile(binding.reads())));
                } else {
                    names.add(binding.reads());
                }
            }
            names.addAll(matching);
            Map<String, Integer> partitions = topics.partitions(names);
            for (FeedGroup group : groups) {
                FeedBinding binding = group.binding();
                List<String> read = binding.feed().isPattern() ? matching : List.of(binding.reads());
                group.topicsThere(
                        (int) read.stream().filter(partitions::containsKey).count());
                group.grow(read.stream()
                        .mapToInt(topic -> partitions.getOrDefault(topic, 0))
                        .sum());
            }
            logMissing(names, partitions.keySet());
            problem = "";
        } catch (Throwable failed) {
            // an error too: a task that throws is never run again
            report(failed);
        }
    }

    private void report(Throwable failed) {
        try {
            String before = problem;
            problem = Reason.of(failed);
            if (!(failed instanceof KafkaException || problem.equals(before))) {
                LOG.error("Partitions not counted, tried again", failed);
            }
        } catch (OutOfMemoryError again) {
            problem = FeedWorker.NOT_REPORTED;
        }
    }

    private void logMissing(Set<String> names, Set<String> there) {
        Set<String> absent = new TreeSet<>(names);
        absent.removeAll(there);
        if (!absent.equals(missing)) {
            LOG.info("Topics that are not there: {}", absent.isEmpty() ? "none any more" : absent);
            missing = absent;
        }
    }

    /** Finishes what is under way, commits, leaves the groups. Idempotent; takes 10 seconds at most. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        watch.shutdownNow();
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
