package io.eventsgateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import io.eventsgateway.config.SettingGroup;
import io.eventsgateway.topic.Feed;
import io.eventsgateway.topic.StandardTopicNaming;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaSettingsTest {

    @Test
    void readsWhatIsDocumentedByDefault() {
        assertThat(KafkaSettings.bindings(new Environment(Map.of()), 100))
                .containsExactly(
                        new FeedBinding(
                                Feed.ENGINE_MESSAGE,
                                "ai.flowx.eventsgateway.engine.commands.message.v1",
                                "engine-commands-message",
                                10),
                        new FeedBinding(
                                Feed.ENGINE_DISCONNECT,
                                "ai.flowx.eventsgateway.engine.commands.disconnect.v1",
                                "engine-commands-disconnect",
                                5),
                        new FeedBinding(
                                Feed.ENGINE_CONNECT,
                                "ai.flowx.eventsgateway.engine.commands.connect.v1",
                                "engine-commands-connect",
                                5),
                        new FeedBinding(
                                Feed.TASK_MESSAGE,
                                "ai.flowx.eventsgateway.task.commands.message.v1",
                                "task-commands-message",
                                10),
                        new FeedBinding(
                                Feed.PROCESS_MESSAGE,
                                "ai.flowx.eventsgateway.process.commands.message.v1",
                                "process-commands-message",
                                10),
                        new FeedBinding(
                                Feed.GENERIC_MESSAGE,
                                "ai.flowx.eventsgateway.receive.*",
                                "generic-commands-message",
                                10),
                        new FeedBinding(
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

        assertThat(KafkaSettings.bindings(dev).stream().map(FeedBinding::reads))
                .startsWith("com.acme_dev.eventsgateway_engine_commands_message")
                .contains("com.acme_dev.eventsgateway_receive_.*");
        assertThat(KafkaSettings.deadLetterTopic(dev)).isEqualTo("com.acme_dev.eventsgateway_deadletter");
    }

    @Test
    void startsAsManyConsumersAsAreSetThoughTheMachineHasFewerProcessors() {
        Environment set = new Environment(Map.of("KAFKA_CONSUMER_THREADS_TASKCOMMANDS", "10"));

        assertThat(KafkaSettings.bindings(set, 2)).allSatisfy(binding -> assertThat(binding.threads())
                .isEqualTo(binding.feed() == Feed.TASK_MESSAGE ? 10 : 2));
    }

    @Test
    void prefersWhatIsSetByHand() {
        Environment set = new Environment(Map.of(
                "KAFKA_TOPIC_EVENTSGATEWAY_TASK_IN_MESSAGE", "tasks",
                "KAFKA_TOPIC_EVENTSGATEWAY_PATTERN", "any\\..*",
                "KAFKA_TOPIC_EVENTSGATEWAY_DEADLETTER", " ",
                "KAFKA_CONSUMER_GROUP_ID_TASK_COMMANDS_MESSAGE", "task-group",
                "KAFKA_CONSUMER_THREADS_TASKCOMMANDS", "3"));

        assertThat(KafkaSettings.bindings(set, 2))
                .contains(new FeedBinding(Feed.TASK_MESSAGE, "tasks", "task-group", 3))
                .contains(new FeedBinding(Feed.GENERIC_MESSAGE, "any\\..*", "generic-commands-message", 2));
        assertThat(KafkaSettings.deadLetterTopic(set)).isEmpty();
    }

    @Test
    void refusesAFeedThatReadsTheDeadLetters() {
        Environment circle = new Environment(Map.of("KAFKA_TOPIC_EVENTSGATEWAY_PATTERN", "ai\\.flowx\\..*"));

        assertThatThrownBy(() -> KafkaSettings.check(circle))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("KAFKA_TOPIC_EVENTSGATEWAY_PATTERN=ai\\.flowx\\..* is not valid: it also reads");
        KafkaSettings.check(new Environment(Map.of()));
    }

    @Test
    void takesWordsOfAPartApartOnlyWithinIt() {
        StandardTopicNaming naming = new StandardTopicNaming("", "", "", "-", "_");

        assertThat(naming.topic("two-words", "part")).isEqualTo("two_words-part");
    }

    @Test
    void takesABlankTopicForNone() {
        Environment blank = new Environment(Map.of("KAFKA_TOPIC_EVENTSGATEWAY_TASK_IN_MESSAGE", " "));

        assertThat(KafkaSettings.bindings(blank).stream().map(FeedBinding::reads))
                .contains("ai.flowx.eventsgateway.task.commands.message.v1");
    }

    @Test
    void reportsWhatIsWrong() {
        Environment wrong = new Environment(Map.of(
                "KAFKA_TOPIC_EVENTSGATEWAY_PATTERN", "(",
                "KAFKA_TOPIC_EVENTSGATEWAY_TASK_IN_MESSAGE", "a topic",
                "KAFKA_TOPIC_NAMING_VERSION", "/1",
                "KAFKA_CONSUMER_THREADS_TASKCOMMANDS", "0"));

        assertThat(catchThrowableOfType(
                                ConfigurationException.class,
                                () -> wrong.check(SettingGroup.settings(KafkaSettings.GROUPS)))
                        .problems())
                .extracting(problem -> problem.substring(0, problem.indexOf('=')))
                .containsExactly(
                        "KAFKA_TOPIC_NAMING_VERSION",
                        "KAFKA_TOPIC_EVENTSGATEWAY_TASK_IN_MESSAGE",
                        "KAFKA_TOPIC_EVENTSGATEWAY_PATTERN",
                        "KAFKA_CONSUMER_THREADS_TASKCOMMANDS");
    }
}
