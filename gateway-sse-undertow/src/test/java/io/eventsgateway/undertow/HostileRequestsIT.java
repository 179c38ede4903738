package io.eventsgateway.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.filter.ThresholdFilter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.Payload;
import io.eventsgateway.Source;
import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessException.Reason;
import io.eventsgateway.auth.AccessPolicy;
import io.eventsgateway.auth.Credentials;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.hub.Hub;
import io.eventsgateway.hub.HubListener;
import io.eventsgateway.hub.Start;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.InMemoryEventLog;
import io.undertow.Handlers;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Requests that must get nothing, byte by byte as they come; each refused for its own reason, and the server goes on. */
class HostileRequestsIT {

    private static final String SECRET = "secret of acme";
    private static final String ANN = "Authorization: Bearer ann\r\n";
    private static final SseOptions OPTIONS = TestOptions.of(o -> {
        o.start = Start.From.EARLIEST;
        o.cleanupInterval = Duration.ofMinutes(5);
        o.cleanupMaxAge = Duration.ofMinutes(10);
        o.cors = Cors.parse("https://*.example.com,http://localhost:4200");
    });

    private static final InMemoryEventLog LOG = new InMemoryEventLog(Duration.ofHours(1), InstantSource.system());
    private static Hub hub;
    private static SseServer server;

    /**
     * A request that must get nothing.
     *
     * @param name what is wrong with it
     * @param bytes all of it
     * @param status what it is answered; 0 for a connection that is closed without an answer
     * @param reason part of what the body says
     */
    private record Hostile(String name, String bytes, int status, String reason) {
        @Override
        public String toString() {
            return name;
        }
    }

    @BeforeAll
    static void start() {
        hub = new Hub(LOG, HubListener.NONE);
        EventsHandler handler =
                new EventsHandler(hub, HostileRequestsIT::authenticate, AccessPolicy.AUTHENTICATED, null, OPTIONS);
        handler.open();
        server = new SseServer("127.0.0.1", 0, Handlers.path().addPrefixPath("/api/events", handler));
        server.start();
        Event event = Event.message("secret", Payload.of(("\"" + SECRET + "\"").getBytes(StandardCharsets.UTF_8)));
        for (String path : List.of("view/1", "user/bob", "user/ann")) {
            Destination destination = new Destination(
                    path.equals("user/ann") ? "globex" : "acme", path.split("/")[0], path.split("/")[1]);
            LOG.append(List.of(), List.of(new Entry(destination, event, new Source(path, "t", 0, 0), null)))
                    .toCompletableFuture()
                    .join();
        }
    }

    @AfterAll
    static void stop() {
        hub.close();
        server.close();
        LOG.close();
    }

    /** The token is the name; only bob sees the secret. */
    private static CompletionStage<Identity> authenticate(Credentials credentials) {
        try {
            return CompletableFuture.completedStage(identity(credentials));
        } catch (AccessException refused) {
            return refused.asStage();
        }
    }

    private static Identity identity(Credentials credentials) throws AccessException {
        String token = credentials.token();
        if (token == null || !Set.of("ann", "bob").contains(token)) {
            throw new AccessException(Reason.UNAUTHENTICATED, "Bring a token.");
        }
        return new Identity(token, token.equals("bob") ? "acme" : "other", Set.of(token), Set.of(), null);
    }

