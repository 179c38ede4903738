package io.eventsgateway.kafka;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.Source;
import io.eventsgateway.log.Appended;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.EventLog;
import io.eventsgateway.log.ForwardingEventLog;
import io.eventsgateway.log.Generation;
import io.eventsgateway.log.InMemoryEventLog;
import io.eventsgateway.log.LostException;
import io.eventsgateway.log.Page;
import io.eventsgateway.route.InboundRecord;
import io.eventsgateway.route.Ingest;
import io.eventsgateway.route.IngestListener;
import io.eventsgateway.route.Organisations;
import io.eventsgateway.route.RecordDecoder;
import io.eventsgateway.route.Router;
import io.eventsgateway.topic.Feed;
import io.eventsgateway.topic.StandardTopicNaming;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The feeds on a real broker, into a log that fails when it is told to. */
class KafkaFeedsIT {

    private static final int MAX_BYTES = 1_000_000;
    private static final Duration RETENTION = Duration.ofHours(4);

    private final KafkaBroker broker = KafkaBroker.shared();
    private final String run = UUID.randomUUID().toString().substring(0, 8);
    private final StandardTopicNaming naming = new StandardTopicNaming(run + ".", "", ".v1", ".", "-");
    private final String generic = run + ".eventsgateway.receive.first.v1";
    private final FailingLog log = new FailingLog();
    private final List<AutoCloseable> open = new ArrayList<>();
    private KafkaProducer<byte[], byte[]> producer;
    private final Map<String, Object> ofConsumers = new HashMap<>();
    private int processors = 100;

    @BeforeEach
    void start() {
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        producer.close();
        log.close();
    }

    @Test
    void readsAllSevenFeedsAndTopicsThatAppearLater() {
        for (Feed feed : Feed.values()) {
            broker.createTopic(topic(feed), 2);
        }
        startFeeds(Feed.values());
        send(topic(Feed.ENGINE_MESSAGE), "a", "1");
        send(topic(Feed.ENGINE_CONNECT), "b", "{\"processInstanceUuid\":\"b\",\"subjects\":[\"ann\"]}");
        send(topic(Feed.ENGINE_DISCONNECT), "c", "{\"processInstanceUuid\":\"c\"}");
        send(topic(Feed.TASK_MESSAGE), "d", "4");
        send(topic(Feed.PROCESS_MESSAGE), "e", "5");
        send(topic(Feed.GENERIC_MESSAGE), "f", "6");
        send(topic(Feed.USER_MESSAGE), "g", "7");

        await(() -> data("process-instance/a").equals(List.of("1")));
        await(() -> data("view/d").equals(List.of("4")));
        await(() -> data("process/e").equals(List.of("5")));
        await(() -> data("generic/f").equals(List.of("6")));
        await(() -> data("user/g").equals(List.of("7")));
        await(() -> !events("process-instance/b").isEmpty());
        assertThat(events("process-instance/b").get(0).kind()).isEqualTo(Event.Kind.CONNECT);
        await(() -> !events("process-instance/c").isEmpty());
        assertThat(events("process-instance/c").get(0).kind()).isEqualTo(Event.Kind.DISCONNECT);

        String later = run + ".eventsgateway.receive.later.v1";
        broker.createTopic(later, 1);
        send(later, "h", "8");
        await(() -> data("generic/h").equals(List.of("8")));
        String ofTasks = run + ".eventsgateway.receive.taskmanager.v1";
        broker.createTopic(ofTasks, 1);
        send(ofTasks, "i", "9");
        await(() -> data("view/i").equals(List.of("9")));
    }

    @Test
    void readsAgainWhatTheLogHasLostBeforeAnythingNew() {
        String topic = topic(Feed.TASK_MESSAGE);
        broker.createTopic(topic, 1);
        startFeeds(Feed.TASK_MESSAGE);
        send(topic, "a", "1");
        send(topic, "a", "2");
        await(() -> data("view/a").equals(List.of("1", "2")));
        await(() -> committed(topic) == 2);

        log.lose();

        await(() -> data("view/a").equals(List.of("1", "2")));
        send(topic, "a", "3");
        await(() -> data("view/a").equals(List.of("1", "2", "3")));
        await(() -> committed(topic) == 3);
    }

