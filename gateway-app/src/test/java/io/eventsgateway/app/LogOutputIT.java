package io.eventsgateway.app;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.eventsgateway.redis.RedisCluster;
import io.eventsgateway.redis.RedisEventLog;
import io.eventsgateway.redis.RedisOptions;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** How much is logged of a Redis that can't be reached. */
class LogOutputIT {

    private static final String NOWHERE = "nowhere.invalid";

    private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    private final Queue<String> warnings = new ConcurrentLinkedQueue<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
                warnings.add(event.getFormattedMessage());
            }
        }
    };

    @BeforeEach
    void listen() {
        LogOutput.leaveOut(root.getLoggerContext());
        appender.setContext(root.getLoggerContext());
        appender.start();
        root.addAppender(appender);
    }

    @AfterEach
    void leave() {
        root.detachAppender(appender);
    }

    @Test
    void isOneLineForNodesWhoseNamesAreUnknown() {
        try (RedisCluster cluster = new RedisCluster(
                "--cluster-announce-hostname", NOWHERE, "--cluster-preferred-endpoint-type", "hostname")) {
            isOneLine(RedisOptions.ofCluster(cluster.uris(), Duration.ofHours(1), Duration.ofMillis(300)));
        }
    }

    @Test
    void isOneLineForServersThatCanNotBeReached() {
        isOneLine(of(RedisURI.create(NOWHERE, 6379)));
        isOneLine(of(RedisURI.Builder.sentinel(NOWHERE, 26379, "mymaster").build()));
        isOneLine(RedisOptions.ofCluster(
                List.of(RedisURI.create(NOWHERE, 6379)), Duration.ofHours(1), Duration.ofMillis(300)));
    }

    private static RedisOptions of(RedisURI server) {
        return RedisOptions.of(server, Duration.ofHours(1), Duration.ofMillis(300));
    }

    private void isOneLine(RedisOptions options) {
        warnings.clear();
        try (RedisEventLog log = new RedisEventLog(options)) {
            log.start();
            await(() -> warnings.stream().anyMatch(each -> each.startsWith("Redis does not work")));
            assertThat(warnings).singleElement().asString().contains(NOWHERE);
        }
    }
}
