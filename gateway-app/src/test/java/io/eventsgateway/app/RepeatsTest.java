package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.FilterReply;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RepeatsTest {

    private Instant now = Instant.EPOCH;
    private final Repeats repeats = new Repeats(() -> now);

    @Test
    void letsALineOfKafkasClientsThroughOnceAMinuteWhicheverClientSaysIt() {
        assertThat(decide("org.apache.kafka.common.network.Selector", "[Consumer clientId=a] Unexpected error from {}"))
                .isEqualTo(FilterReply.NEUTRAL);
        assertThat(decide("org.apache.kafka.common.network.Selector", "[Consumer clientId=b] Unexpected error from {}"))
                .isEqualTo(FilterReply.DENY);
        assertThat(decide("org.apache.kafka.common.network.Selector", "[Consumer clientId=b] Something else"))
                .isEqualTo(FilterReply.NEUTRAL);

        now = now.plusSeconds(60);

        assertThat(decide("org.apache.kafka.common.network.Selector", "[Consumer clientId=b] Unexpected error from {}"))
                .isEqualTo(FilterReply.NEUTRAL);
    }

    @Test
    void leavesEverybodyElsesLinesAlone() {
        assertThat(decide("io.eventsgateway.kafka.FeedWorker", "Kafka fails")).isEqualTo(FilterReply.NEUTRAL);
        assertThat(decide("io.eventsgateway.kafka.FeedWorker", "Kafka fails")).isEqualTo(FilterReply.NEUTRAL);
    }

    @Test
    void leavesAloneWhatIsLoggedToFindAFault() {
        for (Level level : new Level[] {Level.DEBUG, Level.TRACE}) {
            assertThat(decide(level, "org.apache.kafka.clients.NetworkClient", "Sending"))
                    .isEqualTo(FilterReply.NEUTRAL);
            assertThat(decide(level, "org.apache.kafka.clients.NetworkClient", "Sending"))
                    .isEqualTo(FilterReply.NEUTRAL);
        }
    }

    private FilterReply decide(String logger, String message) {
        return decide(Level.WARN, logger, message);
    }

    private FilterReply decide(Level level, String logger, String message) {
        LoggerContext context = new LoggerContext();
        return repeats.decide(
                new LoggingEvent(RepeatsTest.class.getName(), context.getLogger(logger), level, message, null, null));
    }
}
