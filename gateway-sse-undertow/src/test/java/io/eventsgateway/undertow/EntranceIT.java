package io.eventsgateway.undertow;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import io.eventsgateway.Destination;
import io.eventsgateway.auth.AccessPolicy;
import io.eventsgateway.auth.Authenticator;
import io.eventsgateway.auth.Credentials;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.hub.Hub;
import io.eventsgateway.hub.HubListener;
import io.eventsgateway.log.InMemoryEventLog;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import java.io.BufferedReader;
import java.io.IOException;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** How clients are let in while others are asked about them; the server has two worker threads. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EntranceIT {

    private final InMemoryEventLog log = new InMemoryEventLog(Duration.ofHours(1), InstantSource.system());
    private final Hub hub = new Hub(log, HubListener.NONE);
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Queue<CompletableFuture<Object>> questions = new ConcurrentLinkedQueue<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final Queue<Refusal> refused = new ConcurrentLinkedQueue<>();
    private final Queue<Credentials> brought = new ConcurrentLinkedQueue<>();
    private EventsHandler handler;
    private Undertow undertow;
    private int port;

    @AfterEach
    void stop() {
        hub.close();
        undertow.stop();
    }

    @Test
    void letsOthersInWhileNobodyAnswersForMany() throws Exception {
        start(this::authenticate, this::askOfProcesses, options(1000, 0));
        List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            waiting.add(send("/api/events/process-instance/p" + i, "s" + i));
        }
        await(() -> asked.get() == 40);

        for (int i = 0; i < 20; i++) {
            assertThat(firstLine("/api/events/view/1", "bob")).isEqualTo("retry: 3000");
        }

        for (CompletableFuture<HttpResponse<String>> each : waiting) {
            assertThat(each.get(60, TimeUnit.SECONDS).body()).matches("retry: [2-9][0-9]{3}\n: .+\n");
        }
        await(() -> handler.streams() == 0);
        assertThat(refused).hasSize(40).containsOnly(Refusal.POLICY);
    }

    @Test
    void letsOthersInWhileNobodyKnowsWhoManyAre() throws Exception {
        start(
                credentials ->
                        "unknown".equals(credentials.token()) ? new CompletableFuture<>() : authenticate(credentials),
                AccessPolicy.AUTHENTICATED,
                options(1000, 0));
        List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            waiting.add(send("/api/events/view/1", "unknown"));
        }

        for (int i = 0; i < 20; i++) {
            assertThat(firstLine("/api/events/view/1", "bob")).isEqualTo("retry: 3000");
        }

        for (CompletableFuture<HttpResponse<String>> each : waiting) {
            assertThat(each.get(60, TimeUnit.SECONDS).body()).matches("retry: [2-9][0-9]{3}\n: .+\n");
        }
        assertThat(refused).hasSize(40).containsOnly(Refusal.KEYS);
    }

    @Test
    void opensWhenTheLastAnswerComes() throws Exception {
        start(this::authenticate, this::askOfProcesses, options(1000, 0));
        CompletableFuture<HttpResponse<InputStream>> answer = http.sendAsync(
                request("/api/events?destination=process-instance/a&destination=process-instance/b", "ann"),
                HttpResponse.BodyHandlers.ofInputStream());
        await(() -> questions.size() == 2);

        questions.remove().complete("yes");
        assertThat(handler.streams()).isZero();
        questions.remove().complete("yes");

        try (BufferedReader in = reader(answer.get(60, TimeUnit.SECONDS))) {
            assertThat(in.readLine()).isEqualTo("retry: 3000");
        }
    }

    @Test
    void asksNobodyOnBehalfOfWhoHasAskedTooMuch() throws Exception {
        start(this::authenticate, this::askOfProcesses, options(5, 0));
        List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            all.add(send("/api/events/process-instance/p" + i, "ann"));
        }
        for (CompletableFuture<HttpResponse<String>> each : all) {
            assertThat(each.get(60, TimeUnit.SECONDS).body()).matches("retry: [2-9][0-9]{3}\n: .+\n");
        }

        // five wait at once, until the deadline; however slow the clients are, thirty do not
        assertThat(asked.get()).isBetween(5, 20);
        assertThat(refused).contains(Refusal.SUBJECT_LIMIT);
        questions.forEach(each -> each.complete("yes"));
        assertThat(firstLine("/api/events/view/1", "ann")).isEqualTo("retry: 3000");
    }

    @Test
    void keepsToTheRateOfASubjectBeforeItAsksAnybody() throws Exception {
        start(this::authenticate, this::askOfProcesses, options(1000, 2));
        long since = System.nanoTime();
        List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            all.add(send("/api/events/process-instance/p" + i, "ann"));
        }
        for (CompletableFuture<HttpResponse<String>> each : all) {
            each.get(60, TimeUnit.SECONDS);
        }
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - since) + 1;

        assertThat(asked.get()).isLessThanOrEqualTo((int) (2 * (seconds + 1)));
        assertThat(refused).contains(Refusal.RATE);
    }

    @Test
    void takesNobodyInAfterItBeganToDrain() throws Exception {
        start(this::authenticate, this::askOfProcesses, options(1000, 0));
        CompletableFuture<HttpResponse<String>> answer = send("/api/events/process-instance/a", "ann");
        await(() -> questions.size() == 1);

        handler.drain(Duration.ZERO);
        questions.remove().complete("yes");

        assertThat(answer.get(60, TimeUnit.SECONDS).body())
                .matches("retry: (1[0-9]|[5-9])[0-9]{2}\n: The gateway stops; .*\n");
        assertThat(handler.streams()).isZero();
        assertThat(refused).containsExactly(Refusal.DRAINING);
    }

    @Test
    void writesNoMessageOfAFaultDownAndWhereItHappenedOnceAMinute() throws Exception {
        start(
                this::authenticate,
                (identity, credentials, destination) -> {
                    throw new IllegalArgumentException(
                            "invalid header value: \"" + credentials.token() + "\"", new IOException("s3cret"));
                },
                options(1000, 0));
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        Logger logger = (Logger) LoggerFactory.getLogger("io.eventsgateway.undertow");
        logger.addAppender(lines);
        try {
            for (int i = 0; i < 5; i++) {
                assertThat(send("/api/events/view/1", "s3cret")
                                .get(60, TimeUnit.SECONDS)
                                .statusCode())
                        .isEqualTo(500);
            }
        } finally {
            logger.detachAppender(lines);
        }

        assertThat(lines.list).isNotEmpty().allSatisfy(line -> {
            String stack =
                    line.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(line.getThrowableProxy());
            assertThat(line.getFormattedMessage() + stack)
                    .doesNotContain("s3cret")
                    .contains("IllegalArgumentException");
            assertThat(line.getFormattedMessage()).hasSizeLessThan(300);
        });
        assertThat(lines.list)
                .filteredOn(line -> line.getThrowableProxy() != null)
                .hasSizeLessThanOrEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "Authorization, Bearer ann, Authorization, Bearer bob, /api/events/view/1, 400",
        "Authorization, Bearer ann, Authorization, Bearer ann, /api/events/view/1, 400",
        "Authorization, Basic YTpi, Authorization, Bearer ann, /api/events/view/1, 400",
        "Fx-Organization-Id, a, Fx-Organization-Id, b, /api/events/view/1, 400",
        "X-A, a, X-B, b, /api/events/view/1?access_token=ann&access_token=bob, 400",
        "X-A, a, X-B, b, /api/events/view/1?organization=a&organization=b, 400"
    })
    void asksForOneOfEachKind(String name, String value, String other, String otherValue, String path, int status)
            throws Exception {
        start(this::authenticate, AccessPolicy.AUTHENTICATED, options(1000, 0));
        HttpRequest request = HttpRequest.newBuilder(uri(path))
                .header(name, value)
                .header(other, otherValue)
                .build();

        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).contains("more than once; send one");
        assertThat(brought).isEmpty();
    }

    @Test
    void takesTheHeaderBeforeTheCookieBeforeTheQuery() throws Exception {
        start(this::authenticate, AccessPolicy.AUTHENTICATED, options(1000, 0));
        URI uri = uri("/api/events/view/1?access_token=query");

        for (HttpRequest.Builder request : List.of(
                HttpRequest.newBuilder(uri).headers("Authorization", "Bearer header", "Cookie", "token=cookie"),
                HttpRequest.newBuilder(uri).headers("Cookie", "token=cookie"),
                HttpRequest.newBuilder(uri))) {
            http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream())
                    .body()
                    .close();
        }

        assertThat(brought).extracting(Credentials::token).containsExactly("header", "cookie", "query");
        assertThat(brought).extracting(Credentials::address).containsOnly("127.0.0.1");
    }

    /** Of JavaScript that asks for the module, or for a stream with credentials, browsers send the origin to the page's own server too. */
    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:PORT, '', false",
        "http://evil.example, same-origin, false",
        "http://evil.example, '', true",
        "http://evil.example, cross-site, true",
        "null, '', true",
        "'', '', true"
    })
    void countsPagesOfOtherOriginsAlone(String origin, String site, boolean isCounted) throws Exception {
        start(this::authenticate, AccessPolicy.AUTHENTICATED, options(1000, 0));
        HttpRequest.Builder request = HttpRequest.newBuilder(uri("/api/events/client.js"))
                .header("Origin", origin.replace("PORT", Integer.toString(port)));
        if (!site.isEmpty()) {
            request.header("Sec-Fetch-Site", site);
        }

        http.send(request.build(), HttpResponse.BodyHandlers.ofString());

        assertThat(refused.contains(Refusal.ORIGIN)).isEqualTo(isCounted);
    }

    private CompletionStage<Identity> authenticate(Credentials credentials) {
        brought.add(credentials);
        String token = String.valueOf(credentials.token());
        return CompletableFuture.completedStage(new Identity(token, "acme", Set.of(token), Set.of(), null));
    }

    private CompletionStage<?> askOfProcesses(Identity identity, Credentials credentials, Destination destination) {
        if (!destination.type().equals("process-instance")) {
            return CompletableFuture.completedStage(null);
        }
        CompletableFuture<Object> question = new CompletableFuture<>();
        questions.add(question);
        asked.incrementAndGet();
        return question;
    }

    private static SseOptions options(int streams, int rate) {
        return TestOptions.of(o -> {
            o.cleanupMaxAge = Duration.ofSeconds(2);
            o.maxStreamsPerSubject = streams;
            o.ratePerSubject = rate;
            o.authCookie = "token";
            o.authQuery = true;
        });
    }

    private void start(Authenticator authenticator, AccessPolicy policy, SseOptions options) {
        handler = new EventsHandler(hub, authenticator, policy, null, options, new StreamListener() {
            @Override
            public void refused(Refusal reason) {
                refused.add(reason);
            }
        });
        handler.open();
        undertow = Undertow.builder()
                .addHttpListener(0, "127.0.0.1")
                .setServerOption(UndertowOptions.ENABLE_HTTP2, false)
                .setIoThreads(1)
                .setWorkerThreads(2)
                .setHandler(Handlers.path().addPrefixPath("/api/events", handler))
                .build();
        undertow.start();
        port = ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort();
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private HttpRequest request(String path, String token) {
        return HttpRequest.newBuilder(uri(path))
                .header("Authorization", "Bearer " + token)
                .build();
    }

    private CompletableFuture<HttpResponse<String>> send(String path, String token) {
        return http.sendAsync(request(path, token), HttpResponse.BodyHandlers.ofString());
    }

    private String firstLine(String path, String token) throws IOException, InterruptedException {
        try (BufferedReader in = reader(http.send(request(path, token), HttpResponse.BodyHandlers.ofInputStream()))) {
            return in.readLine();
        }
    }

    private static BufferedReader reader(HttpResponse<InputStream> answer) {
        return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }
}
