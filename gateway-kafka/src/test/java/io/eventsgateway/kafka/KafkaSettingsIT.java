package io.eventsgateway.kafka;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Destination;
import io.eventsgateway.config.Environment;
import io.eventsgateway.log.InMemoryEventLog;
import io.eventsgateway.log.Page;
import io.eventsgateway.route.DeadLetters;
import io.eventsgateway.route.Ingest;
import io.eventsgateway.route.IngestListener;
import io.eventsgateway.route.Organisations;
import io.eventsgateway.route.RecordDecoder;
import io.eventsgateway.route.Router;
import io.eventsgateway.topic.Feed;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the settings of topics, groups and threads make of the consumers, as a real broker sees them. */
class KafkaSettingsIT {

    /** More than threads. */
    private static final int PARTITIONS = 12;

    private static final int LARGEST = 52_428_800;

    private static final String[] GROUPS = {
        "PROCESSENGINECOMMANDS_MESSAGE",
        "PROCESSENGINECOMMANDS_DISCONNECT",
        "PROCESSENGINECOMMANDS_CONNECT",
        "TASKCOMMANDS_MESSAGE",
        "PROCESSCOMMANDS_MESSAGE",
        "GENERICCOMMANDS",
        "USERBROADCASTCOMMANDS"
    };
    private static final String[] THREADS = {
        "PROCESSENGINECOMMANDS_MESSAGE",
        "PROCESSENGINECOMMANDS_DISCONNECT",
        "PROCESSENGINECOMMANDS_CONNECT",
        "TASKCOMMANDS",
        "PROCESSCOMMANDS",
        "GENERICCOMMANDS",
        "USERBROADCASTCOMMANDS"
    };

    private static final KafkaBroker BROKER = new KafkaBroker();
    private static final InMemoryEventLog LOG = new InMemoryEventLog(Duration.ofHours(4), InstantSource.system());
    private static final List<KafkaFeeds> OPEN = new ArrayList<>();
    private static Admin admin;

    @BeforeAll
    static void start() {
        admin = Admin.create(Map.of("bootstrap.servers", BROKER.bootstrapServers()));
        for (String topic : List.of(
                "ai.flowx.eventsgateway.engine.commands.message.v1",
                "ai.flowx.eventsgateway.engine.commands.disconnect.v1",
                "ai.flowx.eventsgateway.engine.commands.connect.v1",
                "ai.flowx.eventsgateway.task.commands.message.v1",
                "ai.flowx.eventsgateway.process.commands.message.v1",
                "ai.flowx.eventsgateway.receive.copyresource.v1",
                "ai.flowx.core.designer.notification.user.v1",
                "com.acme.dev.eventsgateway_engine_commands_message-2",
                "com.acme.dev.eventsgateway_engine_commands_disconnect-2",
                "com.acme.dev.eventsgateway_engine_commands_connect-2",
                "com.acme.dev.eventsgateway_task_commands_message-2",
                "com.acme.dev.eventsgateway_process_commands_message-2",
                "com.acme.dev.eventsgateway_receive_any-2",
                "com.acme.dev.core_designer_notification_user-2",
                "hand.1",
                "hand.2",
                "hand.3",
                "hand.4",
                "hand.5",
                "hand.many.6",
                "hand.7")) {
            BROKER.createTopic(topic, PARTITIONS);
        }

        OPEN.add(feeds(Map.of()));

        Map<String, String> parts = new HashMap<>(Map.of(
                "KAFKA_TOPIC_NAMING_PACKAGE", "com.acme.",
                "KAFKA_TOPIC_NAMING_ENVIRONMENT", "dev.",
                "KAFKA_TOPIC_NAMING_SEPARATOR", "_",
                "KAFKA_TOPIC_NAMING_VERSION", "-2"));
        for (int i = 0; i < GROUPS.length; i++) {
            parts.put("KAFKA_CONSUMER_GROUPID_" + GROUPS[i], "parts-" + (i + 1));
            parts.put("KAFKA_CONSUMER_THREADS_" + THREADS[i], Integer.toString(i + 1));
        }
        OPEN.add(feeds(parts));

        Map<String, String> byHand = new HashMap<>(Map.of(
                "KAFKA_TOPIC_EVENTSGATEWAY_PROCESSINSTANCE_IN_MESSAGE", "hand.1",
                "KAFKA_TOPIC_EVENTSGATEWAY_PROCESSINSTANCE_IN_DISCONNECT", "hand.2",
                "KAFKA_TOPIC_EVENTSGATEWAY_PROCESSINSTANCE_IN_CONNECT", "hand.3",
                "KAFKA_TOPIC_EVENTSGATEWAY_TASK_IN_MESSAGE", "hand.4",
                "KAFKA_TOPIC_EVENTSGATEWAY_PROCESS_IN_MESSAGE", "hand.5",
                "KAFKA_TOPIC_EVENTSGATEWAY_PATTERN", "hand\\.many\\..*",
                "KAFKA_TOPIC_EVENTSGATEWAY_USERMESSAGES_IN_MESSAGE", "hand.7",
                "KAFKA_TOPIC_NAMING_PACKAGE", "unused."));
        for (int i = 0; i < GROUPS.length; i++) {
            byHand.put("KAFKA_CONSUMER_GROUPID_" + GROUPS[i], "hand-" + (i + 1));
            byHand.put("KAFKA_CONSUMER_THREADS_" + THREADS[i], "1");
        }
        OPEN.add(feeds(byHand));
    }

    @AfterAll
    static void stop() {
        OPEN.forEach(KafkaFeeds::close);
        LOG.close();
        admin.close();
        BROKER.close();
    }

