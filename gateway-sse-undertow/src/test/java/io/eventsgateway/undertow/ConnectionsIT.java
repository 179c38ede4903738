package io.eventsgateway.undertow;

import static io.eventsgateway.Await.await;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.auth.AccessPolicy;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.config.Environment;
import io.eventsgateway.hub.Hub;
import io.eventsgateway.hub.HubListener;
import io.eventsgateway.log.InMemoryEventLog;
import io.eventsgateway.undertow.Connections.Patience;
import io.undertow.Handlers;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.PathHandler;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Connections on which nothing goes on, byte by byte as they come. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConnectionsIT {

    private static final Patience SHORT =
            new Patience(Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(2));

    /** The preface, and settings without any. */
    private static final String HTTP2 =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\u0000\u0000\u0000\u0004\u0000\u0000\u0000\u0000\u0000";

    private final InMemoryEventLog log = new InMemoryEventLog(Duration.ofHours(1), InstantSource.system());
    private final Hub hub = new Hub(log, HubListener.NONE);
    private final List<Socket> sockets = new ArrayList<>();
    private SseServer server;
    private volatile @Nullable HttpServerExchange last;

    @AfterEach
    void stop() throws IOException {
        for (Socket each : sockets) {
            each.close();
        }
        hub.close();
        server.close();
        log.close();
    }

    private void start(ServerOptions options) {
        EventsHandler events = new EventsHandler(
                hub,
                credentials ->
                        CompletableFuture.completedStage(new Identity("ann", "acme", Set.of("ann"), Set.of(), null)),
                AccessPolicy.AUTHENTICATED,
                null,
                SseSettings.options(new Environment(Map.of("EVENTS_SSE_HEARTBEATSECS", "1"))));
        events.open();
        HttpHandler taking = exchange -> exchange.getRequestReceiver()
                .receiveFullBytes(
                        (received, body) -> received.getResponseSender().send("taken"));
        PathHandler paths = Handlers.path().addPrefixPath("/api/events", events).addPrefixPath("/take", taking);
        HttpHandler noting = exchange -> {
            last = exchange;
            paths.handleRequest(exchange);
        };
        server = new SseServer(options, noting, SHORT);
        server.start();
    }

    static List<Arguments> silent() {
        return List.of(
                Arguments.of("nothing", ""),
                Arguments.of("half a request", "GET /api/events/view/1 HTTP/1.1\r\nHost: a\r\n"),
                Arguments.of("HTTP/2 and no stream", HTTP2),
                Arguments.of(
                        "HTTP/2 and a header that does not end",
                        HTTP2 + "\u0000\u0000\u0001\u0001\u0001\u0000\u0000\u0000\u0001\u0082"),
                Arguments.of(
                        "a body that does not come", "POST /take HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"),
                Arguments.of(
                        "a chunk that does not come",
                        "POST /take HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("silent")
    void areClosedWhenNothingGoesOn(String name, String sent) throws Exception {
        start(ServerOptions.of("127.0.0.1", 0));

        assertThat(readsToTheEnd(open(sent))).doesNotContain("200 OK");
        await(() -> server.connections() == 0);
    }

    @ParameterizedTest
    @MethodSource("silentBytesOfTls")
    void areClosedWhenTheirHandshakeDoesNotEnd(String sent) throws Exception {
        start(ServerOptions.of("127.0.0.1", 0).with(SSLContext.getDefault()));

        readsToTheEnd(open(sent));
        await(() -> server.connections() == 0);
    }

    static List<String> silentBytesOfTls() {
        return List.of("", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003");
    }

    @Test
    void areClosedWhenTheNextRequestStopsHalfway() throws Exception {
        start(ServerOptions.of("127.0.0.1", 0));
        Socket socket = open("POST /take HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n{GET /api");

        assertThat(readsToTheEnd(socket)).contains("taken");
        await(() -> server.connections() == 0);
    }

    @Test
    void keepNothingOfTheRequestOfAStream() throws Exception {
        start(ServerOptions.of("127.0.0.1", 0));

        assertThat(reads(open("GET /api/events/view/1 HTTP/1.1\r\nHost: a\r\n\r\n")))
                .contains("200 OK", "retry: 3000");

        HttpServerExchange exchange = requireNonNull(last);
        assertThat(exchange.getRequestHeaders()).isEmpty();
        assertThat(exchange.getRequestURI() + exchange.getRequestPath() + exchange.getRelativePath())
                .isEmpty();
        await(() -> exchange.getResponseHeaders().size() == 0);
    }

    @Test
    void stayWhileAStreamIsOpenHoweverLong() throws Exception {
        start(ServerOptions.of("127.0.0.1", 0));
        Socket stream = open("GET /api/events/view/1 HTTP/1.1\r\nHost: a\r\n\r\n");

        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(6);
        String read = "";
        while (System.nanoTime() < until) {
            read += reads(stream);
        }

        assertThat(read).contains("200 OK", "retry: 3000");
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void areClosedAtOnceBeyondTheirNumberAndTakenWhenOthersLeft() throws Exception {
        start(new ServerOptions("127.0.0.1", 0, 32 * 1024, 3, 0, 0, 64 * 1024, null, Cors.NONE));
        List<Socket> streams = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            streams.add(open("GET /api/events/view/1 HTTP/1.1\r\nHost: a\r\n\r\n"));
            assertThat(reads(streams.get(i))).contains("200 OK");
        }

        assertThat(readsToTheEnd(open(""))).isEmpty();

        streams.get(0).close();
        await(() -> server.connections() == 2);
        assertThat(reads(open("GET /api/events/view/1 HTTP/1.1\r\nHost: a\r\n\r\n")))
                .contains("200 OK");
        assertThat(reads(streams.get(1))).isNotEmpty();
    }

    @Test
    void areBoundedByAddress() throws Exception {
        start(new ServerOptions("127.0.0.1", 0, 32 * 1024, 100, 2, 0, 64 * 1024, null, Cors.NONE));
        Socket first = open("GET /api/events/view/1 HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(reads(first)).contains("200 OK");
        assertThat(reads(open("GET /api/events/view/1 HTTP/1.1\r\nHost: a\r\n\r\n")))
                .contains("200 OK");

        assertThat(readsToTheEnd(open(""))).isEmpty();
        Socket other =
                new Socket(InetAddress.getLoopbackAddress(), server.port(), InetAddress.getByName("127.0.0.2"), 0);
        sockets.add(other);
        other.getOutputStream()
                .write("GET /api/events/view/1 HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(reads(other)).contains("200 OK");

        first.close();
        await(() -> server.connections() == 2);
        assertThat(reads(open("GET /api/events/view/1 HTTP/1.1\r\nHost: a\r\n\r\n")))
                .contains("200 OK");
    }

    @Test
    void announceHowManyStreamsTheyCarry() throws Exception {
        start(ServerOptions.of("127.0.0.1", 0));

        String settings = reads(open(HTTP2));

        // identifier 3, value 1000 (RFC 9113, section 6.5.2)
        assertThat(settings).contains("\u0000\u0003\u0000\u0000\u0003\u00e8");
    }

    private Socket open(String sent) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        sockets.add(socket);
        socket.getOutputStream().write(sent.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    /** What comes next; waits for it. */
    private static String reads(Socket socket) throws IOException {
        socket.setSoTimeout(30_000);
        byte[] some = new byte[8192];
        int n = socket.getInputStream().read(some);
        return n < 0 ? "" : new String(some, 0, n, StandardCharsets.ISO_8859_1);
    }

    /** All that comes until the server closes, which it does. */
    private static String readsToTheEnd(Socket socket) throws IOException {
        socket.setSoTimeout(60_000);
        StringBuilder all = new StringBuilder();
        InputStream in = socket.getInputStream();
        byte[] some = new byte[8192];
        try {
            for (int n = in.read(some); n >= 0; n = in.read(some)) {
                all.append(new String(some, 0, n, StandardCharsets.ISO_8859_1));
            }
        } catch (java.net.SocketTimeoutException open) {
            throw new AssertionError("still open", open);
        } catch (IOException reset) {
            return all.toString();
        }
        return all.toString();
    }
}
