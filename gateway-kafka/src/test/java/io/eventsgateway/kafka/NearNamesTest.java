package io.eventsgateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NearNamesTest {

    private static final String PATTERN = "ai.flowx.dev.eventsgateway.receive.*";

    @Test
    void findsTopicsOfAnotherEnvironment() {
        assertThat(NearNames.of(
                        PATTERN,
                        Set.of(
                                "ai.flowx.eventsgateway.receive.taskmanager.commands.message.v1",
                                "ai.flowx.core.trigger.advance.process.v1",
                                "__consumer_offsets",
                                "orders")))
                .containsExactly("ai.flowx.eventsgateway.receive.taskmanager.commands.message.v1");
    }

    @Test
    void putsTheLikeliestFirstAndNamesThreeAtMost() {
        assertThat(NearNames.of(
                        "ai\\.flowx\\.dev\\.eventsgateway\\.receive\\..*",
                        List.of(
                                "ai.flowx.dev.eventsgateway.other.v1",
                                "ai.flowx.eventsgateway.receive.c",
                                "ai.flowx.eventsgateway.receive.b",
                                "ai.flowx.eventsgateway.receive.a",
                                "ai-flowx-dev-eventsgateway-receive-a")))
                .containsExactly(
                        "ai-flowx-dev-eventsgateway-receive-a",
                        "ai.flowx.eventsgateway.receive.a",
                        "ai.flowx.eventsgateway.receive.b");
    }

    @Test
    void findsNothingThatIsNotLikeIt() {
        assertThat(NearNames.of(PATTERN, Set.of("ai.flowx.dev.engine.v1", "receive", "")))
                .isEmpty();
        assertThat(NearNames.of(".*", Set.of("a"))).isEmpty();
    }
}
