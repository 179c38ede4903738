package io.eventsgateway.topic;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeedTest {

    @ParameterizedTest
    @CsvSource({
        "ENGINE_MESSAGE,    engine-commands-message,         10, ai.flowx.eventsgateway.engine.commands.message.v1",
        "ENGINE_DISCONNECT, engine-commands-disconnect,       5, ai.flowx.eventsgateway.engine.commands.disconnect.v1",
        "ENGINE_CONNECT,    engine-commands-connect,          5, ai.flowx.eventsgateway.engine.commands.connect.v1",
        "TASK_MESSAGE,      task-commands-message,           10, ai.flowx.eventsgateway.task.commands.message.v1",
        "PROCESS_MESSAGE,   process-commands-message,        10, ai.flowx.eventsgateway.process.commands.message.v1",
        "GENERIC_MESSAGE,   generic-commands-message,        10, ai.flowx.eventsgateway.receive.*",
        "USER_MESSAGE,      user-broadcast-commands-message, 10, ai.flowx.core.designer.notification.user.v1"
    })
    void hasTheDocumentedDefaults(Feed feed, String group, int threads, String topic) {
        assertThat(feed.defaultGroup()).isEqualTo(group);
        assertThat(feed.defaultThreads()).isEqualTo(threads);
        assertThat(feed.topic(StandardTopicNaming.DEFAULT)).isEqualTo(topic);
    }

    @Test
    void namesTopicsOfAnEnvironment() {
        TopicNaming naming = new StandardTopicNaming("ai.flowx.", "dev.", ".v2", ".", "-");

        assertThat(Feed.ENGINE_MESSAGE.topic(naming))
                .isEqualTo("ai.flowx.dev.eventsgateway.engine.commands.message.v2");
        assertThat(Feed.GENERIC_MESSAGE.topic(naming)).isEqualTo("ai.flowx.dev.eventsgateway.receive.*");
    }
}
