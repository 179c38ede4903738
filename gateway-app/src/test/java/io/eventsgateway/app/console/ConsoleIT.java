package io.eventsgateway.app.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.eventsgateway.Source;
import io.eventsgateway.app.manage.PageGuard;
import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessException.Reason;
import io.eventsgateway.auth.AccessPolicy;
import io.eventsgateway.auth.Authenticator;
import io.eventsgateway.auth.Credentials;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.config.Environment;
import io.eventsgateway.hub.Hub;
import io.eventsgateway.hub.HubListener;
import io.eventsgateway.log.InMemoryEventLog;
import io.eventsgateway.route.InboundRecord;
import io.eventsgateway.route.InboundRecord.Header;
import io.eventsgateway.topic.Feed;
import io.eventsgateway.undertow.EventsHandler;
import io.eventsgateway.undertow.SseServer;
import io.eventsgateway.undertow.SseSettings;
import io.undertow.Handlers;
import java.io.IOException;
import java.io.InputStream;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The inspector's side of a gateway, and who is let in to it. A token is a subject, a slash and an organisation. */
class ConsoleIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String OURS = "5f24c66f-04a7-433a-b64a-a765d3b8121a";
    private static final String OTHERS = "00000000-0000-4000-8000-000000000000";
    private static final String SHARED = "11111111-0000-4000-8000-000000000000";
    private static final String UNKNOWN = "22222222-0000-4000-8000-000000000000";
    private static final String NOT_ANSWERED = "33333333-0000-4000-8000-000000000000";
    private static final Authenticator BY_NAME = credentials -> {
        String token = credentials.token();
        if (token == null || token.indexOf('/') < 0) {
            // as anonymous access does: it lets in who brings none
            return token == null
                    ? CompletableFuture.completedStage(identity("anonymous", OURS))
                    : new AccessException(Reason.UNAUTHENTICATED, "This token is none.").asStage();
        }
        int slash = token.indexOf('/');
        return CompletableFuture.completedStage(identity(token.substring(0, slash), token.substring(slash + 1)));
    };

    private final HttpClient http = HttpClient.newHttpClient();
    private final InMemoryEventLog log = new InMemoryEventLog(Duration.ofHours(1), InstantSource.system());
    private final Hub hub = new Hub(log, HubListener.NONE);
    private final RecentLetters letters = new RecentLetters(null, InstantSource.system());
    private final EventsHandler events = new EventsHandler(
            hub, BY_NAME, AccessPolicy.AUTHENTICATED, SHARED, SseSettings.options(new Environment(Map.of())));
    private final PageGuard guard = new PageGuard(Set.of("gateway.example"));
    private final ConsoleAccess access = new ConsoleAccess(BY_NAME, ConsoleIT::checkOrganisation, false);
    private final ConsoleHandler console = new ConsoleHandler(access, events, letters, SHARED, false);
    private final SseServer server = new SseServer(
            "127.0.0.1",
            0,
            Handlers.path()
                    .addPrefixPath(ConsoleHandler.PATH, guard.before(console))
                    .addPrefixPath("/api/events", guard.before(new ConsoleStreams(access, events))));

    @BeforeEach
    void start() {
        server.start();
        events.open();
    }

    @AfterEach
    void stop() {
        hub.close();
        server.close();
        log.close();
    }

    @Test
    void givesEverybodyThePageAndEverythingThatItNames() throws Exception {
        HttpResponse<String> page = get("/", null);

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type")).contains("text/html;charset=utf-8");
        List<String> left = new ArrayList<>(List.of("index.html"));
        List<String> seen = new ArrayList<>();
        while (!left.isEmpty()) {
            String name = left.remove(0);
            seen.add(name);
            HttpResponse<String> file = get("/" + name, null);
            assertThat(file.statusCode()).as(name).isEqualTo(200);
            Matcher named = Pattern.compile("(?:/manage/console/|from '\\./)([a-z-]+\\.(?:js|css))")
                    .matcher(file.body());
            while (named.find()) {
                if (!seen.contains(named.group(1)) && !left.contains(named.group(1))) {
                    left.add(named.group(1));
                }
            }
        }
        assertThat(seen).contains("console.css", "console.js", "event-list.js", "words.js");
        assertThat(get("/ConsoleFiles.class", null).statusCode()).isEqualTo(404);
        assertThat(get("/../RecentLetters.class", null).statusCode()).isEqualTo(404);
    }

    @Test
    void letsThePageRunNothingButItsOwnScripts() throws Exception {
        for (String path : List.of("/", "/console.js", "/console.css")) {
            HttpResponse<String> file = get(path, null);

            assertThat(file.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .contains(
                            "default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "trusted-types 'none'")
                    .doesNotContain("unsafe", "*");
            assertThat(file.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        }
        assertThat(get("/", null).body()).doesNotContainPattern("<script(?![^>]* src=)|<style| style=| on[a-z]+=");
    }

    @Test
    void showsNothingToWhoBringsNoTokenThatIsLetIn() throws Exception {
        for (String path : List.of("/letters", "/streams")) {
            HttpResponse<String> without = get(path, null);
            assertThat(without.statusCode()).isEqualTo(401);
            assertThat(without.headers().firstValue("WWW-Authenticate")).contains("Bearer");
            assertThat(JSON.readTree(without.body()).get("detail").asText())
                    .isEqualTo("Bring an access token, as Authorization: Bearer.");
            assertThat(get(path, "nobody").statusCode()).isEqualTo(401);
            assertThat(get(path + "?access_token=ann/" + OURS, null).statusCode())
                    .isEqualTo(401);
            assertThat(get(path, "ann/" + OURS).statusCode()).isEqualTo(200);
        }
        assertThat(answer("GET /manage/console/letters HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ann/" + OURS
                        + "\r\nAuthorization: Bearer bob/" + OURS + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 400");
    }

    @ParameterizedTest
    @CsvSource({UNKNOWN + ", 403", NOT_ANSWERED + ", 503"})
    void showsNothingToOrganisationsThatAreNotLetIn(String organisation, int status) throws Exception {
        bury(organisation, "not JSON");

        for (String path : List.of("/letters", "/streams")) {
            assertThat(get(path, "ann/" + organisation).statusCode()).as(path).isEqualTo(status);
        }
    }

    @Test
    void showsDeadLettersOfTheOwnOrganisation() throws Exception {
        bury(OURS, "not JSON: unexpected byte at 0");
        bury(OTHERS, "no value");

        JsonNode shown = JSON.readTree(get("/letters", "ann/" + OURS).body());

        assertThat(shown.get("letters")).hasSize(1);
        JsonNode letter = shown.get("letters").get(0);
        assertThat(letter.get("reason").asText()).isEqualTo("not JSON: unexpected byte at 0");
        assertThat(letter.get("record").asText()).isEqualTo("commands-0@1");
        assertThat(letter.get("feed").asText()).isEqualTo("engine-message");
        assertThat(letter.get("bytes").asInt()).isEqualTo(1);
        assertThat(shown.get("others").asInt()).isEqualTo(1);
    }

    @Test
    void showsWhoOfTheOwnOrganisationIsConnectedUntilTheyLeave() throws Exception {
        try (InputStream ours = stream("view/1", "ann/" + OURS);
                InputStream others = stream("view/1", "bob/" + OTHERS)) {
            assertThat(ours.read()).isPositive();
            assertThat(others.read()).isPositive();

            JsonNode shown = JSON.readTree(get("/streams", "carl/" + OURS).body());

            assertThat(shown.get("streams")).hasSize(1);
            JsonNode stream = shown.get("streams").get(0);
            assertThat(stream.get("subject").asText()).isEqualTo("ann");
            assertThat(stream.get("destinations").get(0).asText()).isEqualTo("view/1");
            assertThat(stream.get("since").asText()).startsWith("20");
            assertThat(shown.get("more").asInt()).isZero();
        }
        long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!JSON.readTree(get("/streams", "carl/" + OURS).body())
                .get("streams")
                .isEmpty()) {
            assertThat(System.nanoTime()).as("streams are gone soon").isLessThan(until);
        }
    }

    @Test
    void givesStreamsToWhoBringsATokenAlone() throws Exception {
        for (String path : List.of("/api/events/view/1", "/api/events/view/1?access_token=ann/" + OURS)) {
            HttpResponse<String> without = http.send(request(path, null), BodyHandlers.ofString());

            assertThat(without.statusCode()).isEqualTo(401);
            assertThat(without.body()).contains("Bring an access token");
        }
        assertThat(http.send(request("/api/events/client.js", null), BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void leavesConnectionsToProbes() throws Exception {
        List<InputStream> all = new ArrayList<>();
        for (int i = 0; i < ConsoleStreams.MOST; i++) {
            all.add(stream("view/1", "s" + i + "/" + OURS));
            assertThat(all.get(i).read()).isPositive();
        }
        HttpRequest more = request("/api/events/view/1", "more/" + OURS);

        assertThat(http.send(more, BodyHandlers.ofString()).statusCode()).isEqualTo(503);

        all.get(0).close();
        long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        int status;
        do {
            HttpResponse<InputStream> answer = http.send(more, BodyHandlers.ofInputStream());
            status = answer.statusCode();
            answer.body().close();
        } while (status == 503 && System.nanoTime() < until);
        assertThat(status).isEqualTo(200);
        for (InputStream each : all) {
            each.close();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET  | /manage/console/         | 127.0.0.1       | Sec-Fetch-Site: none            | 200",
                "GET  | /manage/console/         | 127.0.0.1       | Sec-Fetch-Site: cross-site      | 403",
                "GET  | /manage/console/         | evil.example    | Sec-Fetch-Site: none            | 403",
                "GET  | /manage/console/         | gateway.example | Sec-Fetch-Site: none            | 200",
                "GET  | /manage/console/letters  | 127.0.0.1       | Origin: https://evil.example    | 403",
                "GET  | /manage/console/letters  | evil.example    | Origin: http://evil.example     | 403",
                "GET  | /manage/console/letters  | 127.0.0.1       | Sec-Fetch-Site: same-site       | 403",
                "GET  | /manage/console/letters  | 127.0.0.1       | Sec-Fetch-Site: same-origin     | 200",
                "GET  | /manage/console/%zz      | 127.0.0.1       | X: y                            | 400",
                "POST | /manage/console/streams  | 127.0.0.1       | X: y                            | 405",
                "HEAD | /manage/console/streams  | 127.0.0.1       | X: y                            | 200",
                "HEAD | /api/events/view/1       | 127.0.0.1       | Origin: https://evil.example    | 403",
                "HEAD | /api/events/view/1       | evil.example    | Origin: http://evil.example     | 403",
                "OPTIONS | /api/events/view/1    | 127.0.0.1       | Origin: https://evil.example    | 403",
                "HEAD | /api/events/view/1       | 127.0.0.1       | Sec-Fetch-Site: same-origin     | 200"
            })
    void keepsOutPagesOfOthers(String method, String path, String host, String header, int status) throws Exception {
        String answer = answer(method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\n" + header
                + "\r\nAuthorization: Bearer ann/" + OURS + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 " + status + " ").doesNotContain("Access-Control-Allow-Origin");
    }

    private void bury(String organisation, String reason) {
        Header header = new Header("Fx-Organization-Id", organisation.getBytes(StandardCharsets.UTF_8));
        Source source = new Source("commands", "id", 0, 1);
        letters.around((in, why) -> CompletableFuture.completedStage(null))
                .send(new InboundRecord(Feed.ENGINE_MESSAGE, source, null, new byte[] {'{'}, List.of(header)), reason);
    }

    /** As the organisation manager does. */
    private static CompletionStage<?> checkOrganisation(Identity identity, Credentials credentials) {
        return switch (identity.organisation()) {
            case UNKNOWN -> new AccessException(Reason.FORBIDDEN, "Your organisation is not known here.").asStage();
            case NOT_ANSWERED -> new AccessException(Reason.UNAVAILABLE, "Try again.").asStage();
            default -> CompletableFuture.completedStage(null);
        };
    }

    private static Identity identity(String subject, String organisation) {
        return new Identity(subject, organisation, Set.of(subject), Set.of(), null);
    }

    private HttpResponse<String> get(String path, String token) throws IOException, InterruptedException {
        return http.send(request("/manage/console" + path, token), BodyHandlers.ofString());
    }

    private InputStream stream(String destination, String token) throws IOException, InterruptedException {
        return http.send(request("/api/events/" + destination, token), BodyHandlers.ofInputStream())
                .body();
    }

    private HttpRequest request(String path, String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .timeout(Duration.ofSeconds(30));
        return (token == null ? request : request.header("Authorization", "Bearer " + token)).build();
    }

    private String answer(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
