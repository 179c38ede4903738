package io.eventsgateway.undertow;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.Payload;
import io.eventsgateway.Source;
import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessPolicy;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.config.Environment;
import io.eventsgateway.hub.Hub;
import io.eventsgateway.hub.HubListener;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.InMemoryEventLog;
import io.undertow.Handlers;
import io.undertow.server.handlers.PathHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests as clients, proxies and monitors make them, byte by byte. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RequestsIT {

    private static final String PATH = "/api/events/view/1";
    private static final String ANN = "Host: a\r\nAuthorization: Bearer ann\r\nOrigin: https://app.example.com\r\n";

    private final InMemoryEventLog log = new InMemoryEventLog(Duration.ofHours(1), InstantSource.system());
    private final Hub hub = new Hub(log, HubListener.NONE);
    private EventsHandler handler;
    private SseServer server;
    private long offset;

    @BeforeEach
    void start() {
        Environment environment = new Environment(Map.of(
                "EVENTS_SSE_HEARTBEATSECS", "1",
                "EVENTS_SSE_RATEPERADDRESS", "5",
                "APPLICATION_CORS_ALLOW_ORIGIN", "https://app.example.com:443"));
        handler = new EventsHandler(
                hub,
                credentials -> credentials.token() == null
                        ? new AccessException(AccessException.Reason.UNAUTHENTICATED, "Bring a token.").asStage()
                        : CompletableFuture.completedStage(new Identity("ann", "acme", Set.of("ann"), Set.of(), null)),
                AccessPolicy.AUTHENTICATED,
                null,
                SseSettings.options(environment));
        handler.open();
        PathHandler paths = Handlers.path().addPrefixPath("/api/events", handler);
        server = new SseServer(
                new ServerOptions(
                        "127.0.0.1", 0, 32 * 1024, 1000, 0, 0, 64 * 1024, null, environment.get(SseSettings.CORS)),
                new ClientAddress(TrustedProxies.parse("1"), paths));
        server.start();
    }

    @AfterEach
    void stop() {
        hub.close();
        server.close();
        log.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 2\r\n\r\n{}",
                "Content-Length: 0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                "Content-Length: 3\r\n\r\n{",
                "Transfer-Encoding: chunked\r\n\r\n2\r\n{"
            })
    void haveABodyThatMeansNothing(String rest) throws Exception {
        try (Socket socket = send("GET " + PATH + " HTTP/1.1\r\n" + ANN + rest)) {
            readUntil(socket, "events follow");

            append("\"one\"");
            readUntil(socket, "\"one\"");
            append("\"two\"");
            readUntil(socket, "\"two\"");
        }
        await(() -> handler.streams() == 0);
    }

    @Test
    void haveABodyThatComesLateAndIsNotedWhenItsClientGoes() throws Exception {
        try (Socket socket = send("GET " + PATH + " HTTP/1.1\r\n" + ANN + "Content-Length: 2\r\n\r\n{")) {
            readUntil(socket, "events follow");
            socket.getOutputStream().write('}');

            append("\"one\"");
            readUntil(socket, "\"one\"");
        }
        await(() -> handler.streams() == 0);
    }

    @Test
    void askForTheHeadersAlone() throws Exception {
        try (Socket socket = send("HEAD " + PATH + " HTTP/1.1\r\n" + ANN + "\r\n")) {
            assertThat(readUntil(socket, "\r\n\r\n"))
                    .startsWith("HTTP/1.1 200")
                    .contains("text/event-stream;charset=utf-8", "no-store, no-transform", "X-Accel-Buffering: no");
            await(() -> handler.streams() == 0);

            // the connection is good for the next one, and nothing of a body was between
            socket.getOutputStream()
                    .write(("HEAD " + PATH + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            assertThat(readUntil(socket, "\r\n\r\n")).startsWith("HTTP/1.1 401").doesNotContain("Bring a token");
        }
    }

    @Test
    void askWhatIsAllowed() throws Exception {
        try (Socket socket = send("OPTIONS " + PATH + " HTTP/1.1\r\n" + ANN + "\r\n")) {
            assertThat(readUntil(socket, "\r\n\r\n"))
                    .startsWith("HTTP/1.1 204")
                    .contains("Allow: GET, HEAD, OPTIONS", "Access-Control-Allow-Origin: https://app.example.com");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection: close",
                "Connection: close, TE",
                "Connection: TE,CLOSE",
                "Connection: TE\r\nConnection: close"
            })
    void askForTheConnectionsEnd(String header) throws Exception {
        try (Socket socket = send("OPTIONS " + PATH + " HTTP/1.1\r\n" + ANN + header + "\r\nTE: trailers\r\n\r\n")) {
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);

            assertThat(answer).startsWith("HTTP/1.1 204").contains("Connection: close");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NONSENSE",
                "GET  HTTP/1.1",
                "GET / HTTP/1.1\r\nno colon",
                "GET / HTTP/1.1\r\nHost",
                "GET /api/events/view/%zz HTTP/1.1\r\nHost: a",
                "GET /api/events/view/1% HTTP/1.1\r\nHost: a"
            })
    void areToldWhenTheyAreNoRequests(String beginning) throws Exception {
        try (Socket socket = send(beginning + "\r\n\r\n")) {
            assertThat(readUntil(socket, "}"))
                    .startsWith("HTTP/1.1 400")
                    .contains("application/problem+json", "\"status\":400", "no HTTP request", "two hexadecimal");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/api/events/view/1/           | no slash at its end",
                "/api/events/user/             | no slash at its end",
                "/api/events/                  | no slash at its end",
                "/api/events//view/1           | no doubled slash",
                "/api/events/view//1           | no doubled slash",
                "/api/events/view/a;b          | no parameters behind ';'",
                "/api/events/view;x=y/a        | no parameters behind ';'",
                "/api/events/view/a%252Fb      | encoded twice",
                "/api/events/view%252F1        | encoded twice",
                "/api/events/view/%E9          | UTF-8",
                "/api/events/view/%C0%AF       | UTF-8",
                "/api/events/view/%ED%A0%80    | UTF-8",
                "/api/events/view/é            | ASCII only",
                "/api/events?destination=%E9   | UTF-8"
            })
    void nameNothingWhereTheirPathCanBeReadInTwoWays(String path, String hint) throws Exception {
        try (Socket socket = send("GET " + path + " HTTP/1.1\r\n" + ANN + "\r\n")) {
            assertThat(readUntil(socket, "}"))
                    .startsWith("HTTP/1.1 400")
                    .contains("application/problem+json", "Access-Control-Allow-Origin", hint);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "view/a%2Fb,        a/b",
        "view/a/b,          a/b",
        "view%2Fa,          a",
        "view/50%25,        50%",
        "view/a%3Bb,        a;b",
        "view/a%20b,        a b",
        "view/a+b,          a+b",
        "view/%C3%A4,       \u00e4",
        "view/%F0%9F%98%80, \ud83d\ude00",
        "view/a%2F,         a/"
    })
    void nameAnIdHoweverItIsEncoded(String path, String id) throws Exception {
        append(new Destination("acme", "view", id), "\"it\"");

        try (Socket socket = send("GET /api/events/" + path + "?from=earliest HTTP/1.1\r\n" + ANN + "\r\n")) {
            readUntil(socket, "\"it\"");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {33_000, 40_000, 60_000})
    void areToldWhenTheirHeadersAreTooLarge(int size) throws Exception {
        String header = "X-Much: " + "x".repeat(size) + "\r\n";
        try (Socket socket = send("GET " + PATH + " HTTP/1.1\r\n" + ANN + header + "\r\n")) {
            assertThat(readUntil(socket, "}"))
                    .startsWith("HTTP/1.1 431")
                    .contains(
                            "application/problem+json",
                            "SERVER_MAX_HTTP_REQUEST_HEADER_SIZE",
                            "Access-Control-Allow-Origin: https://app.example.com");
        }
    }

    @Test
    void haveHeadersAsLargeOverHttp2() throws Exception {
        HttpClient http = HttpClient.newHttpClient();
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + "/api/events/view/1"));
        assertThat(http.send(request.build(), BodyHandlers.ofString()).version())
                .isEqualTo(HttpClient.Version.HTTP_2);

        HttpResponse<String> large =
                http.send(request.setHeader("X-Much", "x".repeat(31_000)).build(), BodyHandlers.ofString());
        assertThat(large.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(large.body()).contains("Bring a token");

        HttpResponse<String> tooLarge =
                http.send(request.setHeader("X-Much", "x".repeat(40_000)).build(), BodyHandlers.ofString());
        assertThat(tooLarge.statusCode()).isEqualTo(431);
        assertThat(tooLarge.body()).contains("SERVER_MAX_HTTP_REQUEST_HEADER_SIZE");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-For: 10.9.1.%d, 203.0.113.7",
                "X-Forwarded-For: 2001:db8::%d",
                "X-Forwarded-For: 10.9.1.%d\r\nX-Forwarded-For: 203.0.113.7",
                "Forwarded: for=10.9.1.%d, for=203.0.113.7",
                "Forwarded: for=10.9.1.%d\r\nX-Forwarded-For: 203.0.113.7"
            })
    void doNotChooseTheirAddressBehindAProxy(String forwarded) throws Exception {
        int letIn = 0;
        for (int i = 0; i < 40; i++) {
            String chosen = String.format(Locale.ROOT, forwarded, i) + "\r\n";
            try (Socket socket = send("HEAD " + PATH + " HTTP/1.1\r\nHost: a\r\n" + chosen + "\r\n")) {
                letIn += readUntil(socket, "\r\n").contains(" 401") ? 1 : 0;
            }
        }
        assertThat(letIn).isBetween(5, 30);

        try (Socket socket = send("HEAD " + PATH + " HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.8\r\n\r\n")) {
            assertThat(readUntil(socket, "\r\n")).contains(" 401");
        }
    }

    private void append(String data) {
        append(new Destination("acme", "view", "1"), data);
    }

    private void append(Destination destination, String data) {
        Event event = Event.message("x", Payload.of(data.getBytes(StandardCharsets.UTF_8)));
        Entry entry = new Entry(destination, event, new Source("t", "t", 0, offset++), null);
        log.append(List.of(), List.of(entry)).toCompletableFuture().join();
    }

    private Socket send(String request) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(30_000);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    /** All up to a text, for which it waits. */
    private static String readUntil(Socket socket, String text) throws IOException {
        StringBuilder read = new StringBuilder();
        while (read.indexOf(text) < 0) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                throw new AssertionError("ended without " + text + ": " + read);
            }
            read.append((char) next);
        }
        return read.toString();
    }
}
