package io.eventsgateway.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearMissesTest {

    private static final List<String> TOPICS = List.of(
            "ai.flowx.eventsgateway.receive.taskmanager.commands.message.v1",
            "ai.flowx.core.trigger.save.v1",
            "__consumer_offsets",
            "orders");

    @Test
    void findsTheTopicsOfAnotherEnvironment() {
        assertThat(NearMisses.of("ai.flowx.dev.eventsgateway.receive.*", TOPICS))
                .containsExactly(TOPICS.get(0));
    }

    @Test
    void findsNothingLikeAStrangersTopics() {
        assertThat(NearMisses.of("ai.flowx.eventsgateway.engine.commands.message.v1", List.of("orders", "bills")))
                .isEmpty();
    }
}
