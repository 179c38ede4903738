package io.eventsgateway.undertow;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.Payload;
import io.eventsgateway.Source;
import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessPolicy;
import io.eventsgateway.auth.Credentials;
import io.eventsgateway.auth.GrantedPolicy;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.hub.Hub;
import io.eventsgateway.hub.HubListener;
import io.eventsgateway.hub.Start;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.EventLog;
import io.eventsgateway.log.ForwardingEventLog;
import io.eventsgateway.log.InMemoryEventLog;
import io.eventsgateway.log.LogEnd;
import io.eventsgateway.sse.SseFrames;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.server.HttpHandler;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The handler in an Undertow of somebody else, as clients see it on the wire. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EventsHandlerIT {

    private static final SseOptions OPTIONS = options(Duration.ofSeconds(1), Duration.ofMinutes(1));

    /**
     * Options of this kind.
     *
     * @param stalled how long a client may accept nothing
     */
    private static SseOptions options(Duration heartbeat, Duration stalled) {
        return options(heartbeat, stalled, SseSettings.Overload.RETRY);
    }

    private static SseOptions options(SseSettings.Overload overload) {
        return options(Duration.ofSeconds(1), Duration.ofMinutes(1), overload);
    }

    private static SseOptions options(Duration heartbeat, Duration stalled, SseSettings.Overload overload) {
        return TestOptions.of(o -> {
            o.heartbeat = heartbeat;
            o.cleanupMaxAge = stalled;
            o.overload = overload;
            o.cors = Cors.parse("https://app.example.com,https://*.example.org");
        });
    }

    private final InMemoryEventLog log = new InMemoryEventLog(Duration.ofHours(1), InstantSource.system());
    private final Hub hub = new Hub(log, HubListener.NONE);
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private EventsHandler handler;
    private Undertow undertow;
    private int port;
    private long offset;

    @BeforeEach
    void start() {
        handler = start(OPTIONS);
        handler.open();
    }

    private EventsHandler start(SseOptions options) {
        return start(hub, AccessPolicy.AUTHENTICATED, options);
    }

    private EventsHandler start(Hub hub, AccessPolicy policy, SseOptions options) {
        EventsHandler made = new EventsHandler(hub, EventsHandlerIT::authenticate, policy, null, options);
        serve(Handlers.path().addPrefixPath("/api/events", made));
        return made;
    }

    private void serve(HttpHandler root) {
        undertow = Undertow.builder()
                .addHttpListener(0, "127.0.0.1")
                .setHandler(root)
                .build();
        undertow.start();
        port = ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort();
    }

    @AfterEach
    void stop() {
        hub.close();
        undertow.stop();
    }

    /** The token is the name; some are special. */
    private static CompletionStage<Identity> authenticate(Credentials credentials) {
        try {
            return CompletableFuture.completedStage(identity(credentials));
        } catch (AccessException refused) {
            return refused.asStage();
        }
    }

    private static Identity identity(Credentials credentials) throws AccessException {
        String token = credentials.token();
        if (token == null) {
            throw new AccessException(AccessException.Reason.UNAUTHENTICATED, "Bring a token.");
        }
        if (token.equals("later")) {
            throw new AccessException(AccessException.Reason.UNAVAILABLE, "Not now.");
        }
        Instant expiry =
                switch (token) {
                    case "brief" -> Instant.now().plusSeconds(2);
                    case "short" -> Instant.now().plusSeconds(8);
                    default -> null;
                };
        return new Identity(token, token.equals("stranger") ? "other" : "acme", Set.of(token), Set.of(), expiry);
    }

    @Test
    void beginsAtOnceWithTheHeadersThatProxiesNeed() throws Exception {
        append("view/1", "message", "{\"n\":1}");

        HttpResponse<InputStream> answer = open("/api/events/view/1?from=earliest", "ann");
        List<String> lines = lines(answer, 5);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("text/event-stream;charset=utf-8");
        assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store, no-transform");
        assertThat(answer.headers().firstValue("X-Accel-Buffering")).contains("no");
        assertThat(lines.get(0)).isEqualTo("retry: 3000");
        assertThat(lines.get(1)).startsWith(": ");
        assertThat(lines.get(2)).isEqualTo("data: {\"n\":1}");
        assertThat(lines.get(4)).isEmpty();
        assertThat(lines.get(3)).matches("id: [0-9A-Za-z._-]{1,128}");
    }

    @Test
    void tellsASubjectWithTooManyStreamsToComeBackAndNobodyElse() throws Exception {
        List<HttpResponse<InputStream>> mine = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            mine.add(open("/api/events/view/1", "ann"));
        }

        assertThat(lines(open("/api/events/view/1", "ann"), 1).get(0))
                .matches("retry: [0-9]{4,5}")
                .isNotEqualTo("retry: 3000");
        assertThat(lines(open("/api/events/view/1", "bob"), 1)).containsExactly("retry: 3000");
        assertThat(mine).allSatisfy(each -> assertThat(lines(each, 1)).containsExactly("retry: 3000"));
    }

    @Test
    void resumesByHeaderAndByQueryAndTheHeaderWins() throws Exception {
        append("view/1", "a", "1");
        append("view/1", "b", "2");
        append("view/1", "c", "3");
        List<String> ids = frames(open("/api/events/view/1", "ann"), 3).positions();
        String first = ids.get(0);
        String second = ids.get(1);

        assertThat(events(open("/api/events/view/1", "ann", "Last-Event-ID", first), 2))
                .containsExactly("b 2", "c 3");
        assertThat(events(open("/api/events/view/1?lastEventId=" + first, "ann"), 2))
                .containsExactly("b 2", "c 3");
        assertThat(events(open("/api/events/view/1?lastEventId=" + first, "ann", "Last-Event-ID", second), 1))
                .containsExactly("c 3");
    }

    @Test
    void tellsAPositionThatIsNotOurs() throws Exception {
        append("view/1", "a", "1");

        assertThat(events(open("/api/events/view/1", "ann", "Last-Event-ID", "whatever"), 2))
                .containsExactly("reset {\"reason\":\"unknown\"}", "a 1");
        assertThat(events(open("/api/events/view/1", "ann", "Last-Event-ID", "abc.123-4"), 2))
                .containsExactly("reset {\"reason\":\"replaced\"}", "a 1");
    }

    @Test
    void sendsSeveralDestinationsOnOneConnectionAndNamesThem() throws Exception {
        append("view/1", "a", "1");
        append("view/2", "b", "2");
        append("user/ann", "c", "3");
        append("user/*", "d", "4");
        append("user/bob", "e", "5");

        HttpResponse<InputStream> answer =
                open("/api/events?destination=view/1&destination=view/2&destination=user", "ann");

        assertThat(frames(answer, 4).events().stream().map(SseFrames.Frame::destination))
                .containsExactlyInAnyOrder("view/1", "view/2", "user/ann", "user/*");
    }

    @Test
    void endsWithADisconnectAndAnswers204Afterwards() throws Exception {
        append("view/1", "a", "1");
        HttpResponse<InputStream> stream = open("/api/events/view/1", "ann");
        Destination destination = new Destination("acme", "view", "1");
        append(
                destination,
                Event.disconnect(Set.of(), Payload.of("{\"reason\":\"over\"}".getBytes(StandardCharsets.UTF_8))));

        String all;
        try (BufferedReader in = reader(stream)) {
            all = in.lines().reduce("", (text, line) -> text + line + "\n");
        }
        assertThat(all)
                .contains("data: 1\n")
                .containsPattern("event: disconnect\ndata: \\{\"reason\":\"over\"}\nid: .*\n\n$");
        assertThat(open("/api/events/view/1", "ann").statusCode()).isEqualTo(204);

        append("view/1", "b", "2");
        assertThat(events(open("/api/events/view/1", "ann"), 1)).containsExactly("b 2");
    }

    @Test
    void beginsWithWhatASubjectWasNotToldYet() throws Exception {
        append("view/1", "a", "1");
        append("view/1", "b", "2");
        assertThat(events(open("/api/events/view/1", "ann"), 2)).containsExactly("a 1", "b 2");
        await("the client's end", () -> hub.subscriptions() == 0);
        append("view/1", "c", "3");

        assertThat(events(open("/api/events/view/1", "ann"), 1)).containsExactly("c 3");
        assertThat(events(open("/api/events/view/1", "bob"), 3)).containsExactly("a 1", "b 2", "c 3");
        assertThat(events(open("/api/events/view/1?from=earliest", "ann"), 3)).containsExactly("a 1", "b 2", "c 3");
    }

    @Test
    void noticesWithoutAHeartbeatThatAClientHasGone() throws Exception {
        undertow.stop();
        handler = start(options(Duration.ofHours(1), Duration.ofHours(1)));
        handler.open();

        open("/api/events/view/1", "ann").body().close();

        await("the client's end", () -> hub.subscriptions() == 0);
    }

    @Test
    void endsForTheSubjectsThatADisconnectNames() throws Exception {
        HttpResponse<InputStream> ann = open("/api/events/view/1", "ann");
        HttpResponse<InputStream> bob = open("/api/events/view/1", "bob");
        append(
                new Destination("acme", "view", "1"),
                Event.disconnect(Set.of("bob"), Payload.of("{}".getBytes(StandardCharsets.UTF_8))));
        append("view/1", "a", "1");

        assertThat(events(bob, 1)).containsExactly("disconnect {}");
        assertThat(events(ann, 1)).containsExactly("a 1");
        assertThat(open("/api/events/view/1", "bob").statusCode()).isEqualTo(204);
    }

    @Test
    void goesOnWithTheRestWhenOneOfSeveralWasEnded() throws Exception {
        undertow.stop();
        handler = start(hub, new GrantedPolicy(log), OPTIONS);
        handler.open();
        Destination ended = new Destination("acme", "view", "1");
        append(ended, Event.connect(Set.of("ann"), Set.of()));
        append(new Destination("acme", "view", "2"), Event.connect(Set.of("ann"), Set.of()));
        append("view/2", "a", "1");
        String both = "/api/events?destination=view/1&destination=view/2";
        HttpResponse<InputStream> stream = open(both, "ann");
        append(ended, Event.disconnect(Set.of("ann"), Payload.of("{}".getBytes(StandardCharsets.UTF_8))));
        SseFrames told = frames(stream, 2);
        append("view/1", "secret", "2");
        append("view/2", "b", "3");

        SseFrames rest = frames(open(both, "ann", "Last-Event-ID", told.lastEventId()), 1);

        assertThat(told.texts()).containsExactlyInAnyOrder("disconnect {}", "a 1");
        assertThat(rest.texts()).containsExactly("b 3");
        append(ended, Event.connect(Set.of("ann"), Set.of()));
        assertThat(events(open(both, "ann", "Last-Event-ID", rest.lastEventId()), 1))
                .containsExactly("secret 2");
    }

    @Test
    void keepsOrganisationsApart() throws Exception {
        append("view/1", "a", "1");
        HttpResponse<InputStream> stranger = open("/api/events/view/1", "stranger");
        append(
                new Destination("other", "view", "1"),
                Event.message("own", Payload.of("2".getBytes(StandardCharsets.UTF_8))));

        assertThat(events(stranger, 1)).containsExactly("own 2");
    }

    @Test
    void sendsHeartbeatsWithThePositionWhenItMoved() throws Exception {
        HttpResponse<InputStream> stream = open("/api/events/view/1?from=latest", "ann");
        try (BufferedReader in = reader(stream)) {
            String line = in.readLine();
            while (!line.equals("id: 0.0-0")) {
                line = in.readLine();
            }
            append(new Destination("acme", "view", "1"), Event.connect(Set.of(), Set.of()));
            List<String> next = new ArrayList<>();
            while (!next.contains(": ")) {
                next.add(in.readLine());
            }
            assertThat(next).anyMatch(each -> each.matches("id: [0-9a-z]+\\.[0-9]+-1"));
        }
    }

    @Test
    void tellsOfATokensExpiryAndEndsWithIt() throws Exception {
        HttpResponse<InputStream> stream = open("/api/events/view/1", "brief");
        try (BufferedReader in = reader(stream)) {
            List<String> all =
                    in.lines().filter(line -> line.startsWith("event")).toList();
            assertThat(all).containsExactly("event: token-expiring", "event: token-expired");
        }
    }

    /** Starts one whose clients may take nothing for as long as a busy machine needs. */
    private void startPatient() {
        undertow.stop();
        handler = start(TestOptions.of(o -> o.cleanupMaxAge = Duration.ofMinutes(10)));
        handler.open();
    }

    @Test
    void bringsALargeEventAndManySmallOnesToASlowClient() throws Exception {
        startPatient();
        HttpResponse<InputStream> stream = open("/api/events/view/1", "ann");
        String large = "\"" + "x".repeat(5_000_000) + "\"";
        append("view/1", "large", large);
        for (int i = 0; i < 20_000; i++) {
            append("view/1", "small", Integer.toString(i));
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));

        List<String> expected = new ArrayList<>(List.of("large " + large));
        IntStream.range(0, 20_000).forEach(i -> expected.add("small " + i));
        assertThat(events(stream, 20_001)).isEqualTo(expected);
    }

    @Test
    void needsNoMemoryOutsideTheHeapForALargeEvent() throws Exception {
        startPatient();
        long before = directBytes();
        append("view/1", "large", "\"" + "x".repeat(40_000_000) + "\"");
        HttpResponse<InputStream> stream = open("/api/events/view/1?from=earliest", "ann");

        assertThat(events(stream, 1)).hasSize(1);

        assertThat(directBytes() - before).isLessThan(20_000_000);
    }

    /** What the JVM has for buffers outside the heap; a thread keeps what it once needed to write a buffer of the heap. */
    private static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    @Test
    void removesAConnectionThatAcceptsNothing() throws Exception {
        undertow.stop();
        handler = start(options(Duration.ofSeconds(1), Duration.ofSeconds(2)));
        handler.open();
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4096);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            OutputStream out = socket.getOutputStream();
            out.write(("GET /api/events/view/1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ann\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            await(() -> handler.streams() == 1);
            for (int i = 0; i < 20; i++) {
                append("view/1", "large", "\"" + "x".repeat(1_000_000) + "\"");
            }

            await(() -> handler.streams() == 0 && hub.subscriptions() == 0);
        }
    }

    @Test
    void supervisesTheOthersThoughOneStreamFails() throws Exception {
        undertow.stop();
        // a duration that can't be had in nanoseconds: looking at a stalled stream fails
        handler = start(TestOptions.of(o -> {
            o.cleanupInterval = Duration.ZERO;
            o.cleanupMaxAge = Duration.ofSeconds(Long.MAX_VALUE);
            o.maxStreamsPerSubject = 20;
        }));
        handler.open();
        List<BufferedReader> quiet = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            quiet.add(reader(open("/api/events/view/quiet", "ann")));
        }
        List<Socket> stalled = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                Socket socket = new Socket();
                stalled.add(socket);
                socket.setReceiveBufferSize(4096);
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                socket.getOutputStream()
                        .write(("GET /api/events/view/busy HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer bob\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
            }
            await(() -> handler.streams() == 12);
            for (int i = 0; i < 20; i++) {
                append("view/busy", "large", "\"" + "x".repeat(1_000_000) + "\"");
            }

            await("the stalled streams' end", () -> handler.streams() == 4 && hub.subscriptions() == 4);
            for (BufferedReader each : quiet) {
                String line = each.readLine();
                while (!line.equals(": ")) {
                    line = each.readLine();
                }
                each.close();
            }
        } finally {
            for (Socket socket : stalled) {
                socket.close();
            }
        }
    }

    @Test
    void answersThoughAPolicyThrowsAnError() throws Exception {
        undertow.stop();
        handler = start(
                hub,
                (identity, credentials, destination) -> {
                    throw new LinkageError("told to");
                },
                OPTIONS);
        handler.open();

        HttpResponse<InputStream> answer = open("/api/events/view/1", "ann");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/problem+json"));
    }

    @Test
    void supervisesAConnectionUntilItHasTakenTheEndOfItsStream() throws Exception {
        undertow.stop();
        handler = start(TestOptions.of(o -> {
            o.cleanupInterval = Duration.ofMinutes(5);
            o.cleanupMaxAge = Duration.ofMinutes(10);
        }));
        handler.open();
        for (int i = 0; i < 1_000; i++) {
            append("view/1", "many", "\"" + "x".repeat(20_000) + "\"");
        }
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4096);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            OutputStream out = socket.getOutputStream();
            // long enough for the socket to be full when it ends, also on a busy machine
            out.write(("GET /api/events/view/1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer short\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            await(() -> hub.subscriptions() == 1);

            await(() -> hub.subscriptions() == 0);
            assertThat(handler.streams()).isEqualTo(1);
            await(() -> handler.streams() == 0);
            assertThat(socket.getInputStream().readAllBytes().length).isLessThan(20_000_000);
        }
    }

    @Test
    void tellsAStreamThatHasNotBegunWhenItIsStoppedToComeBack() throws Exception {
        CompletableFuture<LogEnd> never = new CompletableFuture<>();
        Hub waiting = new Hub(
                new ForwardingEventLog() {
                    @Override
                    protected EventLog delegate() {
                        return log;
                    }

                    @Override
                    public CompletionStage<LogEnd> end(Destination destination) {
                        return never;
                    }
                },
                HubListener.NONE);
        undertow.stop();
        handler = start(waiting, AccessPolicy.AUTHENTICATED, OPTIONS);
        handler.open();
        CompletableFuture<HttpResponse<String>> answer =
                http.sendAsync(request("/api/events/view/1", "ann").build(), HttpResponse.BodyHandlers.ofString());
        await(() -> handler.streams() == 1);

        handler.drain(Duration.ZERO);

        assertThat(answer.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(answer.get().body())
                .matches("retry: (1[0-9]|[5-9])[0-9]{2}\n: The stream ended before it began: stopped.\n");
        await(() -> handler.streams() == 0);
    }

    /** The drain begins between the last look whether it does and the opening. */
    @Test
    void endsAStreamThatIsLetInWhileTheDrainBegins() throws Exception {
        Identity ann = new Identity("ann", "acme", Set.of("ann"), Set.of(), null);
        List<Destination> asked = List.of(new Destination("acme", "view", "1"));
        Limits.Place place = handler.enter(ann, "127.0.0.1", 1);
        undertow.stop();
        serve(exchange -> exchange.dispatch(() -> {
            handler.drain(Duration.ZERO);
            handler.open(exchange, ann, asked, Set.copyOf(asked), new Start(Start.From.LATEST, null), place);
        }));

        HttpResponse<String> answer =
                http.send(request("/api/events/view/1", "ann").build(), HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).containsPattern("(^|\n)retry: (1[0-9]|[5-9])[0-9]{2}\n");
        await(() -> handler.streams() == 0 && hub.subscriptions() == 0);
    }

    @Test
    void drainsItsStreamsEachWithATimeToComeBack() throws Exception {
        HttpResponse<InputStream> stream = open("/api/events/view/1", "ann");
        await(() -> handler.streams() == 1);

        handler.drain(Duration.ofMillis(500));

        try (BufferedReader in = reader(stream)) {
            assertThat(in.lines().filter(line -> line.startsWith("retry: ")).toList())
                    .hasSize(2)
                    .last()
                    .asString()
                    .matches("retry: (1[0-9]|[5-9])[0-9]{2}");
        }
        await(() -> handler.streams() == 0);
    }

    @Test
    void sendsThoseWhoComeWhileItDrainsAwayForAMomentAndNotBackOnTheirConnection() throws Exception {
        handler.drain(Duration.ZERO);

        String answer = untilClosed("/api/events/view/1");

        assertThat(answer)
                .startsWith("HTTP/1.1 200 ")
                .contains("\r\nConnection: close\r\n")
                .containsPattern("\r\n\r\nretry: (1[0-9]|[5-9])[0-9]{2}\n: The gateway stops; .*\n$");
    }

    @Test
    void sendsThemAwayWithAStatusWhereThatIsAskedFor() throws Exception {
        undertow.stop();
        handler = start(options(SseSettings.Overload.STATUS));
        handler.open();
        handler.drain(Duration.ZERO);

        String answer = untilClosed("/api/events/view/1");

        assertThat(answer)
                .startsWith("HTTP/1.1 503 ")
                .contains("\r\nConnection: close\r\n")
                .containsPattern("\r\nRetry-After: [12]\r\n")
                .contains("application/problem+json");
    }

    @Test
    void closesTheConnectionOfADrainedStreamOnWhichItsClientWouldComeBack() throws Exception {
        try (Socket socket = asking("/api/events/view/1")) {
            StringBuilder answer = new StringBuilder();
            while (answer.indexOf("events follow") < 0) {
                answer.append((char) socket.getInputStream().read());
            }

            handler.drain(Duration.ZERO);

            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .endsWith("\r\n0\r\n\r\n");
        }
    }

    /** All that comes on a connection until the server closes it, within less time than idle ones have. */
    private String untilClosed(String path) throws IOException {
        try (Socket socket = asking(path)) {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private Socket asking(String path) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(30_000);
        String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ann\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET    | /api/events/view/1         |        | text/event-stream | 401",
                "GET    | /api/events/view/1         | ann    | text/html         | 406",
                "GET    | /api/events/view/1         | ann    | text/event-stream;q=0 | 406",
                "GET    | /api/events/view/1         | ann    | ;                 | 406",
                "POST   | /api/events/view/1         | ann    | */*               | 405",
                "GET    | /api/events/view           | ann    | */*               | 404",
                "GET    | /api/events/VIEW/1         | ann    | */*               | 400",
                "GET    | /api/events/view/          | ann    | */*               | 400",
                "GET    | /api/events                | ann    | */*               | 400",
                "GET    | /api/events?destination=x  | ann    | */*               | 400",
                "GET    | /api/events/user/bob       | ann    | */*               | 403",
                "GET    | /api/events/view/1?from=x  | ann    | */*               | 400",
                "GET    | /api/events/view/1         | later  | */*               | 200"
            })
    void answersWhatToChange(String method, String path, String token, String accept, int status) throws Exception {
        HttpRequest.Builder request = request(path, token)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .setHeader("Accept", accept)
                .header("Origin", "https://app.example.com");

        HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).contains("https://app.example.com");
        if (status >= 400) {
            assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
            assertThat(answer.body()).contains("\"status\":" + status).contains("\"detail\":\"");
        } else {
            assertThat(answer.body()).matches("retry: [2-9][0-9]{3}\n: .+\n");
        }
        assertThat(answer.headers().firstValue("WWW-Authenticate").isPresent()).isEqualTo(status == 401);
    }

    @ParameterizedTest
    @CsvSource({
        "https://app.example.com, true",
        "https://APP.example.com, true",
        "http://app.example.com, false",
        "https://evil-app.example.com, false",
        "https://a.example.org, true",
        "https://a.b.example.org, true",
        "https://example.org, false",
        "https://a.example.org.evil.com, false",
        "null, false"
    })
    void letsInPagesOfListedOriginsOnly(String origin, boolean allowed) throws Exception {
        HttpRequest preflight = HttpRequest.newBuilder(uri("/api/events/view/1"))
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "GET")
                .build();

        HttpResponse<Void> answer = http.send(preflight, HttpResponse.BodyHandlers.discarding());

        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin").isPresent())
                .isEqualTo(allowed);
        assertThat(answer.headers().firstValue("Access-Control-Expose-Headers"))
                .isEqualTo(allowed ? Optional.of("Retry-After, X-Request-Id") : Optional.empty());
        assertThat(answer.headers().firstValue("Vary")).contains("Origin");
        assertThat(answer.headers().firstValue("Access-Control-Allow-Headers").orElse(""))
                .contains("Last-Event-ID");
    }

    private void append(String path, String name, String data) {
        int slash = path.indexOf('/');
        Destination destination = new Destination("acme", path.substring(0, slash), path.substring(slash + 1));
        append(destination, Event.message(name, Payload.of(data.getBytes(StandardCharsets.UTF_8))));
    }

    private void append(Destination destination, Event event) {
        log.append(List.of(), List.of(new Entry(destination, event, new Source("t", "id", 0, offset++), null)));
    }

    private HttpResponse<InputStream> open(String path, String token, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path, token);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    }

    private HttpRequest.Builder request(String path, String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(20));
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private static BufferedReader reader(HttpResponse<InputStream> answer) {
        return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }

    private static List<String> lines(HttpResponse<InputStream> answer, int count) throws IOException {
        List<String> lines = new ArrayList<>();
        try (BufferedReader in = reader(answer)) {
            while (lines.size() < count) {
                lines.add(in.readLine());
            }
        }
        return lines;
    }

    /** So many events, each as its name and data. */
    private static List<String> events(HttpResponse<InputStream> answer, int count) throws IOException {
        return frames(answer, count).texts();
    }

    /** What is sent until so many events have come. */
    private static SseFrames frames(HttpResponse<InputStream> answer, int count) throws IOException {
        try (InputStream in = new BufferedInputStream(answer.body())) {
            return SseFrames.read(in, count);
        }
    }
}
