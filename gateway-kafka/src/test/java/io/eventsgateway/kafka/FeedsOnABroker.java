package io.eventsgateway.kafka;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.lane.Found;
import io.eventsgateway.lane.LaneClaims;
import io.eventsgateway.log.Appended;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.EventLog;
import io.eventsgateway.log.ForwardingEventLog;
import io.eventsgateway.log.InMemoryEventLog;
import io.eventsgateway.log.Page;
import io.eventsgateway.replica.ReplicaBeats;
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
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What tests of feeds on a real broker share: the feeds, a producer, and a log in memory that fails on demand. */
abstract class FeedsOnABroker {

    static final int MAX_BYTES = 1_000_000;
    static final Duration MAX_POLL_INTERVAL = Duration.ofSeconds(6);
    static final Duration RETENTION = Duration.ofHours(4);

    final KafkaBroker broker = KafkaBroker.shared();
    final String run = UUID.randomUUID().toString().substring(0, 8);
    final StandardTopicNaming naming = new StandardTopicNaming(run + ".", "", ".v1", ".", "-");
    final String generic = run + ".eventsgateway.receive.first.v1";
    final Counts counts = new Counts();
    final FailingLog log = new FailingLog();
    final List<AutoCloseable> open = new ArrayList<>();
    KafkaProducer<byte[], byte[]> producer;
    final Map<String, Object> ofConsumers = new HashMap<>();
    int threads = Feed.TASK_MESSAGE.defaultThreads() - 1;

    /** Where the feeds show that they live; null where they do not. */
    @Nullable
    ReplicaBeats beats;

    @BeforeEach
    void start() {
        producer = newProducer();
    }

    private KafkaProducer<byte[], byte[]> newProducer() {
        return new KafkaProducer<>(
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

    KafkaFeeds startFeeds(Feed... read) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("bootstrap.servers", broker.bootstrapServers());
        properties.put("allow.auto.create.topics", false);
        properties.put("metadata.max.age.ms", 500);
        properties.put("max.poll.interval.ms", (int) MAX_POLL_INTERVAL.toMillis());
        properties.put("session.timeout.ms", 6000);
        List<FeedBinding> bindings = new ArrayList<>();
        for (Feed feed : read) {
            bindings.add(new FeedBinding(feed, feed.topic(naming), run + feed.defaultGroup(), threads));
        }
        KafkaDeadLetters deadLetters = new KafkaDeadLetters(run + "-dead-letters", properties, MAX_BYTES, counts);
        Ingest ingest = new Ingest(
                new RecordDecoder(new Organisations("acme"), MAX_BYTES), Router.STANDARD, log, deadLetters, counts);
        properties.forEach(ofConsumers::putIfAbsent);
        KafkaOptions options = new KafkaOptions(
                ofConsumers, RETENTION, Duration.ofSeconds(30), Duration.ofSeconds(1), Duration.ofMillis(300));
        KafkaFeeds feeds = new KafkaFeeds(bindings, options, ingest, counts, beats);
        open.add(0, deadLetters);
        open.add(0, feeds);
        feeds.start();
        return feeds;
    }

    String topic(Feed feed) {
        return feed.isPattern() ? generic : feed.topic(naming);
    }

    /**
     * Makes topics again under their names. The producer that knows them is replaced: while they are away it would have the broker make them
     * with another number of partitions, and wait for those.
     */
    void makeAgain(Collection<String> topics) {
        producer.close();
        topics.forEach(topic -> broker.makeTopicAgain(topic, 1));
        producer = newProducer();
    }

    void send(String topic, String key, String value) {
        producer.send(new ProducerRecord<>(topic, bytes(key), bytes(value)));
    }

    List<Event> events(String path) {
        int slash = path.indexOf('/');
        Destination destination = new Destination("acme", path.substring(0, slash), path.substring(slash + 1));
        Page page = log.read(destination, null, 10_000, Integer.MAX_VALUE)
                .toCompletableFuture()
                .join();
        return page.events().stream().map(each -> each.event()).toList();
    }

    List<String> data(String path) {
        return events(path).stream()
                .map(event -> new String(event.data().toByteArray(), StandardCharsets.UTF_8))
                .toList();
    }

    /** The group's committed offset in the topic's first partition; 0 for none. */
    long committed(String topic) {
        return committed(topic, 0);
    }

    long committed(String topic, int partition) {
        OffsetAndMetadata offset = offsets().get(new TopicPartition(topic, partition));
        return offset == null ? 0 : offset.offset();
    }

    /** What the group has committed. */
    Map<TopicPartition, OffsetAndMetadata> offsets() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            return admin.listConsumerGroupOffsets(group())
                    .partitionsToOffsetAndMetadata()
                    .get(60, TimeUnit.SECONDS);
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    int members() {
        return members(Feed.TASK_MESSAGE);
    }

    int members(Feed feed) {
        return describe(feed).size();
    }

    /** The instance ids of the group's members that have one. */
    Set<String> instances() {
        return describe(Feed.TASK_MESSAGE).stream()
                .flatMap(member -> member.groupInstanceId().stream())
                .collect(Collectors.toSet());
    }

    private Collection<MemberDescription> describe(Feed feed) {
        String group = run + feed.defaultGroup();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            return admin.describeConsumerGroups(List.of(group))
                    .describedGroups()
                    .get(group)
                    .get(60, TimeUnit.SECONDS)
                    .members();
        } catch (ExecutionException notYet) {
            return List.of();
        } catch (InterruptedException | TimeoutException failed) {
            throw new IllegalStateException(failed);
        }
    }

    String group() {
        return run + Feed.TASK_MESSAGE.defaultGroup();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A log in memory that fails on demand, as a store does that can't be reached. */
    static final class FailingLog extends ForwardingEventLog {

        private volatile InMemoryEventLog log = new InMemoryEventLog(RETENTION, InstantSource.system());
        volatile boolean failing;
        volatile int given;

        /** What becomes of each batch before it is appended: a failure, or null for nothing. */
        volatile Function<List<Entry>, @Nullable Throwable> refusing = batch -> null;

        @Override
        protected EventLog delegate() {
            return log;
        }

        /** Has nothing any more. */
        void lose() {
            log = new InMemoryEventLog(RETENTION, InstantSource.system());
        }

        @Override
        public CompletionStage<List<Found>> check(Collection<LaneClaims> lanes) {
            return failing
                    ? CompletableFuture.failedStage(new IllegalStateException("fails on demand"))
                    : log.check(lanes);
        }

        @Override
        public synchronized CompletionStage<Appended> append(Collection<LaneClaims> lanes, List<Entry> batch) {
            given += batch.size();
            Throwable refused = refusing.apply(batch);
            if (refused != null) {
                return CompletableFuture.failedStage(refused);
            }
            return failing
                    ? CompletableFuture.failedStage(new IllegalStateException("fails on demand"))
                    : log.append(lanes, batch);
        }
    }

    /** What the feeds report, by what it is. */
    static final class Counts implements IngestListener, FeedListener {

        final AtomicLong skipped = new AtomicLong();
        final AtomicLong lettersGivenUp = new AtomicLong();
        final List<String> rejected = new CopyOnWriteArrayList<>();

        @Override
        public void skipped(Feed feed, long records) {
            skipped.addAndGet(records);
        }

        @Override
        public void letterGivenUp(Feed feed) {
            lettersGivenUp.incrementAndGet();
        }

        @Override
        public void rejected(Feed feed, InboundRecord in, String reason) {
            rejected.add(in.source() + " " + reason);
        }
    }
}
