package io.eventsgateway.kafka;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.log.Entry;
import io.eventsgateway.log.RefusedException;
import io.eventsgateway.topic.Feed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Records that can't be used, can't be taken or can't even be read, on a real broker: what is behind them must come. */
class OddRecordsIT extends FeedsOnABroker {

    private static final String POISON = "\"poison\"";

    private final String topic = topic(Feed.TASK_MESSAGE);
    private final String letters = run + "-dead-letters";

    @BeforeEach
    void makeTopic() {
        broker.createTopic(topic, 1);
    }

    @Test
    void buriesTheOneRecordThatTheLogRefusesAndAppendsTheOthersInOrder() {
        log.refusing = batch -> has(batch, POISON) ? new RefusedException("WRONGTYPE no\nstream") : null;
        sendNumbersAround(POISON);

        startFeeds(Feed.TASK_MESSAGE);

        await(() -> committed(topic) == 101);
        assertThat(data("view/a")).isEqualTo(numbers());
        assertThat(letters(1)).singleElement().satisfies(letter -> {
            assertThat(new String(letter.value(), StandardCharsets.UTF_8)).isEqualTo(POISON);
            assertThat(header(letter, "gateway-error")).isEqualTo("refused by the log: WRONGTYPE no?stream");
            assertThat(header(letter, "gateway-offset")).isEqualTo("50");
        });
        assertThat(counts.rejected).containsExactly(topic + "-0@50 refused by the log: WRONGTYPE no?stream");
    }

    /** Each attempt takes a while, all of them together longer than the group waits for a poll. */
    @Test
    void staysInItsGroupWhileABatchIsTakenApart() {
        AtomicInteger attempts = new AtomicInteger();
        log.refusing = batch -> {
            attempts.incrementAndGet();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(80));
            return new RefusedException("WRONGTYPE");
        };
        sendNumbersAround(POISON);
        long began = System.nanoTime();

        startFeeds(Feed.TASK_MESSAGE);

