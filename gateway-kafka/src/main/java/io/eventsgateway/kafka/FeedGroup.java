package io.eventsgateway.kafka;

import io.eventsgateway.log.EventWriter;
import io.eventsgateway.route.Ingest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The consumers of one feed in this process, a thread each. {@link #grow} and {@link #awaitEnd} are called by one thread at a time. */
final class FeedGroup {

    private final FeedBinding binding;
    private final KafkaOptions options;
    private final Topics topics;
    private final RecordSink sink;
    private final EventWriter log;
    private final FeedListener listener;
    private final boolean leaves;
    private final FirstStart start;
    private final Suspects suspects;

    private final FeedLag lag = new FeedLag(System::currentTimeMillis);
    private final List<String> names = new CopyOnWriteArrayList<>();
    private final List<FeedWorker> workers = new CopyOnWriteArrayList<>();
    private volatile int topicsThere;

    // guarded by this
    private boolean stopped;

    /**
     * Of a replica.
     *
     * @param leaves whether consumers that are closed leave the group though they are static members
     */
    FeedGroup(
            FeedBinding binding,
            KafkaOptions options,
            Topics topics,
            Ingest ingest,
            FeedListener listener,
            Suspects suspects,
            boolean leaves) {
        this.leaves = leaves;
        this.suspects = suspects;
        this.binding = binding;
        this.options = options;
        this.topics = topics;
        this.sink = RecordSink.of(ingest, binding.feed());
        this.log = ingest.log();
        this.listener = listener;
        this.start = new FirstStart(binding, options, topics, listener);
    }

    FeedBinding binding() {
        return binding;
    }

    /** The names of the consumers, unlike any other's in the process; never waits, not even for {@link #awaitEnd}. */
    List<String> names() {
        return names;
    }

    /** How many consumers there are; never waits. */
    int consumers() {
        return workers.size();
    }

    /** How it is read; never waits. */
    FeedState state() {
        boolean isPaused = !problem().isEmpty() || !paused().isEmpty();
        return new FeedState(consumers(), positions().size(), topicsThere, isPaused, lag.records(), lag.oldestMillis());
    }

    /** How far each partition of its consumers is in the log; never waits. */
    Map<TopicPartition, ReadPositions.Position> positions() {
        Map<TopicPartition, ReadPositions.Position> all = new HashMap<>();
        workers.forEach(worker -> all.putAll(worker.positions()));
        return all;
    }

    FeedLag lag() {
        return lag;
    }

    /** So many topics are there that it reads. */
    void topicsThere(int count) {
        topicsThere = count;
    }

    /** Starts consumers until there are as many as partitions, at least one, and no more than are allowed. */
    synchronized void grow(int partitions) {
        int wanted = Math.max(1, Math.min(partitions, binding.threads()));
        while (workers.size() < wanted && !stopped) {
            String name = "feed-" + binding.feed().label() + "-" + workers.size();
            FeedWorker worker = newWorker(name);
            names.add(name);
            workers.add(worker);
            worker.start();
        }
    }

    private FeedWorker newWorker(String name) {
        return new FeedWorker(
                name,
                binding.feed().label(),
                options.authRetry(),
                // a static member would stay in the group until its session ends
                leaves ? GroupMembershipOperation.LEAVE_GROUP : GroupMembershipOperation.DEFAULT,
                log::isReachable,
                () -> new KafkaConsumer<>(
                        Brokers.checked(ClientProperties.consumer(options.properties(), binding.group(), name)),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer()),
                consumer -> new FeedConsumer(
                        binding, consumer, topics, sink, log, options, listener, start, suspects, System::nanoTime),
                consumer -> listener.reads(binding.feed(), consumer),
                System::nanoTime);
    }

    /** Where the log does not take what was read, and why; empty for nowhere. */
    String paused() {
        return workers.stream()
                .map(FeedWorker::paused)
                .filter(each -> !each.isEmpty())
                .findFirst()
                .orElse("");
    }

    /** Why consumers are refused, or held up by Kafka; empty when none is. */
    String problem() {
        String memory = suspects.problem();
        return Stream.concat(Stream.of(memory), workers.stream().map(FeedWorker::problem))
                .filter(each -> !each.isEmpty())
                .findFirst()
                .map(each -> binding.feed().label() + ": " + each)
                .orElse("");
    }

    /** Has the consumers finish: they commit and leave their group. Returns at once. */
    synchronized void stop() {
        stopped = true;
        workers.forEach(FeedWorker::stop);
    }

    /**
     * Waits until they have finished; to be called after {@link #stop}.
     *
     * @param until when to give up, by {@link System#nanoTime}
     */
    synchronized void awaitEnd(long until) {
        workers.forEach(worker -> worker.awaitEnd(until));
    }
}