    @Test
    void readsAgainWhatTheLogHasLostHoweverOldTheRecordsAre() {
        String topic = topic(Feed.TASK_MESSAGE);
        broker.createTopic(topic, 1);
        startFeeds(Feed.TASK_MESSAGE);
        long old = System.currentTimeMillis() - TimeUnit.MINUTES.toMillis(10);
        producer.send(new ProducerRecord<>(topic, 0, old, bytes("a"), bytes("1")));
        producer.send(new ProducerRecord<>(topic, 0, old, bytes("a"), bytes("2")));
        await(() -> data("view/a").equals(List.of("1", "2")));
        await(() -> committed(topic) == 2);

        log.lose();

        await(() -> data("view/a").equals(List.of("1", "2")));
    }

    @Test
    void hasNoMoreConsumersThanPartitionsAndMoreWhenPartitionsAppear() {
        String topic = topic(Feed.TASK_MESSAGE);
        broker.createTopic(topic, 2);
        KafkaFeeds feeds = startFeeds(Feed.TASK_MESSAGE);
        await(() -> feeds.consumers().get(Feed.TASK_MESSAGE) == 2);

        broker.growTopic(topic, 3);
        await(() -> feeds.consumers().get(Feed.TASK_MESSAGE) == 3);
        broker.growTopic(topic, 9);
        await(() -> feeds.consumers().get(Feed.TASK_MESSAGE) == Feed.TASK_MESSAGE.defaultThreads() - 1);

        for (int partition = 0; partition < 9; partition++) {
            producer.send(new ProducerRecord<>(topic, partition, bytes("p" + partition), bytes("1")));
        }
        for (int partition = 0; partition < 9; partition++) {
            String path = "view/p" + partition;
            await(() -> data(path).equals(List.of("1")));
        }
    }

    @Test
    void hasNoMoreConsumersThanAreOfUse() {
        String topic = topic(Feed.TASK_MESSAGE);
        broker.createTopic(topic, 4);
        processors = 2;
        KafkaFeeds feeds = startFeeds(Feed.TASK_MESSAGE);
        for (int partition = 0; partition < 4; partition++) {
            producer.send(new ProducerRecord<>(topic, partition, bytes("p" + partition), bytes("1")));
        }

        for (int partition = 0; partition < 4; partition++) {
            String path = "view/p" + partition;
            await(() -> data(path).equals(List.of("1")));
        }
        assertThat(feeds.consumers()).containsEntry(Feed.TASK_MESSAGE, 2);
    }

    @Test
    void waitsForALogThatFailsStaysInItsGroupAndCommitsNothing() throws Exception {
        String topic = topic(Feed.TASK_MESSAGE);
        broker.createTopic(topic, 1);
        startFeeds(Feed.TASK_MESSAGE);
        send(topic, "a", "0");
        await(() -> data("view/a").size() == 1);
        await(() -> committed(topic) == 1);

        log.failing = true;
        IntStream.rangeClosed(1, 1000).forEach(n -> send(topic, "a", Integer.toString(n)));
        // longer than the group waits for one that does not poll
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(8));
        assertThat(committed(topic)).isEqualTo(1);
        assertThat(members()).isEqualTo(1);
        log.failing = false;