    @Test
    void showsTheSecretToWhomItIsFor() throws Exception {
        assertThat(answer(get("/api/events/view/1", "Authorization: Bearer bob\r\n")))
                .contains("200 OK", SECRET);
        assertThat(answer(get("/api/events/user", "Authorization: Bearer bob\r\n")))
                .contains("200 OK", SECRET);
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void getsNothing(Hostile hostile) throws Exception {
        String answer = answer(hostile.bytes());

        assertThat(answer).doesNotContain(SECRET).doesNotContain("Exception", "at io.");
        if (hostile.status() == 0) {
            assertThat(answer).doesNotStartWith("HTTP/1.1 200");
        } else {
            assertThat(answer).startsWith("HTTP/1.1 " + hostile.status()).contains(hostile.reason());
        }
        // what is at other paths is another handler's, which is none here
        boolean elsewhere =
                answer.startsWith("HTTP/1.1 404") && hostile.reason().isEmpty();
        if (answer.startsWith("HTTP/1.1 4") && !elsewhere) {
            assertThat(answer).contains("application/problem+json");
        }
        assertThat(beginning(get("/api/events/view/1", "Authorization: Bearer bob\r\n")))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void areMany() {
        assertThat(hostile()).hasSizeGreaterThanOrEqualTo(200);
    }

    static Stream<Hostile> hostile() {
        List<Hostile> all = new ArrayList<>();
        for (String method : List.of("POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "get")) {
            all.add(new Hostile(
                    "method " + method,
                    method + " /api/events/view/1 HTTP/1.1\r\nHost: a\r\n" + ANN + "Content-Length: 0\r\n\r\n",
                    405,
                    "read with GET"));
        }
        for (String accept : List.of("application/json", "text/event-stream;q=0", "text/html, application/*", ";")) {
            all.add(new Hostile(
                    "Accept " + accept, get("/api/events/view/1", ANN + "Accept: " + accept + "\r\n"), 406, "Accept"));
        }
        for (String header : List.of(
                "",
                "Authorization: ann\r\n",
                "Authorization: Basic YW5uOmFubg==\r\n",
                "Authorization: Bearer\r\n",
                "Authorization: Bearer  \r\n",
                "Authorization: Bearer nobody\r\n",
                "Authorization: Bearer ann, Bearer bob\r\n",
                "Cookie: token=bob; access_token=bob\r\n",
                "X-Forwarded-User: bob\r\nX-Remote-User: bob\r\n")) {
            all.add(new Hostile(
                    "credentials " + header.replace("\r\n", " "),
                    get("/api/events/view/1", header),
                    401,
                    "Bring a token"));
        }
        all.add(new Hostile(
                "two credentials",
                get("/api/events/view/1", "Authorization: Bearer nobody\r\nAuthorization: Bearer bob\r\n"),
                400,
                "more than once"));
        all.add(new Hostile(
                "a token in the query", get("/api/events/view/1?access_token=bob", ""), 401, "Bring a token"));
        for (String path : List.of("", "/", "?destination=", "?destination=%20", "?destination=a&destination=b")) {
            all.add(new Hostile("path " + path, get("/api/events" + path, ANN), 400, "estination"));
        }
        for (String path : List.of(
                "View/1",
                "view%00/1",
                "vi.ew/1",
                "a".repeat(33) + "/1",
                "view/" + "a".repeat(257),
                "view/a%00b",
                "view/a%0d%0aX-Evil:%201",
                "view/%7f",
                "-/1",
                "%2e%2e/1")) {
            all.add(new Hostile(
                    "destination " + path.substring(0, Math.min(40, path.length())),
                    get("/api/events/" + path, ANN),
                    400,
                    "Bad destination"));
        }
        addRefusedByTheirForm(all);
        addMalformed(all);
        all.add(new Hostile("a type alone", get("/api/events/view", ANN), 404, "A destination is"));
        all.add(new Hostile("another's events", get("/api/events/user/bob", ANN), 403, "that user only"));
        all.add(new Hostile("everybody's events", get("/api/events/user/*", ANN), 403, "that user only"));
        all.add(new Hostile("another's events, encoded", get("/api/events/user%2Fbob", ANN), 403, "that user only"));
        all.add(new Hostile(
                "another's events among one's own",
                get("/api/events?destination=user&destination=user/bob", ANN),
                403,
                "that user only"));
        all.add(new Hostile(
                "more destinations than any page",
                get(
                        "/api/events?"
                                + IntStream.range(0, 65)
                                        .mapToObj(i -> "destination=view/" + i)
                                        .collect(Collectors.joining("&")),
                        ANN),
                400,
                "Name 1 to 64"));
        all.add(new Hostile(
                "a start that is none", get("/api/events/view/1?from=yesterday", ANN), 400, "earliest or latest"));
        all.add(new Hostile("a path elsewhere", get("/api/other", ANN), 404, ""));
        all.add(new Hostile("a path that climbs", get("/api/events/../../secret", ANN), 400, "Bad destination"));
        all.add(new Hostile(
                "a header without end", get("/api/events/view/1", ANN + "X: " + "a".repeat(40_000)), 0, ""));
        all.add(new Hostile(
                "a path without end", get("/api/events/view/" + "a".repeat(40_000), ANN), 431, "larger than 32768"));
        all.add(new Hostile(
                "headers without number", get("/api/events/view/1", ANN + "X: 1\r\n".repeat(1000)), 400, ""));
        all.add(new Hostile(
                "250 headers",
                get(
                        "/api/events/view/1",
                        ANN
                                + IntStream.range(0, 250)
                                        .mapToObj(i -> "X-" + i + ": 1\r\n")
                                        .collect(Collectors.joining())),
                431,
                "more than 200"));
        all.add(new Hostile("no version", "GET /api/events/view/1\r\n" + ANN + "\r\n", 0, ""));
        all.add(new Hostile(
                "a space in the path", "GET /api/events/view/1 x HTTP/1.1\r\nHost: a\r\n" + ANN + "\r\n", 0, ""));
        all.add(new Hostile(
                "two lengths",
                "GET /api/events/view/1 HTTP/1.1\r\nHost: a\r\n" + ANN
                        + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                0,
                ""));
        all.add(new Hostile("no text at all", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000", 0, ""));
        return all.stream();
    }

    private static void addMalformed(List<Hostile> all) {
        for (String path : List.of("view/%", "view/%4", "view/%zz", "view/\u00e4", "view/a\u0001b", "view/a\\..\\b%")) {
            all.add(new Hostile("malformed " + path, get("/api/events/" + path, ANN), 400, ""));
        }
        for (String query :
                List.of("destination=%", "destination=view/%zz", "destination=view/%FF", "%=1", "from=%E4")) {
            all.add(new Hostile("malformed query " + query, get("/api/events?" + query, ANN), 400, ""));
        }
        for (String header : List.of(
                "Content-Length: -1",
                "Content-Length: a",
                "Content-Length: 99999999999999999999",
                "Content-Length: 1\r\nContent-Length: 2",
                "X : y",
                ": y",
                "X\u0000Y: z",
                "no colon",
                "Fx-Organization-Id: acme\r\nFx-Organization-Id: other")) {
            all.add(new Hostile("header " + header, get("/api/events/view/1", ANN + header + "\r\n"), 400, ""));
        }
        for (String line : List.of(
                "GET /api/events/view/1 HTTPS/1.1",
                "GET  /api/events/view/1 HTTP/1.1",
                "GET api/events/view/1 HTTP/1.1",
                "GET http://a/api/events/user/bob/ HTTP/1.1",
                "GET * HTTP/1.1")) {
            all.add(new Hostile(line, line + "\r\nHost: a\r\n" + ANN + "\r\n", 0, ""));
        }
    }

    private static void addRefusedByTheirForm(List<Hostile> all) {
        for (String method :
                List.of("CONNECT", "LINK", "SEARCH", "QUERY", "M-SEARCH", "GETS", "Get", "head", "options", "XGET")) {
            all.add(new Hostile(
                    "method " + method,
                    method + " /api/events/view/1 HTTP/1.1\r\nHost: a\r\n" + ANN + "\r\n",
                    method.equals("CONNECT") ? 0 : 405,
                    ""));
        }
        for (String accept : List.of(
                "text/event-stream;q=0.000",
                "text/event-stream;q=0, */*",
                "text/*;q=0, */*",
                "image/*",
                "text/plain",
                "text/event-stream2",
                "text/event-strea",
                "*/text",
                "text",
                "application/*",
                "text/event-stream ; Q = 0",
                "application/json, text/html;q=0.9",
                "text/event-stream;charset=utf-8;q=0")) {
            all.add(new Hostile(
                    "Accept " + accept, get("/api/events/view/1", ANN + "Accept: " + accept + "\r\n"), 406, "Accept"));
        }
        for (String token : List.of(
                "Basic bob",
                "bob",
                "Digest bob",
                "Negotiate bob",
                "Bearer Bob",
                "Bearer BOB",
                "Bearer \"bob\"",
                "Bearer bob,",
                "Bearer bob;",
                "Bearer bob bob",
                "Bearer bob=",
                "Bearer=bob",
                "Bearer:bob",
                "Bearer\tbob",
                "Token bob",
                "Bearer ../bob",
                "Bearer %62ob",
                "Bearer bob%00",
                "Bearer ann bob",
                "Bearer null",
                "Bearer undefined")) {
            all.add(new Hostile(
                    "token " + token,
                    get("/api/events/view/1", "Authorization: " + token + "\r\n"),
                    401,
                    "Bring a token"));
        }
        for (String header : List.of(
                "X-Access-Token: bob",
                "Token: bob",
                "X-Auth-Token: bob",
                "X-Forwarded-Access-Token: bob",
                "Proxy-Authorization: Bearer bob",
                "X-Original-URL: /api/events/user/bob",
                "X-Rewrite-URL: /api/events/user/bob",
                "X-HTTP-Method-Override: GET",
                "Fx-Organization-Id: acme",
                "X-User: bob",
                "From: bob",
                "Cookie: access_token=bob",
                "Cookie: Authorization=Bearer bob",
                "X-Client-Cert: bob",
                "SSL_CLIENT_S_DN: CN=bob",
                "Forwarded: for=127.0.0.1",
                "X-Forwarded-For: 127.0.0.1",
                "X-Real-IP: 127.0.0.1")) {
            all.add(new Hostile(
                    "nothing but " + header, get("/api/events/view/1", header + "\r\n"), 401, "Bring a token"));
        }
        for (String query : List.of(
                "token=bob",
                "access_token=bob&access_token=ann",
                "authorization=Bearer%20bob",
                "jwt=bob",
                "organization=acme",
                "Access_Token=bob")) {
            all.add(new Hostile("query " + query, get("/api/events/view/1?" + query, ""), 401, "Bring a token"));
        }
        for (String path : List.of(
                "view/1/",
                "view/1//",
                "/view/1",
                "view//1",
                "user/",
                "view/1;a=b",
                "view;a/1",
                "view/1;",
                ";/view/1",
                "view/a%252Fb",
                "view/%2541",
                "view/%25%32%35%34%31",
                "view/%E4",
                "view/%FF",
                "view/%C3",
                "view/%C0%80",
                "view/%F8%88%80%80%80",
                "view/%ED%BF%BF")) {
            all.add(new Hostile("ambiguous " + path, get("/api/events/" + path, ANN), 400, ""));
        }
        for (String path : List.of(
                "VIEW/1",
                "view_/1",
                "view-/1",
                "vi--ew/1",
                "-view/1",
                "v%20iew/1",
                "%C3%A4/1",
                "view%09/1",
                "*/1",
                "view:1/1",
                "view@x/1",
                "view%3F/1",
                "view%23/1",
                "%2Fview/1",
                ".view/1",
                "view./1",
                "view/%01",
                "view/a%1f",
                "view/%0a",
                "view/a%0d",
                "view/%C2%85",
                "view/%C2%80")) {
            all.add(new Hostile("destination " + path, get("/api/events/" + path, ANN), 400, "Bad destination"));
        }
        for (String from : List.of(
                "EARLIEST",
                "Pending",
                "0",
                "now",
                "first",
                "earliest%00",
                "earliest%20",
                "latest,earliest",
                "-1",
                "%C3%A4")) {
            all.add(new Hostile(
                    "from " + from, get("/api/events/view/1?from=" + from, ANN), 400, "earliest or latest"));
        }
        for (String asked : List.of(
                "view",
                "/1",
                "view%2F",
                "%2F",
                "user%2Fbob",
                "user/*",
                "view/1&destination=",
                "view/1&destination=a",
                "View/1")) {
            boolean foreign = asked.startsWith("user");
            all.add(new Hostile(
                    "asked for " + asked,
                    get("/api/events?destination=" + asked, ANN),
                    foreign ? 403 : 400,
                    foreign ? "that user only" : "estination"));
        }
    }

    /** A header as long as may be, of a unit that somebody's parser might take for a start over and over. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin: https://",
                "Origin: ",
                "Accept: ",
                "Accept: text/event-stream;",
                "Accept-Encoding: ",
                "Accept-Language: ",
                "Authorization: Bearer ",
                "Authorization: ",
                "Cache-Control: ",
                "Content-Type: application/json;",
                "Cookie: ",
                "Cookie: a=",
                "Expect: ",
                "Forwarded: for=",
                "Fx-Organization-Id: ",
                "If-None-Match: ",
                "Last-Event-ID: ",
                "Last-Event-ID: .",
                "Range: bytes=",
                "Referer: ",
                "TE: ",
                "Upgrade: ",
                "User-Agent: ",
                "X-Forwarded-For: ",
                "X-Forwarded-Proto: ",
                "traceparent: "
            })
    void costsLittleBeforeItIsKnownWhoAsks(String header) throws Exception {
        ThresholdFilter warnings = new ThresholdFilter();
        warnings.setLevel("WARN");
        warnings.start();
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.addFilter(warnings);
        Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        log.start();
        root.addAppender(log);
        try {
            for (String unit : List.of(
                    "a.", "a,", "a;", "a=", "*/*,", ";q=0", "-", " ", "\t", "[", "(", "\"", "\\", "%", "/", ":", "é")) {
                String value = unit.repeat(30_000 / unit.length());
                String begins = beginning(get("/api/events/view/1", header + value + "\r\n"));
                assertThat(begins).as(header + unit).matches("HTTP/1.1 (200|400|401|406|417).*");
            }
            // one line for each reason, however many were refused for it
            assertThat(log.list)
                    .filteredOn(line -> !line.getFormattedMessage().startsWith("Clients refused"))
                    .isEmpty();
        } finally {
            root.detachAppender(log);
        }
    }

    /** The first line of an answer, for which nobody waits long. */
    private static String beginning(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            StringBuilder line = new StringBuilder();
            for (int next = socket.getInputStream().read(); next > 0 && next != '\r'; ) {
                line.append((char) next);
                next = socket.getInputStream().read();
            }
            return line.toString();
        }
    }

    @Test
    void allowsNoOriginThatIsLongerThanAHostsName() throws Exception {
        String longest = "a".repeat(60) + "." + "b".repeat(200) + ".example.com";

        assertThat(answer(get("/api/events/view/1", "Origin: https://" + longest + "\r\n")))
                .contains("Access-Control-Allow-Origin");
        assertThat(answer(get("/api/events/view/1", "Origin: https://" + "c".repeat(30) + "." + longest + "\r\n")))
                .startsWith("HTTP/1.1 401")
                .doesNotContain("Access-Control-Allow-Origin");
    }

    /** Requests that are answered with a stream, which is then only one's own. */
    @ParameterizedTest
    @MethodSource("tricks")
    void getsOnlyWhatIsItsOwn(String path, String headers) throws Exception {
        assertThat(answer(get(path, headers))).startsWith("HTTP/1.1 200").doesNotContain(SECRET);
    }

    static Stream<Arguments> tricks() {
        String id = lastId();
        return Stream.of(
                        new String[] {"/api/events/view/1", ANN},
                        new String[] {"/api/events/view/1", ANN + "Fx-Organization-Id: acme\r\n"},
                        new String[] {"/api/events/view/1?organization=acme", ANN},
                        new String[] {"/api/events/view/1?from=earliest", ANN},
                        new String[] {"/api/events/view/1", ANN + "Last-Event-ID: " + id + "\r\n"},
                        new String[] {"/api/events/view/1?lastEventId=" + id, ANN},
                        new String[] {"/api/events/view/1", ANN + "Last-Event-ID: 0.0-0\r\n"},
                        new String[] {"/api/events/view/1", ANN + "Last-Event-ID: " + "a".repeat(20_000) + "\r\n"},
                        new String[] {"/api/events/view/1", ANN + "Last-Event-ID: ../../acme/view/1\r\n"},
                        new String[] {"/api/events/view%2F1", ANN},
                        new String[] {"/api/events/acme/view", ANN},
                        new String[] {"/api/events/acme/view/1", ANN},
                        new String[] {"/api/events?destination=view/1&destination=acme/view/1", ANN},
                        new String[] {"/api/events/view/..%2F..%2Facme%2Fview%2F1", ANN},
                        new String[] {"/api/events/view/*", ANN},
                        new String[] {"/api/events/view/1", ANN + "Transfer-Encoding: gzip\r\n"},
                        new String[] {"/api/events/view/1", ANN + "Transfer-Encoding: chunked, identity\r\n"},
                        new String[] {"/api/events/user", ANN + "X-Subject: bob\r\n"})
                .map(each -> Arguments.of(each[0], each[1]));
    }

    private static String lastId() {
        return LOG.end(new Destination("acme", "view", "1"))
                .toCompletableFuture()
                .join()
                .end()
                .toString();
    }

    private static String get(String path, String headers) {
        return "GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + headers + "\r\n";
    }

    /** All that comes within a moment. */
    private static String answer(String request) throws IOException {
        StringBuilder answer = new StringBuilder();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = socket.getInputStream();
            byte[] some = new byte[8192];
            for (int n = in.read(some); n > 0; n = in.read(some)) {
                answer.append(new String(some, 0, n, StandardCharsets.UTF_8));
                socket.setSoTimeout(400);
            }
        } catch (SocketTimeoutException thatWasAll) {
            return answer.toString();
        } catch (IOException cut) {
            return answer.toString();
        }
        return answer.toString();
    }
}