        await(() -> committed(topic) == 101);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(MAX_POLL_INTERVAL);
        assertThat(counts.rejected).hasSize(101);
        assertThat(counts.rejected).doesNotHaveDuplicates();
    }

    @Test
    void buriesNothingElseWhenTheLogIsAwayBesides() {
        log.failing = true;
        AtomicInteger attempts = new AtomicInteger();
        log.refusing = batch -> {
            attempts.incrementAndGet();
            return has(batch, POISON) ? new RefusedException("WRONGTYPE") : null;
        };
        sendNumbersAround(POISON);

        KafkaFeeds feeds = startFeeds(Feed.TASK_MESSAGE);
        await(() -> feeds.paused().toString().contains("fails on demand"));
        assertThat(feeds.problem()).as("Kafka's").isEmpty();
        assertThat(feeds.state(Feed.TASK_MESSAGE).isPaused()).isTrue();
        await(() -> feeds.state(Feed.TASK_MESSAGE).lag() == 101);
        int before = attempts.get();
        await(() -> attempts.get() > before + 3);
        assertThat(committed(topic)).isZero();
        log.failing = false;

        await(() -> committed(topic) == 101);
        assertThat(data("view/a")).isEqualTo(numbers());
        assertThat(counts.rejected).hasSize(1);
        await(() -> feeds.paused().isEmpty());
        assertThat(feeds.state(Feed.TASK_MESSAGE).isPaused()).isFalse();
    }

    @Test
    void buriesNothingForAnErrorOfTheLog() {
        log.refusing = batch -> new OutOfMemoryError("Direct buffer memory");
        sendNumbersAround("1");

        KafkaFeeds feeds = startFeeds(Feed.TASK_MESSAGE);
        await(() -> feeds.paused().toString().contains("paused at " + topic + "-0@0")
                && feeds.paused().toString().contains("Direct buffer memory"));
        log.refusing = batch -> null;

        await(() -> committed(topic) == 101);
        assertThat(data("view/a")).hasSize(101);
        assertThat(counts.rejected).isEmpty();
    }

    @Test
    void buriesARecordThatTakesMoreMemoryThanThereIsEachTime() {
        log.refusing = batch -> {
            if (has(batch, POISON)) {
                throw new OutOfMemoryError("Java heap space");
            }
            return null;
        };
        sendNumbersAround(POISON);

        startFeeds(Feed.TASK_MESSAGE);

        await(() -> committed(topic) == 101);
        assertThat(data("view/a")).isEqualTo(numbers());
        assertThat(counts.rejected)
                .containsExactly(topic + "-0@50 could not be taken: java.lang.OutOfMemoryError: Java heap space");
    }

    @Test
    void waitsForALogThatThrows() {
        AtomicInteger attempts = new AtomicInteger();
        log.refusing = batch -> {
            if (attempts.incrementAndGet() < 8) {
                throw new IllegalStateException("no connection");
            }
            return null;
        };
        sendNumbersAround("1");

        startFeeds(Feed.TASK_MESSAGE);

        await(() -> committed(topic) == 101);
        assertThat(data("view/a")).hasSize(101);
        assertThat(counts.rejected).isEmpty();
    }

    @Test
    void leavesOutOfADeadLetterWhatItsTopicDoesNotTake() {
        makeLetters(10_000);
        byte[] large = new byte[20_000];
        producer.send(new ProducerRecord<>(topic, bytes("a"), large));
        ProducerRecord<byte[], byte[]> headed = new ProducerRecord<>(topic, bytes("b"), bytes("not JSON"));
        headed.headers().add("large", large).add("gateway-left-out", bytes("forged"));
        producer.send(headed);
        producer.send(new ProducerRecord<>(topic, large, bytes("not JSON")));
        send(topic, "c", "1");

        startFeeds(Feed.TASK_MESSAGE);

        await(() -> data("view/c").equals(List.of("1")));
        await(() -> committed(topic) == 4);
        List<ConsumerRecord<byte[], byte[]>> all = letters(3);
        assertThat(all)
                .extracting(letter -> header(letter, "gateway-left-out"))
                .containsExactlyInAnyOrder(
                        "value of 20000 bytes",
                        "value of 8 bytes, headers: 2",
                        "value of 8 bytes, rest of a key of 20000 bytes");
        assertThat(all).allSatisfy(letter -> {
            assertThat(header(letter, "gateway-topic")).isEqualTo(topic);
            assertThat(letter.headers().lastHeader("large")).isNull();
        });
        assertThat(all).extracting(letter -> letter.key().length).containsExactlyInAnyOrder(1, 1, 4096);
        assertThat(counts.rejected).hasSize(3);
        assertThat(counts.lettersGivenUp).hasValue(0);
    }

    @Test
    void givesUpADeadLetterThatItsTopicTakesInNoFormAndGoesOn() {
        makeLetters(100);
        send(topic, "a", "not JSON");
        send(topic, "a", "1");

        startFeeds(Feed.TASK_MESSAGE);

        await(() -> data("view/a").equals(List.of("1")));
        await(() -> committed(topic) == 2);
        assertThat(counts.lettersGivenUp).hasValue(1);
        assertThat(counts.rejected).hasSize(1);
    }

    @Test
    void buriesARecordThatIsTooLargeForTheHeapUnreadAndGoesOn() throws Exception {
        sendBombs(1);
        Path log = Files.createTempFile("small-heap", ".log");
        Process process = startSmallHeap(log);
        try {
            await(() -> committed(topic, 1) == 1 && committed(topic, 0) == 3);

            assertBuriedUnread(1);
            String reported = Files.readString(log);
            assertThat(reported).contains("problem=task-message: memory runs out at " + topic + "-0@1");
            assertThat(reported.lines().filter(line -> line.startsWith("\tat ")))
                    .isEmpty();
            assertThat(process.isAlive()).isTrue();
        } finally {
            process.destroyForcibly();
            Files.delete(log);
        }
    }

    /** Two bombs in batches of their own; each process is replaced by another one, as a platform does. */
    @Test
    void buriesARecordThatEndsTheProcessEachTimeUnreadAndGoesOn() throws Exception {
        sendBombs(2);
        Path log = Files.createTempFile("small-heap", ".log");
        List<Process> processes = new ArrayList<>();
        processes.add(startSmallHeap(log, "-XX:+ExitOnOutOfMemoryError"));
        try {
            await("processes that end one after the other", Duration.ofMinutes(6), () -> {
                if (!processes.get(processes.size() - 1).isAlive()) {
                    processes.add(startSmallHeap(log, "-XX:+ExitOnOutOfMemoryError"));
                }
                return committed(topic, 1) == 1 && committed(topic, 0) == 4;
            });

            assertBuriedUnread(2);
            System.out.println("processes that two records ended: " + (processes.size() - 1));
            assertThat(processes).hasSizeLessThanOrEqualTo(12);
        } finally {
            processes.forEach(Process::destroyForcibly);
            Files.delete(log);
        }
    }

    /** Partition 0: a good record, bombs, a good one; partition 1: a good one. A bomb's 60 MB of one letter are some KB on disk. */
    private void sendBombs(int bombs) throws Exception {
        broker.growTopic(topic, 2);
        try (KafkaProducer<byte[], byte[]> compressing = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        broker.bootstrapServers(),
                        "compression.type",
                        "zstd",
                        "max.request.size",
                        100_000_000,
                        "buffer.memory",
                        100_000_000L),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            byte[] bomb = new byte[60_000_000];
            Arrays.fill(bomb, (byte) 'a');
            List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
            records.add(new ProducerRecord<>(topic, 0, bytes("a"), bytes("1")));
            for (int i = 0; i < bombs; i++) {
                records.add(new ProducerRecord<>(topic, 0, bytes("a"), bomb));
            }
            records.add(new ProducerRecord<>(topic, 0, bytes("a"), bytes("2")));
            records.add(new ProducerRecord<>(topic, 1, bytes("b"), bytes("3")));
            for (ProducerRecord<byte[], byte[]> each : records) {
                compressing.send(each).get();
            }
        }
    }

    private void assertBuriedUnread(int bombs) {
        List<ConsumerRecord<byte[], byte[]>> all = letters(bombs);
        assertThat(all).hasSize(bombs).allSatisfy(letter -> {
            assertThat(header(letter, "gateway-error")).startsWith("could not be read: it needs more memory");
            assertThat(header(letter, "gateway-topic")).isEqualTo(topic);
            assertThat(letter.value()).isNull();
        });
        assertThat(all)
                .extracting(letter -> header(letter, "gateway-offset"))
                .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, bombs)
                        .mapToObj(Integer::toString)
                        .toList());
    }

    private Process startSmallHeap(Path log, String... options) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx40m"));
        command.addAll(List.of(options));
        command.addAll(List.of(
                "-Dlogback.configurationFile=" + System.getProperty("logback.configurationFile"),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                SmallHeapMain.class.getName(),
                broker.bootstrapServers(),
                topic,
                group(),
                letters));
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void makeLetters(int maxMessageBytes) {
        broker.admin(admin -> admin.createTopics(List.of(new NewTopic(letters, 1, (short) 1)
                        .configs(Map.of("max.message.bytes", Integer.toString(maxMessageBytes)))))
                .all());
    }

    /** The numbers from 0 to 49, the record, and the numbers from 50 to 99, in one batch. */
    private void sendNumbersAround(String value) {
        try (KafkaProducer<byte[], byte[]> batching = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "linger.ms", 1000),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            numbers().subList(0, 50).forEach(n -> batching.send(new ProducerRecord<>(topic, bytes("a"), bytes(n))));
            batching.send(new ProducerRecord<>(topic, bytes("a"), bytes(value)));
            numbers().subList(50, 100).forEach(n -> batching.send(new ProducerRecord<>(topic, bytes("a"), bytes(n))));
        }
    }

    private static List<String> numbers() {
        return IntStream.range(0, 100).mapToObj(Integer::toString).toList();
    }

    private static boolean has(List<Entry> batch, String data) {
        return batch.stream()
                .anyMatch(entry -> new String(entry.event().data().toByteArray(), StandardCharsets.UTF_8).equals(data));
    }

    /** All dead letters, when there are as many. */
    private List<ConsumerRecord<byte[], byte[]>> letters(int count) {
        List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        broker.bootstrapServers(),
                        "group.id",
                        letters,
                        "auto.offset.reset",
                        "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(letters));
            await("dead letters", () -> {
                consumer.poll(Duration.ofMillis(100)).forEach(all::add);
                return all.size() >= count;
            });
        }
        return all;
    }

    private static String header(ConsumerRecord<?, ?> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