        List<String> all =
                IntStream.rangeClosed(0, 1000).mapToObj(Integer::toString).toList();
        await(() -> data("view/a").size() >= all.size());
        assertThat(data("view/a")).isEqualTo(all);
        await(() -> committed(topic) == 1001);
    }

    @Test
    void goesOnWhereItWasWhenStartedAgain() {
        String topic = topic(Feed.TASK_MESSAGE);
        broker.createTopic(topic, 1);
        KafkaFeeds first = startFeeds(Feed.TASK_MESSAGE);
        send(topic, "a", "1");
        await(() -> data("view/a").size() == 1);
        first.close();
        send(topic, "a", "2");
        log.given = 0;

        startFeeds(Feed.TASK_MESSAGE);

        await(() -> data("view/a").size() == 2);
        assertThat(data("view/a")).containsExactly("1", "2");
        assertThat(log.given).isEqualTo(1);
    }

    @Test
    void readsAgainWhatTheLogLostOfAReplicaThatIsGone() {
        String topic = topic(Feed.TASK_MESSAGE);
        broker.createTopic(topic, 1);
        KafkaFeeds first = startFeeds(Feed.TASK_MESSAGE);
        long old = System.currentTimeMillis() - TimeUnit.MINUTES.toMillis(10);
        producer.send(new ProducerRecord<>(topic, 0, old, bytes("a"), bytes("1")));
        producer.send(new ProducerRecord<>(topic, 0, old, bytes("a"), bytes("2")));
        await(() -> data("view/a").size() == 2);
        first.close();
        assertThat(committed(topic)).isEqualTo(2);

        log.loseUnheard();
        startFeeds(Feed.TASK_MESSAGE);

        await(() -> data("view/a").equals(List.of("1", "2")));
        await(() -> committed(topic) == 2);
    }

    @Test
    void beginsARetentionAgoAndAlsoInAPartitionThatWasEmpty() {
        String topic = topic(Feed.TASK_MESSAGE);
        broker.createTopic(topic, 2);
        long old = Instant.now().minus(RETENTION).minusSeconds(60).toEpochMilli();
        long recent = Instant.now().minusSeconds(60).toEpochMilli();
        producer.send(new ProducerRecord<>(topic, 0, old, bytes("a"), bytes("1")));
        producer.send(new ProducerRecord<>(topic, 0, recent, bytes("a"), bytes("2")));
        producer.flush();

        startFeeds(Feed.TASK_MESSAGE);
        await(() -> !data("view/a").isEmpty());
        producer.send(new ProducerRecord<>(topic, 1, bytes("b"), bytes("3")));

        await(() -> data("view/b").equals(List.of("3")));
        assertThat(data("view/a")).containsExactly("2");
    }

    @Test
    void takesTheRecordsOfATopicThatWasMadeAgain() {
        String topic = topic(Feed.TASK_MESSAGE);
        broker.createTopic(topic, 1);
        startFeeds(Feed.TASK_MESSAGE);
        send(topic, "a", "1");
        send(topic, "a", "2");
        await(() -> data("view/a").size() == 2);

        broker.deleteTopic(topic);
        broker.createTopic(topic, 1);
        send(topic, "a", "3");

        await(() -> data("view/a").size() == 3);
        assertThat(data("view/a")).containsExactly("1", "2", "3");
    }

    @Test
    void saysThatALibraryCannotBeLoadedAndGoesOnWhenItCan() {
        String topic = topic(Feed.TASK_MESSAGE);
        broker.createTopic(topic, 1);
        ofConsumers.put("interceptor.classes", BrokenLibrary.class.getName());
        BrokenLibrary.broken = true;
        KafkaFeeds feeds = startFeeds(Feed.TASK_MESSAGE);
        send(topic, "a", "1");

        await(() -> feeds.problem().contains("no snappyjava"));
        assertThat(data("view/a")).isEmpty();
        BrokenLibrary.broken = false;

        await(() -> data("view/a").equals(List.of("1")));
        await(() -> feeds.problem().isEmpty());
    }

    /** Fails as a codec does whose native library is not there. */
    public static final class BrokenLibrary implements ConsumerInterceptor<byte[], byte[]> {

        private static volatile boolean broken;

        /** Made by Kafka's client. */
        public BrokenLibrary() {}

        @Override
        public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
            if (broken) {
                throw new UnsatisfiedLinkError("no snappyjava in java.library.path");
            }
            return records;
        }

        @Override
        public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

        @Override
        public void close() {}

        @Override
        public void configure(Map<String, ?> configs) {}
    }

    @Test
    void failsADeadLetterWhoseLibraryCannotBeLoaded() throws Exception {
        Map<String, Object> properties = Map.of(
                "bootstrap.servers", broker.bootstrapServers(), "interceptor.classes", NoLibrary.class.getName());
        Source source = new Source("t", "id", 0, 0);
        InboundRecord in = new InboundRecord(Feed.TASK_MESSAGE, source, bytes("a"), bytes("1"), List.of());
        try (KafkaDeadLetters letters = new KafkaDeadLetters(run + "-dead-letters", properties, MAX_BYTES)) {
            assertThat(letters.send(in, "why").toCompletableFuture())
                    .failsWithin(Duration.ofSeconds(30))
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(UnsatisfiedLinkError.class);
        }
    }

    /** Fails as a producer's codec does whose native library is not there. */
    public static final class NoLibrary implements ProducerInterceptor<byte[], byte[]> {

        /** Made by Kafka's client. */
        public NoLibrary() {}

        @Override
        public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> letter) {
            throw new UnsatisfiedLinkError("no snappyjava in java.library.path");
        }

        @Override
        public void onAcknowledgement(@Nullable RecordMetadata metadata, @Nullable Exception failure) {}

        @Override
        public void close() {}

        @Override
        public void configure(Map<String, ?> configs) {}
    }

    private KafkaFeeds startFeeds(Feed... read) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("bootstrap.servers", broker.bootstrapServers());
        properties.put("allow.auto.create.topics", false);
        properties.put("metadata.max.age.ms", 500);
        properties.put("max.poll.interval.ms", 6000);
        properties.put("session.timeout.ms", 6000);
        List<Subscription> subscriptions = new ArrayList<>();
        for (Feed feed : read) {
            int threads = Feed.TASK_MESSAGE.defaultThreads() - 1;
            subscriptions.add(new Subscription(feed, feed.topic(naming), run + feed.defaultGroup(), threads));
        }
        KafkaDeadLetters deadLetters = new KafkaDeadLetters(run + "-dead-letters", properties, MAX_BYTES);
        Ingest ingest = new Ingest(
                new RecordDecoder(new Organisations("acme"), MAX_BYTES),
                Router.STANDARD,
                log,
                deadLetters,
                IngestListener.NONE);
        ofConsumers.putAll(properties);
        KafkaOptions options = new KafkaOptions(
                ofConsumers,
                RETENTION,
                Duration.ofSeconds(30),
                Duration.ofSeconds(1),
                Duration.ofMillis(300),
                processors);
        KafkaFeeds feeds = new KafkaFeeds(subscriptions, options, ingest, deadLetters);
        open.add(0, deadLetters);
        open.add(0, feeds);
        feeds.start();
        return feeds;
    }

    private String topic(Feed feed) {
        return feed.isPattern() ? generic : feed.topic(naming);
    }

    private void send(String topic, String key, String value) {
        producer.send(new ProducerRecord<>(topic, bytes(key), bytes(value)));
    }

    private List<Event> events(String path) {
        int slash = path.indexOf('/');
        Destination destination = new Destination("acme", path.substring(0, slash), path.substring(slash + 1));
        Page page = log.read(destination, null, 10_000, Integer.MAX_VALUE)
                .toCompletableFuture()
                .join();
        return page.events().stream().map(each -> each.event()).toList();
    }

    private List<String> data(String path) {
        return events(path).stream()
                .map(event -> new String(event.data().toByteArray(), StandardCharsets.UTF_8))
                .toList();
    }

    /** The group's committed offset in the topic's first partition; 0 for none. */
    private long committed(String topic) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            Map<TopicPartition, OffsetAndMetadata> offsets = admin.listConsumerGroupOffsets(group())
                    .partitionsToOffsetAndMetadata()
                    .get(20, TimeUnit.SECONDS);
            OffsetAndMetadata offset = offsets.get(new TopicPartition(topic, 0));
            return offset == null ? 0 : offset.offset();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    private int members() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            return admin.describeConsumerGroups(List.of(group()))
                    .describedGroups()
                    .get(group())
                    .get(20, TimeUnit.SECONDS)
                    .members()
                    .size();
        }
    }

    private String group() {
        return run + Feed.TASK_MESSAGE.defaultGroup();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A log in memory that fails while it is told to, as a store does that can't be reached. */
    private static final class FailingLog extends ForwardingEventLog {

        private volatile InMemoryEventLog log = new InMemoryEventLog(RETENTION, InstantSource.system());
        private volatile Generation generation = Generation.FIRST;
        volatile boolean failing;
        volatile int given;

        @Override
        protected EventLog delegate() {
            return log;
        }

        @Override
        public Generation generation() {
            return generation;
        }

        /** Has nothing any more. */
        synchronized void lose() {
            log = new InMemoryEventLog(RETENTION, InstantSource.system());
            generation = new Generation(generation.number() + 1, Instant.now());
        }

        /** The same, and nobody is there to notice. */
        void loseUnheard() {
            log = new InMemoryEventLog(RETENTION, InstantSource.system());
        }

        @Override
        public String receipt() {
            return Integer.toString(System.identityHashCode(log));
        }

        @Override
        public CompletionStage<Boolean> has(String receipt) {
            return CompletableFuture.completedStage(receipt.equals(receipt()));
        }

        @Override
        public synchronized CompletionStage<Appended> append(Generation to, List<Entry> batch) {
            given += batch.size();
            if (to.number() != generation.number()) {
                return CompletableFuture.failedStage(new LostException("told to lose"));
            }
            return failing
                    ? CompletableFuture.failedStage(new IllegalStateException("told to fail"))
                    : log.append(to, batch);
        }
    }
}
