package io.eventsgateway.app;

import static io.eventsgateway.Await.await;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.Source;
import io.eventsgateway.config.Environment;
import io.eventsgateway.kafka.KafkaBroker;
import io.eventsgateway.log.Page;
import io.eventsgateway.log.StoredEvent;
import io.eventsgateway.redis.RedisEventLog;
import io.eventsgateway.redis.RedisServer;
import io.eventsgateway.redis.RedisSettings;
import io.eventsgateway.route.InboundRecord;
import io.eventsgateway.route.MalformedRecordException;
import io.eventsgateway.route.Organisations;
import io.eventsgateway.route.RecordDecoder;
import io.eventsgateway.route.Router;
import io.eventsgateway.topic.Feed;
import io.eventsgateway.topic.StandardTopicNaming;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Hostile records to all feeds, compressed in every way, with numbered good ones among them, against the jar with a small heap:
 * {@code mvn -q -Pfaults -Dlab=HostileRecords -Drecords=1000000 -DskipTests verify}. No partition may stand still, every bad record must be in the
 * dead letters, and every good one in the log, in order.
 */
final class HostileRecords implements AutoCloseable {

    private static final int PARTITIONS = 3;
    private static final int MAX_BYTES = 52_428_800;
    private static final String DEAD_LETTERS = "ai.flowx.eventsgateway.deadletter.v1";
    private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");
    private static final long PATIENCE_SECONDS = 120;

    private final KafkaBroker kafka = new KafkaBroker(Map.of("auto.create.topics.enable", "false"));
    private final RedisServer redis = RedisServer.v70();
    private final Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    private final List<KafkaProducer<byte[], byte[]>> producers = new ArrayList<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final RecordDecoder decoder = new RecordDecoder(new Organisations("default"), MAX_BYTES);
    private final Random random;
    private final int records;
    private final AtomicLong unsent = new AtomicLong();
    private final Map<TopicPartition, Integer> good = new LinkedHashMap<>();
    private final Map<TopicPartition, Feed> feeds = new LinkedHashMap<>();

    HostileRecords(int records, long seed) {
        this.records = records;
        this.random = new Random(seed);
        environment.put("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        environment.put("SPRING_DATA_REDIS_HOST", "127.0.0.1");
        environment.put("SPRING_DATA_REDIS_PORT", Integer.toString(redis.port()));
        environment.put("SECURITY_TYPE", "none");
        environment.put("EVENTS_SECURITY_ALLOWINSECURE", "true");
        environment.put("EVENTS_SSE_DRAINSECS", "1");
        for (String codec : CODECS) {
            producers.add(new KafkaProducer<>(
                    Map.of(
                            "bootstrap.servers",
                            kafka.bootstrapServers(),
                            "compression.type",
                            codec,
                            "linger.ms",
                            20,
                            // in order, and not stuck by sequence numbers where the machine is slow; an event id makes
                            // a repetition one event
                            "enable.idempotence",
                            false,
                            "max.in.flight.requests.per.connection",
                            1,
                            "max.request.size",
                            MAX_BYTES),
                    new ByteArraySerializer(),
                    new ByteArraySerializer()));
        }
        for (Feed feed : Feed.values()) {
            String topic = feed.isPattern()
                    ? "ai.flowx.eventsgateway.receive.hostile.v1"
                    : feed.topic(StandardTopicNaming.DEFAULT);
            kafka.createTopic(topic, PARTITIONS);
            for (int partition = 0; partition < PARTITIONS; partition++) {
                feeds.put(new TopicPartition(topic, partition), feed);
            }
        }
    }

    public static void main(String[] args) {
        int records = Integer.getInteger("records", 1_000_000);
        long seed = Long.getLong("seed", System.nanoTime());
        try (HostileRecords lab = new HostileRecords(records, seed)) {
            System.out.println("hostile records: seed=" + seed + " " + lab.run());
        }
        // the log of Redis has threads of its own
        System.exit(0);
    }

    /** Sends them all and waits until they are dealt with, or nothing moves any more. */
    Result run() {
        long began = System.nanoTime();
        try (GatewayProcess gateway = GatewayProcess.withHeap("256m", environment)) {
            long process = gateway.pid();
            int bad = send();
            Map<TopicPartition, Long> stuck = awaitCommitted();
            Set<String> letters = letters();
            long outOfMemory = gateway.linesWith("OutOfMemoryError");
            long givenUp = gateway.linesWith("Dead letter given up");
            boolean restarted = gateway.pid() != process || !gateway.isAlive();
            Result result = new Result(
                    records,
                    bad,
                    letters.size(),
                    givenUp,
                    good.values().stream().mapToInt(each -> each).sum(),
                    delivered(),
                    stuck,
                    restarted,
                    outOfMemory,
                    (System.nanoTime() - began) / 1e9);
            gateway.kill();
            return result;
        }
    }

    private int send() {
        List<TopicPartition> partitions = List.copyOf(feeds.keySet());
        int bad = 0;
        for (int i = 0; i < records; i++) {
            TopicPartition to = partitions.get(random.nextInt(partitions.size()));
            Feed feed = feeds.get(to);
            boolean isGood = feed.kind() == Event.Kind.MESSAGE && random.nextInt(10) == 0;
            HostileRecord record = isGood ? good(to) : HostileRecord.of(feed, random);
            if (isBad(feed, to.topic(), record)) {
                bad++;
            }
            producers
                    .get(partitions.indexOf(to) % producers.size())
                    .send(
                            new ProducerRecord<>(
                                    to.topic(), to.partition(), record.key(), record.value(), record.headers()),
                            (metadata, failure) -> unsent.addAndGet(failure == null ? 0 : 1));
        }
        for (Map.Entry<TopicPartition, Feed> each : feeds.entrySet()) {
            if (each.getValue().kind() == Event.Kind.MESSAGE) {
                HostileRecord last = good(each.getKey());
                producers
                        .get(partitions.indexOf(each.getKey()) % producers.size())
                        .send(new ProducerRecord<>(
                                each.getKey().topic(), each.getKey().partition(), last.key(), last.value()));
            }
        }
        producers.forEach(KafkaProducer::flush);
        if (unsent.get() > 0) {
            throw new IllegalStateException("Kafka did not take " + unsent.get() + " records");
        }
        return bad;
    }

    /** The next numbered record of a partition. */
    private HostileRecord good(TopicPartition partition) {
        int number = good.merge(partition, 1, Integer::sum) - 1;
        String id = id(partition);
        String value = "{\"destination\":\"view/" + id + "\",\"eventId\":\"" + id + ":" + number + "\",\"data\":"
                + number + "}";
        return new HostileRecord(
                id.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8), List.of());
    }

