package io.eventsgateway.kafka;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Event;
import io.eventsgateway.Source;
import io.eventsgateway.route.InboundRecord;
import io.eventsgateway.topic.Feed;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The feeds on a real broker, into a log that fails on demand. */
class KafkaFeedsIT extends FeedsOnABroker {

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
    void hasNoMoreConsumersThanAreAllowed() {
        String topic = topic(Feed.TASK_MESSAGE);
        broker.createTopic(topic, 4);
        threads = 2;
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

        log.lose();
        startFeeds(Feed.TASK_MESSAGE);

        await(() -> data("view/a").equals(List.of("1", "2")));
        await(() -> committed(topic) == 2);
    }

    @Test
    void takesOverAtOnceWhatADeadReplicaRead() {
        String topic = topic(Feed.TASK_MESSAGE);
        broker.createTopic(topic, 2);
        DeadReplicasTest.Beats shown = new DeadReplicasTest.Beats();
        beats = shown;
        // would be waited for
        ofConsumers.put("session.timeout.ms", 30_000);
        ofConsumers.put("max.poll.interval.ms", 60_000);
        Map<String, Object> properties = ClientProperties.consumer(ofConsumers, group(), "feed-task-0");
        properties.put("bootstrap.servers", broker.bootstrapServers());
        properties.put("group.instance.id", "dead-feed-task-0");
        try (KafkaConsumer<byte[], byte[]> dead =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            dead.subscribe(List.of(topic));
            await(() -> {
                dead.poll(Duration.ofMillis(100));
                return dead.assignment().size() == 2;
            });
            dead.commitSync(Map.of(
                    new TopicPartition(topic, 0), new OffsetAndMetadata(0),
                    new TopicPartition(topic, 1), new OffsetAndMetadata(0)));
            send(topic, "a", "1");
            shown.shown.put("dead", "7 dead-feed-task-0");
            long at = System.nanoTime();

            startFeeds(Feed.TASK_MESSAGE);

            await(() -> data("view/a").equals(List.of("1")));
            assertThat(Duration.ofNanos(System.nanoTime() - at)).isLessThan(Duration.ofSeconds(20));
        }
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
        assertThat(counts.skipped).hasValue(1);
    }

    @Test
    void beginsOnceInAllPartitionsWhoeverReadsThem() {
        String topic = topic(Feed.TASK_MESSAGE);
        broker.createTopic(topic, 4);
        for (int partition = 0; partition < 4; partition++) {
            producer.send(new ProducerRecord<>(topic, partition, yesterday(), bytes("a"), bytes("0")));
        }
        producer.flush();

        threads = 1;
        startFeeds(Feed.TASK_MESSAGE);
        await(() -> counts.skipped.get() == 4);
        threads = 4;
        startFeeds(Feed.TASK_MESSAGE);
        await(() -> members() == 5);
        for (int partition = 0; partition < 4; partition++) {
            producer.send(new ProducerRecord<>(topic, partition, bytes("p" + partition), bytes("1")));
        }

        for (int partition = 0; partition < 4; partition++) {
            String path = "view/p" + partition;
            await(() -> data(path).equals(List.of("1")));
        }
        assertThat(data("view/a")).isEmpty();
        assertThat(counts.skipped).hasValue(4);
    }

    @Test
    void readsATopicThatAppearsFromItsBeginningHoweverOldItsRecordsAre() {
        startFeeds(Feed.GENERIC_MESSAGE);
        await(() -> members(Feed.GENERIC_MESSAGE) == 1);
        String topic = run + ".eventsgateway.receive.later.v1";

        broker.createTopic(topic, 1);
        producer.send(new ProducerRecord<>(topic, 0, yesterday(), bytes("a"), bytes("1")));
        await(() -> data("generic/a").equals(List.of("1")));
        String another = run + ".eventsgateway.receive.another.v1";
        broker.createTopic(another, 1);
        producer.send(new ProducerRecord<>(another, 0, yesterday(), bytes("b"), bytes("2")));

        await(() -> data("generic/b").equals(List.of("2")));
        assertThat(counts.skipped).hasValue(0);
    }

    @Test
    void readsAPartitionThatAppearsFromItsBeginningHoweverOldItsRecordsAre() {
        String topic = topic(Feed.TASK_MESSAGE);
        broker.createTopic(topic, 1);
        KafkaFeeds feeds = startFeeds(Feed.TASK_MESSAGE);
        send(topic, "a", "1");
        await(() -> data("view/a").equals(List.of("1")));
        feeds.close();

        broker.growTopic(topic, 2);
        producer.send(new ProducerRecord<>(topic, 1, yesterday(), bytes("b"), bytes("2")));
        producer.flush();
        startFeeds(Feed.TASK_MESSAGE);

        await(() -> data("view/b").equals(List.of("2")));
    }

    private static long yesterday() {
        return System.currentTimeMillis() - TimeUnit.DAYS.toMillis(1);
    }

