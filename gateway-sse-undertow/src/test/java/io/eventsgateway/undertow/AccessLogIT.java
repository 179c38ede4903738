package io.eventsgateway.undertow;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.Payload;
import io.eventsgateway.Source;
import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessPolicy;
import io.eventsgateway.auth.Credentials;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.hub.Hub;
import io.eventsgateway.hub.HubListener;
import io.eventsgateway.hub.Start;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.InMemoryEventLog;
import io.undertow.Handlers;
import io.undertow.Undertow;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

/** What is logged of requests and streams, and what they are known by. */
@Isolated
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AccessLogIT {

    private static final String TOKEN = "t0ken-of-ann";
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    private final InMemoryEventLog log = new InMemoryEventLog(Duration.ofHours(1), InstantSource.system());
    private final Hub hub = new Hub(log, HubListener.NONE);
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Logger access = (Logger) LoggerFactory.getLogger("access");
    private final Logger gateway = (Logger) LoggerFactory.getLogger("io.eventsgateway.undertow");
    private final Queue<ILoggingEvent> lines = new ConcurrentLinkedQueue<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            event.prepareForDeferredProcessing();
            lines.add(event);
        }
    };
    private EventsHandler handler;
    private Undertow undertow;

    private static SseOptions options(boolean accessLog) {
        return TestOptions.of(o -> {
            o.start = Start.From.EARLIEST;
            o.overload = SseSettings.Overload.STATUS;
            o.authQuery = true;
            o.accessLog = accessLog;
        });
    }

    @BeforeEach
    void listen() {
        appender.start();
        access.setLevel(Level.INFO);
        gateway.setLevel(Level.INFO);
        access.addAppender(appender);
        gateway.addAppender(appender);
    }

    @AfterEach
    void leave() {
        access.detachAppender(appender);
        gateway.detachAppender(appender);
        access.setLevel(null);
        gateway.setLevel(null);
        hub.close();
        undertow.stop();
    }

    @Test
    void hasALineForAStreamAtItsEnd() throws Exception {
        start(options(true));
        append("view", "1", 3);

        read("/api/events/view/1?access_token=" + TOKEN, 3, "X-Request-Id", "r.1_x-Y");

        await(() -> lines("Stream ended").size() == 1);
        ILoggingEvent line = lines("Stream ended").get(0);
        assertThat(line.getLevel()).isEqualTo(Level.INFO);
        assertThat(line.getLoggerName()).isEqualTo("access");
        assertThat(line.getFormattedMessage())
                .matches(
                        "Stream ended address=127\\.0\\.0\\.1 organisation=acme subject=\"ann' x\" destinations=\"view/1\" "
                                + "protocol=HTTP/1\\.1 status=200 events=3 bytes=\\d{3} seconds=\\d+\\.\\d{3} reason=gone");
        assertThat(line.getMDCPropertyMap())
                .containsEntry("requestId", "r.1_x-Y")
                .doesNotContainKey("traceId");
        assertNoToken();
    }

    @Test
    void hasTheReasonOfAStreamThatTheGatewayEnds() throws Exception {
        start(options(true));
        CompletableFuture<HttpResponse<String>> answer = http.sendAsync(
                request("/api/events?destination=view/2&destination=view/1"), HttpResponse.BodyHandlers.ofString());
        await(() -> handler.streams() == 1);

        handler.drain(Duration.ZERO);

        answer.get();
        await(() -> lines("Stream ended").size() == 1);
        assertThat(lines("Stream ended").get(0).getFormattedMessage())
                .contains(" destinations=\"view/1,view/2\" ", " events=0 ", " reason=stopped");
    }

    @Test
    void hasALineForARefusedRequest() throws Exception {
        start(options(true));

        HttpResponse<String> refused = get("/api/events/view/1?access_token=wrong-token");

        assertThat(refused.statusCode()).isEqualTo(401);
        ILoggingEvent line = lines("Stream refused").get(0);
        assertThat(line.getFormattedMessage())
                .isEqualTo("Stream refused address=127.0.0.1 protocol=HTTP/1.1 status=401 reason=unauthenticated");
        assertThat(line.getMDCPropertyMap().get("requestId"))
                .isEqualTo(refused.headers().firstValue("X-Request-Id").orElseThrow())
                .matches("[0-9a-f]{16}");
        assertNoToken();
    }

    @Test
    void namesAStreamAsItsAnswerDoes() throws Exception {
        start(options(true));
        HttpResponse<InputStream> answer =
                http.send(request("/api/events/view/1"), HttpResponse.BodyHandlers.ofInputStream());
        answer.body().close();

        await(() -> lines("Stream ended").size() == 1);
        assertThat(lines("Stream ended").get(0).getMDCPropertyMap().get("requestId"))
                .isEqualTo(answer.headers().firstValue("X-Request-Id").orElseThrow());
    }

    @Test
    void isOffByDefault() throws Exception {
        start(options(false));
        append("view", "1", 1);

        read("/api/events/view/1?access_token=" + TOKEN, 1, "X-Request-Id", "r-1");
        get("/api/events/view/1?access_token=wrong-token");

        await(() -> handler.streams() == 0);
        assertThat(lines("Stream ")).isEmpty();
    }

    @Test
    void namesTheClientsRequestAndTraceInAnswerAndLog() throws Exception {
        start(options(false));

        HttpResponse<String> refused =
                get("/api/events/view", "X-Request-Id", "r-1", "traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01");

        assertThat(refused.headers().firstValue("X-Request-Id")).contains("r-1");
        assertThat(lines("Clients refused").get(0).getMDCPropertyMap())
                .containsEntry("requestId", "r-1")
                .containsEntry("traceId", TRACE);
    }

    @Test
    void takesNoOtherIdOfAClient() throws Exception {
        start(options(false));

        for (String id : List.of("x".repeat(65), "a b", "a\"b", "ä", "", "<x>")) {
            assertThat(get("/api/events/view", "X-Request-Id", id).headers().firstValue("X-Request-Id"))
                    .hasValueSatisfying(own -> assertThat(own).matches("[0-9a-f]{16}"));
        }
        assertThat(get("/api/events/view", "X-Request-Id", "a", "X-Request-Id", "b")
                        .headers()
                        .allValues("X-Request-Id"))
                .singleElement()
                .asString()
                .matches("[0-9a-f]{16}");
    }

    @Test
    void showsAStreamsLifeAtDebug() throws Exception {
        gateway.setLevel(Level.DEBUG);
        start(options(false));
        append("view", "1", 2);

        read("/api/events/view/1?lastEventId=7.1-1&access_token=" + TOKEN, 3, "X-Request-Id", "r-1");

        await(() -> lines("Stream ended").size() == 1);
        assertThat(lines.stream()
                        .filter(line -> line.getLevel() == Level.DEBUG)
                        .map(ILoggingEvent::getFormattedMessage)
                        .map(line -> line.replaceAll("id=.*", "id=…").replaceAll("bytes=.*", "…")))
                .containsExactly(
                        "Stream opened stream=1 destinations=\"view/1\"",
                        "Stream reset stream=1 destination=\"view/1\" reason=replaced",
                        "Event written stream=1 id=…",
                        "Event written stream=1 id=…",
                        "Event written stream=1 id=…",
                        "Stream caught up stream=1 events=3",
                        "Stream ended stream=1 events=3 …");
        assertThat(lines)
                .allSatisfy(line -> assertThat(line.getMDCPropertyMap()).containsEntry("requestId", "r-1"));
        assertThat(lines("Event written").get(2).getFormattedMessage()).matches(".* id=[0-9a-z]+\\.\\d+-\\d+");
        assertNoToken();
    }

    private void start(SseOptions options) {
        handler = new EventsHandler(hub, AccessLogIT::authenticate, AccessPolicy.AUTHENTICATED, null, options);
        handler.open();
        undertow = Undertow.builder()
                .addHttpListener(0, "127.0.0.1")
                .setHandler(Handlers.path().addPrefixPath("/api/events", handler))
                .build();
        undertow.start();
    }

    private static CompletionStage<Identity> authenticate(Credentials credentials) {
        return TOKEN.equals(credentials.token())
                ? CompletableFuture.completedStage(new Identity("ann\" x", "acme", Set.of("ann"), Set.of(), null))
                : new AccessException(AccessException.Reason.UNAUTHENTICATED, "The token is not valid.").asStage();
    }

    private void append(String type, String id, int events) {
        for (int i = 0; i < events; i++) {
            Event event = Event.message("x", Payload.of("1".getBytes(StandardCharsets.UTF_8)));
            log.append(
                    List.of(),
                    List.of(new Entry(new Destination("acme", type, id), event, new Source("t", "id", 0, i), null)));
        }
    }

    private List<ILoggingEvent> lines(String begin) {
        return lines.stream()
                .filter(line -> line.getFormattedMessage().startsWith(begin))
                .toList();
    }

    private void assertNoToken() {
        assertThat(lines).allSatisfy(line -> assertThat(line.getFormattedMessage() + line.getMDCPropertyMap())
                .doesNotContain(TOKEN, "wrong-token"));
    }

    private HttpRequest request(String path, String... headers) {
        int port = ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        return (path.contains("access_token") ? request : request.header("Authorization", "Bearer " + TOKEN))
                .headers(headers.length == 0 ? new String[] {"Accept", "*/*"} : headers)
                .build();
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        return http.send(request(path, headers), HttpResponse.BodyHandlers.ofString());
    }

    /** Reads some events and leaves. */
    private void read(String path, int events, String... headers) throws Exception {
        HttpResponse<InputStream> answer = http.send(request(path, headers), HttpResponse.BodyHandlers.ofInputStream());
        try (BufferedReader in = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            for (int seen = 0; seen < events; ) {
                seen += in.readLine().startsWith("id: ") ? 1 : 0;
            }
        }
    }
}
