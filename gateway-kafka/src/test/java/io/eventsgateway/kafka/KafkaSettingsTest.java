package io.eventsgateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import io.eventsgateway.topic.Feed;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaSettingsTest {

    @Test
    void readsWhatIsDocumentedByDefault() {
        assertThat(KafkaSettings.subscriptions(new Environment(Map.of())))
                .containsExactly(
                        new Subscription(
                                Feed.ENGINE_MESSAGE,
                                "ai.flowx.eventsgateway.engine.commands.message.v1",
                                "engine-commands-message",
                                10),
                        new Subscription(
                                Feed.ENGINE_DISCONNECT,
                                "ai.flowx.eventsgateway.engine.commands.disconnect.v1",
                                "engine-commands-disconnect",
                                5),
                        new Subscription(
                                Feed.ENGINE_CONNECT,
                                "ai.flowx.eventsgateway.engine.commands.connect.v1",
                                "engine-commands-connect",
                                5),
                        new Subscription(
                                Feed.TASK_MESSAGE,
                                "ai.flowx.eventsgateway.task.commands.message.v1",
                                "task-commands-message",
                                10),
                        new Subscription(
                                Feed.PROCESS_MESSAGE,
                                "ai.flowx.eventsgateway.process.commands.message.v1",
                                "process-commands-message",
                                10),
                        new Subscription(
                                Feed.GENERIC_MESSAGE,
                                "ai.flowx.eventsgateway.receive.*",
                                "generic-commands-message",
                                10),
                        new Subscription(
                                Feed.USER_MESSAGE,
                                "ai.flowx.core.designer.notification.user.v1",
                                "user-broadcast-commands-message",
                                10));
        assertThat(KafkaSettings.deadLetterTopic(new Environment(Map.of())))
                .isEqualTo("ai.flowx.eventsgateway.deadletter.v1");
    }

    @Test
    void buildsNamesOfTheirParts() {
        Environment dev = new Environment(Map.of(
                "KAFKA_TOPIC_NAMING_PACKAGE", "com.acme_",
                "KAFKA_TOPIC_NAMING_ENVIRONMENT", "dev.",
                "KAFKA_TOPIC_NAMING_SEPARATOR", "_",
                "KAFKA_TOPIC_NAMING_VERSION", " "));

        assertThat(KafkaSettings.subscriptions(dev).stream().map(Subscription::reads))
                .startsWith("com.acme_dev.eventsgateway_engine_commands_message")
                .contains("com.acme_dev.eventsgateway_receive_*");
        assertThat(KafkaSettings.deadLetterTopic(dev)).isEqualTo("com.acme_dev.eventsgateway_deadletter");
    }

    @Test
    void prefersWhatIsSetByHand() {
        Environment set = new Environment(Map.of(
                "KAFKA_TOPIC_EVENTSGATEWAY_TASK_IN_MESSAGE", "tasks",
                "KAFKA_TOPIC_EVENTSGATEWAY_PATTERN", "any\\..*",
                "KAFKA_TOPIC_EVENTSGATEWAY_DEADLETTER", " ",
                "KAFKA_CONSUMER_GROUP_ID_TASK_COMMANDS_MESSAGE", "task-group",
                "KAFKA_CONSUMER_THREADS_TASKCOMMANDS", "3"));

        assertThat(KafkaSettings.subscriptions(set))
                .contains(new Subscription(Feed.TASK_MESSAGE, "tasks", "task-group", 3))
                .contains(new Subscription(Feed.GENERIC_MESSAGE, "any\\..*", "generic-commands-message", 10));
        assertThat(KafkaSettings.deadLetterTopic(set)).isEmpty();
    }

    @Test
    void handsOnWhatKafkaItselfCanBeToldTo() {
        Environment set = new Environment(Map.of(
                "SPRING_KAFKA_BOOTSTRAPSERVERS", "one:9092,two:9092",
                "KAFKA_SECURITY_PROTOCOL", "SASL_SSL",
                "SPRING_KAFKA_PROPERTIES_SASL_MECHANISM", "SCRAM-SHA-512"));

        assertThat(KafkaSettings.clientProperties(set))
                .isEqualTo(Map.of(
                        "bootstrap.servers", "one:9092,two:9092",
                        "security.protocol", "SASL_SSL",
                        "sasl.mechanism", "SCRAM-SHA-512"));
    }

    @Test
    void tellsWhatIsWrong() {
        Environment wrong = new Environment(Map.of(
                "KAFKA_BOOTSTRAP_SERVERS", "nowhere",
                "KAFKA_TOPIC_EVENTSGATEWAY_PATTERN", "(",
                "KAFKA_CONSUMER_THREADS_TASKCOMMANDS", "0"));

        assertThat(catchThrowableOfType(ConfigurationException.class, () -> wrong.check(KafkaSettings.ALL))
                        .problems())
                .extracting(problem -> problem.substring(0, problem.indexOf('=')))
                .isEqualTo(List.of(
                        "KAFKA_BOOTSTRAP_SERVERS",
                        "KAFKA_TOPIC_EVENTSGATEWAY_PATTERN",
                        "KAFKA_CONSUMER_THREADS_TASKCOMMANDS"));
    }
}
