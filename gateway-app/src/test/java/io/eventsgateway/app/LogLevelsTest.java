package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import io.eventsgateway.config.Environment;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogLevelsTest {

    private final LoggerContext context = new LoggerContext();

    {
        context.setMDCAdapter(new LogbackMDCAdapter());
        LogOutput.toConsole(context);
    }

    @Test
    void areThoseOfRootAndTheGatewayWithoutOthers() {
        apply(Map.of("LOGGING_LEVEL_ROOT", "warn", "LOGGING_LEVEL_APP", "debug"));

        assertThat(level("some.library")).isEqualTo(Level.WARN);
        assertThat(level("io.eventsgateway.kafka.FeedWorker")).isEqualTo(Level.DEBUG);
        assertThat(level("org.apache.kafka.clients.NetworkClient")).isEqualTo(Level.OFF);
        assertThat(context.getTurboFilterList()).noneMatch(LateLevels.class::isInstance);
    }

    @Test
    void areOfAPackageBySpringsSpellings() {
        apply(Map.of(
                "LOGGING_LEVEL_IO_LETTUCE",
                "ERROR",
                "logging.level.io.netty",
                "error",
                "logging_level_reactor",
                "off"));

        assertThat(level("io.lettuce.core.protocol.CommandHandler")).isEqualTo(Level.ERROR);
        assertThat(level("io.netty.util.Recycler")).isEqualTo(Level.ERROR);
        assertThat(level("reactor.util.Loggers")).isEqualTo(Level.OFF);
        assertThat(level("io.eventsgateway.app.Gateway")).isEqualTo(Level.INFO);
    }

    @Test
    void areOfAClassThatHasLoggedWhateverItsCase() {
        context.getLogger("io.eventsgateway.kafka.FeedWorker");

        apply(Map.of("LOGGING_LEVEL_IO_EVENTSGATEWAY_KAFKA_FEEDWORKER", "trace"));

        assertThat(level("io.eventsgateway.kafka.FeedWorker")).isEqualTo(Level.TRACE);
        assertThat(level("io.eventsgateway.kafka.FeedConsumer")).isEqualTo(Level.INFO);
    }

    @Test
    void areOfAClassFromItsFirstLineOn() {
        apply(Map.of("LOGGING_LEVEL_IO_EVENTSGATEWAY_KAFKA_FEEDWORKER", "trace"));

        assertThat(context.getLogger("io.eventsgateway.kafka.FeedWorker").isTraceEnabled())
                .isTrue();
        assertThat(context.getLogger("io.eventsgateway.kafka.FeedConsumer").isDebugEnabled())
                .isFalse();
    }

    @Test
    void leaveNothingOutBelowWhatIsToBeDebugged() {
        apply(Map.of("LOGGING_LEVEL_ORG_APACHE_KAFKA", "debug", "LOGGING_LEVEL_ORG_APACHE_KAFKA_COMMON", "error"));

        assertThat(level("org.apache.kafka.clients.NetworkClient")).isEqualTo(Level.DEBUG);
        assertThat(level("org.apache.kafka.common.metrics.Metrics")).isEqualTo(Level.ERROR);
    }

    @Test
    void leaveOutWhatIsOfNoUseAtOtherLevels() {
        apply(Map.of("LOGGING_LEVEL_ORG_APACHE_KAFKA", "info"));

        assertThat(level("org.apache.kafka.clients.consumer.KafkaConsumer")).isEqualTo(Level.INFO);
        assertThat(level("org.apache.kafka.clients.NetworkClient")).isEqualTo(Level.OFF);
    }

    @Test
    void writeNoHeadersDown() {
        apply(Map.of("LOGGING_LEVEL_IO_UNDERTOW", "trace", "LOGGING_LEVEL_ORG_XNIO_NIO", "debug"));

        assertThat(context.getLogger("io.undertow.request").isDebugEnabled()).isFalse();
        assertThat(context.getLogger("io.undertow.request").isInfoEnabled()).isTrue();
        assertThat(context.getLogger("org.xnio.nio").isDebugEnabled()).isFalse();
    }

    @Test
    void areWarnedOfWhereTheyMeanNothing() {
        List<String> warnings = AppSettings.warnings(new Environment(Map.of(
                "LOGGING_LEVEL_WEB", "debug",
                "LOGGING_LEVEL_ROTO", "debug",
                "LOGGING_LEVEL_COM_EXAMPLE", "debug",
                "LOGGING_LEVEL_IO_UNDERTOW", "debug",
                "LOGGING_LEVEL_ORG", "debug",
                "LOGGING_LEVEL_IO_NETTY_UTIL", "debug",
                "LOGGING_FILE_NAMES", "x")));

        assertThat(warnings)
                .containsExactlyInAnyOrder(
                        "LOGGING_LEVEL_WEB is not used: there are no groups of loggers; name a logger, as in "
                                + "LOGGING_LEVEL_ORG_APACHE_KAFKA",
                        "LOGGING_LEVEL_ROTO names no logger of the gateway or its libraries; "
                                + "the nearest known name is LOGGING_LEVEL_ROOT",
                        "LOGGING_LEVEL_COM_EXAMPLE names no logger of the gateway or its libraries",
                        "LOGGING_LEVEL_IO_UNDERTOW is taken for info: below it, headers of requests would be logged, "
                                + "tokens included",
                        "LOGGING_FILE_NAMES is not known; the nearest known name is LOGGING_FILE_NAME");
    }

    private void apply(Map<String, String> variables) {
        LogSettings.apply(new Environment(variables), context);
    }

    private Level level(String logger) {
        return context.getLogger(logger).getEffectiveLevel();
    }
}
