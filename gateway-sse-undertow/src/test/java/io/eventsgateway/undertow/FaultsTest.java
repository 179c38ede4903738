package io.eventsgateway.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class FaultsTest {

    private static final String SECRET = "eyJhbGciOi\nFORGED";

    private static final Throwable OVERFLOW = overflow();

    private final Logger logger = (Logger) LoggerFactory.getLogger(Faults.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private Instant now = Instant.EPOCH;
    private final Faults faults = new Faults(new InstantSource() {
        @Override
        public Instant instant() {
            return now;
        }
    });

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
        logger.setAdditive(false);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(lines);
        logger.setAdditive(true);
    }

    @Test
    void logsALineOfAKindOnceASecondAndItsStackOnceAMinute() {
        for (int second = 0; second < 62; second++) {
            for (int i = 0; i < 10_000; i++) {
                faults.log("Request failed", OVERFLOW);
            }
            now = now.plusSeconds(1);
        }

        List<ILoggingEvent> events = List.copyOf(lines.list);
        assertThat(events).hasSize(62);
        assertThat(events.stream().filter(each -> each.getThrowableProxy() != null))
                .containsExactly(events.get(0), events.get(60));
        assertThat(events.get(0).getFormattedMessage()).isEqualTo("Request failed fault=java.lang.StackOverflowError");
        assertThat(events.subList(1, 62)).allSatisfy(each -> assertThat(each.getFormattedMessage())
                .isEqualTo("Request failed fault=java.lang.StackOverflowError more=9999"));
        assertThat(ThrowableProxyUtil.asString(events.get(0).getThrowableProxy()))
                .hasSizeLessThan(10_000)
                .contains("FaultsTest.overflow");
    }

    @Test
    void logsNoMessageOfAFault() {
        faults.log(
                "Request failed",
                new IllegalArgumentException("invalid header value: " + SECRET, new IllegalStateException(SECRET)));

        ILoggingEvent event = lines.list.get(0);
        assertThat(event.getFormattedMessage()).doesNotContain("eyJ");
        assertThat(ThrowableProxyUtil.asString(event.getThrowableProxy()))
                .contains("IllegalArgumentException", "Caused by:", "IllegalStateException")
                .doesNotContain("eyJ", "FORGED");
    }

    @Test
    void forgetsKindsRatherThanKeepsThemWithoutBound() {
        Throwable first = fault("first");
        faults.log("Request failed", first);
        for (int i = 0; i < 1000; i++) {
            faults.log("Request failed", fault("m" + i));
        }
        faults.log("Request failed", first);

        assertThat(lines.list.get(1001).getThrowableProxy()).isNotNull();
    }

    @Test
    void answersWithAProblemForWhateverIsThrown() throws Exception {
        try (SseServer server = new SseServer("127.0.0.1", 0, exchange -> {
            throw overflow();
        })) {
            server.start();

            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/x"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());

            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(answer.body()).contains("\"status\":500", "its log has details");
            assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
            assertThat(lines.list).singleElement();
        }
    }

    private static StackOverflowError overflow() {
        try {
            return overflow(0);
        } catch (StackOverflowError deep) {
            return deep;
        }
    }

    private static StackOverflowError overflow(int depth) {
        return depth < 0 ? new StackOverflowError() : overflow(depth + 1);
    }

    private static Throwable fault(String method) {
        IllegalStateException fault = new IllegalStateException();
        fault.setStackTrace(new StackTraceElement[] {new StackTraceElement("a.B", method, "B.java", 1)});
        return fault;
    }
}