    private static KafkaFeeds feeds(Map<String, String> variables) {
        Map<String, String> all = new HashMap<>(variables);
        all.put("KAFKA_BOOTSTRAP_SERVERS", BROKER.bootstrapServers());
        Environment environment = new Environment(all);
        DeadLetters none = (in, reason) -> {
            throw new IllegalStateException(reason);
        };
        KafkaFeeds feeds = new KafkaFeeds(
                KafkaSettings.bindings(environment, PARTITIONS),
                new KafkaOptions(
                        KafkaClientSettings.properties(environment),
                        Duration.ofHours(4),
                        Duration.ofSeconds(30),
                        environment.get(KafkaClientSettings.AUTH_RETRY),
                        Duration.ofMillis(300)),
                new Ingest(
                        new RecordDecoder(
                                new Organisations("acme"), environment.get(KafkaClientSettings.MESSAGE_MAX_BYTES)),
                        Router.STANDARD,
                        LOG,
                        none,
                        IngestListener.NONE),
                FeedListener.NONE);
        feeds.start();
        return feeds;
    }

    @ParameterizedTest
    @CsvSource({
        "engine-commands-message,         10, ai.flowx.eventsgateway.engine.commands.message.v1",
        "engine-commands-disconnect,       5, ai.flowx.eventsgateway.engine.commands.disconnect.v1",
        "engine-commands-connect,          5, ai.flowx.eventsgateway.engine.commands.connect.v1",
        "task-commands-message,           10, ai.flowx.eventsgateway.task.commands.message.v1",
        "process-commands-message,        10, ai.flowx.eventsgateway.process.commands.message.v1",
        "generic-commands-message,        10, ai.flowx.eventsgateway.receive.copyresource.v1",
        "user-broadcast-commands-message, 10, ai.flowx.core.designer.notification.user.v1",
        "parts-1, 1, com.acme.dev.eventsgateway_engine_commands_message-2",
        "parts-2, 2, com.acme.dev.eventsgateway_engine_commands_disconnect-2",
        "parts-3, 3, com.acme.dev.eventsgateway_engine_commands_connect-2",
        "parts-4, 4, com.acme.dev.eventsgateway_task_commands_message-2",
        "parts-5, 5, com.acme.dev.eventsgateway_process_commands_message-2",
        "parts-6, 6, com.acme.dev.eventsgateway_receive_any-2",
        "parts-7, 7, com.acme.dev.core_designer_notification_user-2",
        "hand-1, 1, hand.1",
        "hand-2, 1, hand.2",
        "hand-3, 1, hand.3",
        "hand-4, 1, hand.4",
        "hand-5, 1, hand.5",
        "hand-6, 1, hand.many.6",
        "hand-7, 1, hand.7"
    })
    void readsATopicByAGroupWithThreads(String group, int threads, String topic) {
        await(() -> members(group).stream()
                        .filter(member -> !member.assignment().topicPartitions().isEmpty())
                        .count()
                == threads);

        assertThat(members(group)).hasSize(threads);
        assertThat(members(group).stream()
                        .flatMap(member -> member.assignment().topicPartitions().stream())
                        .map(TopicPartition::topic)
                        .distinct())
                .containsExactly(topic);
    }

    @Test
    void makesNoTopics() throws Exception {
        feeds(Map.of(
                        "KAFKA_TOPIC_NAMING_PACKAGE", "typo.",
                        "KAFKA_TOPIC_EVENTSGATEWAY_PATTERN", "typo.*",
                        "KAFKA_CONSUMER_GROUPID_TASKCOMMANDS_MESSAGE", "typo"))
                .close();

        assertThat(admin.listTopics().names().get(60, TimeUnit.SECONDS)).noneMatch(name -> name.startsWith("typo"));
    }

    @Test
    void reportsTopicsThatAreNotThere() {
        KafkaFeeds feeds = feeds(Map.of("KAFKA_TOPIC_NAMING_PACKAGE", "later."));
        try {
            await(() -> feeds.missing().contains("later.eventsgateway.task.commands.message.v1"));
            String matchless = "nothing matches later.eventsgateway.receive.*";
            assertThat(feeds.missing()).hasSize(Feed.values().length);
            assertThat(feeds.missing()).anyMatch(each -> each.startsWith(matchless));
            assertThat(feeds.problem()).isEmpty();

            feeds.missing().stream()
                    .map(each -> each.startsWith(matchless) ? "later.eventsgateway.receive.any.v1" : each)
                    .forEach(topic -> BROKER.createTopic(topic, 1));

            await(() -> feeds.missing().isEmpty());
        } finally {
            feeds.close();
        }
    }

    @Test
    void carriesTheLargestRecordOfTheDefault() {
        byte[] value = new byte[LARGEST];
        Arrays.fill(value, (byte) 'x');
        value[0] = '"';
        value[LARGEST - 1] = '"';
        Map<String, Object> properties = Map.of(
                "bootstrap.servers",
                BROKER.bootstrapServers(),
                "max.request.size",
                60_000_000,
                "buffer.memory",
                64_000_000);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("hand.4", "large".getBytes(StandardCharsets.UTF_8), value));
        }

        await(() -> read("large").large() != null);
        assertThat(read("large").large().size()).isEqualTo(LARGEST);
    }

    private static Page read(String id) {
        return LOG.read(new Destination("acme", "view", id), null, 10, Integer.MAX_VALUE)
                .toCompletableFuture()
                .join();
    }

    private static List<MemberDescription> members(String group) {
        try {
            return List.copyOf(admin.describeConsumerGroups(List.of(group))
                    .describedGroups()
                    .get(group)
                    .get(60, TimeUnit.SECONDS)
                    .members());
        } catch (ExecutionException | TimeoutException | InterruptedException notYet) {
            return List.of();
        }
    }
}