    private static String id(TopicPartition partition) {
        return "good-" + partition;
    }

    private boolean isBad(Feed feed, String topic, HostileRecord record) {
        List<InboundRecord.Header> headers = record.headers().stream()
                .map(header -> new InboundRecord.Header(header.key(), header.value()))
                .toList();
        try {
            Router.STANDARD.route(decoder.decode(
                    new InboundRecord(feed, new Source(topic, "", 0, 0), record.key(), record.value(), headers)));
            return false;
        } catch (MalformedRecordException malformed) {
            return true;
        } catch (RuntimeException fault) {
            return true;
        }
    }

    /** Waits until every group has committed the ends of its partitions; which do not, when nothing has been committed for long. */
    private Map<TopicPartition, Long> awaitCommitted() {
        long movedAt = System.nanoTime();
        Map<TopicPartition, Long> left = Map.of();
        while (System.nanoTime() - movedAt < TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
            Map<TopicPartition, Long> now = left();
            if (now.isEmpty()) {
                return now;
            }
            if (!now.equals(left)) {
                movedAt = System.nanoTime();
                left = now;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
        return left;
    }

    /** How many records each partition has that its group has not committed. */
    private Map<TopicPartition, Long> left() {
        try {
            Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
            feeds.keySet().forEach(partition -> latest.put(partition, OffsetSpec.latest()));
            var ends = admin.listOffsets(latest).all().get();
            Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
            for (Feed feed : Feed.values()) {
                committed.putAll(admin.listConsumerGroupOffsets(feed.defaultGroup())
                        .partitionsToOffsetAndMetadata()
                        .get());
            }
            Map<TopicPartition, Long> left = new HashMap<>();
            ends.forEach((partition, end) -> {
                OffsetAndMetadata offset = committed.get(partition);
                long missing = end.offset() - (offset == null ? 0 : offset.offset());
                if (missing > 0) {
                    left.put(partition, missing);
                }
            });
            return left;
        } catch (ExecutionException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** Where the records in the dead letters came from. */
    private Set<String> letters() {
        Set<String> sources = new HashSet<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "group.id", "letters"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(DEAD_LETTERS).stream()
                    .map(each -> new TopicPartition(each.topic(), each.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
                for (ConsumerRecord<byte[], byte[]> letter : consumer.poll(Duration.ofMillis(200))) {
                    sources.add(header(letter, "topic") + "-" + header(letter, "partition") + "@"
                            + header(letter, "offset"));
                }
            }
        }
        return sources;
    }

    private static String header(ConsumerRecord<?, ?> letter, String name) {
        return new String(letter.headers().lastHeader("gateway-" + name).value(), StandardCharsets.UTF_8);
    }

    /** How many of the good ones are in the log where they should be. */
    private int delivered() {
        int delivered = 0;
        try (RedisEventLog log = new RedisEventLog(RedisSettings.options(new Environment(environment)))) {
            log.start();
            await("Redis", () -> log.state().works());
            for (TopicPartition partition : good.keySet()) {
                delivered += delivered(log, new Destination("default", "view", id(partition)));
            }
        }
        return delivered;
    }

    private static int delivered(RedisEventLog log, Destination destination) {
        int next = 0;
        EventId after = null;
        while (true) {
            Page page = log.read(destination, after, 1000, 1_000_000)
                    .toCompletableFuture()
                    .join();
            if (page.events().isEmpty()) {
                return next;
            }
            for (StoredEvent each : page.events()) {
                byte[] data = each.event().data().toByteArray();
                if (!Arrays.equals(data, Integer.toString(next).getBytes(StandardCharsets.US_ASCII))) {
                    return next;
                }
                next++;
                after = each.id();
            }
        }
    }

    @Override
    public void close() {
        producers.forEach(producer -> producer.close(Duration.ZERO));
        admin.close(Duration.ZERO);
        redis.close();
        kafka.close();
    }

    /**
     * What was found.
     *
     * @param bad records that can't be used, as the decoder says
     * @param deadLetters records in the dead-letter topic
     * @param givenUp dead letters that were only logged
     * @param good numbered records that were sent
     * @param delivered those that are in the log in their order
     * @param stuck partitions, and how many of their records were not dealt with
     * @param outOfMemory lines of the gateway's log that say so
     */
    record Result(
            int records,
            int bad,
            int deadLetters,
            long givenUp,
            int good,
            int delivered,
            Map<TopicPartition, Long> stuck,
            boolean restarted,
            long outOfMemory,
            double seconds) {

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "records=%d bad=%d dead-letters=%d given-up=%d good=%d delivered=%d stuck=%s restarted=%s out-of-memory=%d seconds=%.0f",
                    records,
                    bad,
                    deadLetters,
                    givenUp,
                    good,
                    delivered,
                    stuck,
                    restarted,
                    outOfMemory,
                    seconds);
        }
    }
}
