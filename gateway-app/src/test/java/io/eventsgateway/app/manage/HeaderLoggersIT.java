package io.eventsgateway.app.manage;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.eventsgateway.undertow.SseServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** What is logged of requests when everything is. */
class HeaderLoggersIT {

    private static final List<String> LOGGERS =
            List.of("io.undertow", "io.undertow.request", "org.xnio", "org.xnio.safe-close", "org.jboss");

    private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    private final Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    private final Level level = root.getLevel();
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getLoggerName() + " " + event.getFormattedMessage());
        }
    };

    @BeforeEach
    void logEverything() {
        HeaderLoggers.silence(context);
        appender.setContext(context);
        appender.start();
        root.addAppender(appender);
        root.setLevel(Level.TRACE);
        LOGGERS.forEach(each -> context.getLogger(each).setLevel(Level.TRACE));
    }

    @AfterEach
    void leave() {
        LOGGERS.forEach(each -> context.getLogger(each).setLevel(null));
        root.setLevel(level);
        root.detachAppender(appender);
    }

    @ParameterizedTest
    @EnumSource
    void haveNoTokenAndNoCookie(HttpClient.Version version) throws Exception {
        try (SseServer server = new SseServer(
                "127.0.0.1", 0, exchange -> exchange.getResponseSender().send("{}"))) {
            server.start();
            HttpClient client = HttpClient.newBuilder().version(version).build();
            for (int i = 0; i < 5; i++) {
                HttpRequest request = HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + server.port() + "/api/events"))
                        .header("Authorization", "Bearer s3cret")
                        .header("Cookie", "session=s3cret")
                        .build();
                HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
                assertThat(answer.version()).isEqualTo(version);
            }
        }

        context.getLogger("io.eventsgateway.test").trace("still logged");
        assertThat(lines).anySatisfy(line -> assertThat(line).endsWith("still logged"));
        assertThat(lines).noneSatisfy(line -> assertThat(line).contains("s3cret"));
    }
}