    @Test
    void takesTheRecordsOfATopicOnceThatWasMadeAgainBeforeAnythingOfItWasRead() {
        List<String> topics = IntStream.range(0, 6)
                .mapToObj(i -> run + ".eventsgateway.receive.again" + i + ".v1")
                .toList();
        topics.forEach(topic -> broker.createTopic(topic, 1));
        topics.forEach(topic -> IntStream.range(0, 5).forEach(n -> send(topic, topic, "0")));
        broker.createTopic(generic, 1);
        KafkaFeeds first = startFeeds(Feed.GENERIC_MESSAGE);
        await(() -> topics.stream().allMatch(topic -> data("generic/" + topic).size() == 5));
        first.close();
        threads = 1;
        startFeeds(Feed.GENERIC_MESSAGE);
        send(generic, "marker", "1");
        await(() -> data("generic/marker").equals(List.of("1")));

        makeAgain(topics);
        topics.forEach(topic -> List.of("1", "2", "3").forEach(n -> send(topic, "new-" + topic, n)));

        topics.forEach(topic -> await(() -> data("generic/new-" + topic).size() >= 3));
        topics.forEach(topic -> send(topic, "last-" + topic, "1"));
        topics.forEach(topic -> await(() -> data("generic/last-" + topic).size() == 1));
        assertThat(topics)
                .allSatisfy(topic -> assertThat(data("generic/new-" + topic)).containsExactly("1", "2", "3"));
    }

    @Test
    void givesEachConsumerAnInstanceIdOfItsOwn() {
        String topic = topic(Feed.TASK_MESSAGE);
        broker.createTopic(topic, 2);
        ofConsumers.put("group.instance.id", "pod-0");

        KafkaFeeds feeds = startFeeds(Feed.TASK_MESSAGE);

        await(() -> instances().equals(Set.of("pod-0-feed-task-message-0", "pod-0-feed-task-message-1")));
        producer.send(new ProducerRecord<>(topic, 0, bytes("a"), bytes("1")));
        producer.send(new ProducerRecord<>(topic, 1, bytes("a"), bytes("1")));
        await(() -> data("view/a").size() == 2);
        assertThat(feeds.problem()).isEmpty();
    }

    @Test
    void takesTheRecordsOfATopicThatWasMadeAgain() {
        String topic = topic(Feed.TASK_MESSAGE);
        broker.createTopic(topic, 1);
        startFeeds(Feed.TASK_MESSAGE);
        send(topic, "a", "1");
        send(topic, "a", "2");
        await(() -> data("view/a").size() == 2);

        makeAgain(List.of(topic));
        send(topic, "a", "3");

        await(() -> data("view/a").size() == 3);
        assertThat(data("view/a")).containsExactly("1", "2", "3");
    }

    /** A consumer that had read the topic before commits when the topic is there again. */
    @Test
    void readsATopicThatWasMadeAgainFromItsBeginningWhateverWasCommittedOfTheOneBefore() {
        String topic = topic(Feed.TASK_MESSAGE);
        broker.createTopic(topic, 1);
        KafkaFeeds first = startFeeds(Feed.TASK_MESSAGE);
        IntStream.range(0, 5).forEach(n -> send(topic, "before", "" + n));
        await(() -> data("view/before").size() == 5);
        first.close();
        OffsetAndMetadata committed = offsets().get(new TopicPartition(topic, 0));
        assertThat(committed.offset()).isEqualTo(5);

        makeAgain(List.of(topic));
        IntStream.range(0, 7).forEach(n -> send(topic, "after", "" + n));
        producer.flush();
        broker.admin(admin -> admin.alterConsumerGroupOffsets(group(), Map.of(new TopicPartition(topic, 0), committed))
                .all());
        startFeeds(Feed.TASK_MESSAGE);

        await(() -> data("view/after").contains("6"));
        assertThat(data("view/after")).containsExactly("0", "1", "2", "3", "4", "5", "6");
    }

    /** Brokers before 2.8 give topics no ids; after their update the same topics have some. */
    @Test
    void goesOnWhereItWasWhenItsTopicHasGotAnId() {
        String topic = topic(Feed.TASK_MESSAGE);
        broker.createTopic(topic, 1);
        KafkaFeeds first = startFeeds(Feed.TASK_MESSAGE);
        send(topic, "a", "1");
        await(() -> data("view/a").size() == 1);
        first.close();
        OffsetAndMetadata committed = offsets().get(new TopicPartition(topic, 0));
        String named = committed.metadata().replaceFirst("v1 [^ ]+", "v1 " + topic);
        assertThat(named).isNotEqualTo(committed.metadata());
        broker.admin(admin -> admin.alterConsumerGroupOffsets(
                        group(), Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(committed.offset(), named)))
                .all());
        log.given = 0;

        startFeeds(Feed.TASK_MESSAGE);
        send(topic, "a", "2");

        await(() -> data("view/a").equals(List.of("1", "2")));
        assertThat(log.given).isEqualTo(1);
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
        try (KafkaDeadLetters letters = new KafkaDeadLetters(run + "-dead-letters", properties, MAX_BYTES, counts)) {
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
}
