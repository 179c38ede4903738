package io.eventsgateway.kafka;

import io.eventsgateway.log.EventWriter;
import io.eventsgateway.route.Ingest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.KafkaConsumer;
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

    private final List<String> names = new CopyOnWriteArrayList<>();

    // guarded by this
    private final List<FeedWorker> workers = new ArrayList<>();
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

    /** How many consumers there are. */
    synchronized int consumers() {
        return workers.size();
    }

    /** Starts consumers until there are as many as partitions, at least one, and no more than are allowed or of use. */
    synchronized void grow(int partitions) {
        int most = Math.min(binding.threads(), options.processors());
        int wanted = Math.max(1, Math.min(partitions, most));
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
                System::nanoTime);
    }

    /** Where the log does not take what was read, and why; empty for nowhere. */
    synchronized String paused() {
        return workers.stream()
                .map(FeedWorker::paused)
                .filter(each -> !each.isEmpty())
                .findFirst()
                .orElse("");
    }

    /** Why consumers are refused, or held up by Kafka; empty when none is. */
    synchronized String problem() {
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
