package io.eventsgateway.kafka;

import io.eventsgateway.lane.Lane;
import io.eventsgateway.lane.LaneClaims;
import io.eventsgateway.log.Appended;
import io.eventsgateway.log.EventWriter;
import io.eventsgateway.route.InboundRecord;
import io.eventsgateway.topic.Feed;
import java.nio.charset.StandardCharsets;
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
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** One feed's consumer among stand-ins: a topic of two partitions, a log and a sink that answer as the test says. */
final class FeedRig {

    static final String TOPIC = "tasks";
    static final TopicPartition ONE = new TopicPartition(TOPIC, 1);
    static final TopicPartition TWO = new TopicPartition(TOPIC, 2);

    final FeedBinding binding = new FeedBinding(Feed.TASK_MESSAGE, TOPIC, "group", 1);
    final KafkaOptions options = new KafkaOptions(
            Map.of(), Duration.ofHours(4), Duration.ofSeconds(30), Duration.ofMillis(1), Duration.ofMillis(300));
    final FixedTopics topics = new FixedTopics();
    final ScriptedWriter log = new ScriptedWriter();
    final Sink sink = new Sink(log);
    final Suspects suspects = new Suspects(new ReentrantLock());
    final GroupConsumer consumer = new GroupConsumer();
    final FeedConsumer loop = newLoop(consumer);

    FeedConsumer newLoop(GroupConsumer of) {
        return newLoop(of, sink, log);
    }

    FeedConsumer newLoop(GroupConsumer of, RecordSink sink, EventWriter log) {
        FirstStart start = new FirstStart(binding, options, topics, FeedListener.NONE);
        return new FeedConsumer(binding, of, topics, sink, log, options, FeedListener.NONE, start, suspects, of::nanos);
    }

    /** What one partition is called in the log. */
    Lane lane(TopicPartition partition) {
        return new Lane(binding.group(), "id", partition.partition());
    }

    /** Has the broker bring a record with the next poll. */
    void send(TopicPartition partition, long offset) {
        byte[] text = "1".getBytes(StandardCharsets.UTF_8);
        consumer.addRecord(new ConsumerRecord<>(partition.topic(), partition.partition(), offset, text, text));
    }

    /** The offset that is committed; -1 for none. */
    long committed(TopicPartition partition) {
        OffsetAndMetadata offset = consumer.committed(Set.of(partition)).get(partition);
        return offset == null ? -1 : offset.offset();
    }

    /**
     * A consumer in a group of which the test is the coordinator. As with a real one, partitions that are gone are not paused, and a poll takes
     * time: 50 ms of a clock that nothing else moves.
     */
    static final class GroupConsumer extends MockConsumer<byte[], byte[]> {

        /** The offset of the first record since a time, in milliseconds. */
        LongUnaryOperator firstSince = time -> 0;

        private final AtomicLong nanos = new AtomicLong();

        GroupConsumer() {
            super("earliest");
            updateBeginningOffsets(Map.of(ONE, 0L, TWO, 0L));
            updateEndOffsets(Map.of(ONE, 100L, TWO, 100L));
        }

        long nanos() {
            return nanos.get();
        }

        @Override
        public synchronized ConsumerRecords<byte[], byte[]> poll(Duration wait) {
            nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(50));
            return super.poll(wait);
        }

        @Override
        public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(Map<TopicPartition, Long> times) {
            Map<TopicPartition, OffsetAndTimestamp> found = new HashMap<>();
            times.forEach((partition, time) ->
                    found.put(partition, new OffsetAndTimestamp(firstSince.applyAsLong(time), time)));
            return found;
        }

        @Override
        public synchronized Set<TopicPartition> paused() {
            Set<TopicPartition> paused = new HashSet<>(super.paused());
            paused.retainAll(assignment());
            return paused;
        }
    }

    /** Topics that are there, of a group that has begun. */
    static final class FixedTopics implements Topics {

        final Map<String, String> ids = new HashMap<>(Map.of(TOPIC, "id"));

        @Override
        public String id(String topic) {
            return Objects.requireNonNull(ids.get(topic));
        }

        @Override
        public @Nullable String known(String topic) {
            return ids.get(topic);
        }

        @Override
        public void refresh(Collection<String> topics) {
            // they are as the test says
        }

        @Override
        public Set<TopicPartition> partitionsOf(FeedBinding binding) {
            return Set.of(ONE, TWO);
        }

        @Override
        public Set<TopicPartition> committed(String group) {
            return Set.of(ONE, TWO);
        }
    }

    /** Keeps where the records were that it is given; what is claimed of them goes to the log. */
    static final class Sink implements RecordSink {

        final List<String> accepted = new ArrayList<>();
        final List<String> rejected = new ArrayList<>();
        Function<List<InboundRecord>, CompletionStage<?>> answer = batch -> CompletableFuture.completedStage(null);
        private final ScriptedWriter log;

        Sink(ScriptedWriter log) {
            this.log = log;
        }

        @Override
        public CompletionStage<Appended> accept(Collection<LaneClaims> lanes, List<InboundRecord> batch) {
            CompletionStage<?> answered = answer.apply(batch);
            batch.forEach(in -> accepted.add(in.source().toString()));
            return answered.thenCompose(done -> log.take(lanes));
        }

        @Override
        public CompletionStage<?> reject(InboundRecord in, String reason) {
            rejected.add(in.source() + " " + reason);
            return CompletableFuture.completedStage(null);
        }
    }
}
