package io.eventsgateway.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessPolicy;
import io.eventsgateway.config.Environment;
import io.eventsgateway.hub.Hub;
import io.eventsgateway.hub.HubListener;
import io.eventsgateway.log.InMemoryEventLog;
import io.undertow.Handlers;
import io.undertow.Undertow;
import java.io.ByteArrayInputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The module {@code events-gateway.js}, as browsers and caches ask for it; the gateway mostly takes no streams yet, and nobody has a token. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClientScriptIT {

    private static final String PATH = "/api/events/client.js";

    private final InMemoryEventLog log = new InMemoryEventLog(Duration.ofHours(1), InstantSource.system());
    private final Hub hub = new Hub(log, HubListener.NONE);
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private EventsHandler handler;
    private Undertow undertow;
    private int port;

    @BeforeEach
    void start() {
        handler = new EventsHandler(
                hub,
                credentials -> new AccessException(AccessException.Reason.UNAUTHENTICATED, "Bring a token.").asStage(),
                AccessPolicy.AUTHENTICATED,
                null,
                SseSettings.options(
                        new Environment(Map.of("APPLICATION_CORS_ALLOW_ORIGIN", "https://app.example.com"))));
        undertow = Undertow.builder()
                .addHttpListener(0, "127.0.0.1")
                .setHandler(Handlers.path().addPrefixPath("/api/events", handler))
                .build();
        undertow.start();
        port = ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort();
    }

    @AfterEach
    void stop() {
        hub.close();
        undertow.stop();
        log.close();
    }

    @Test
    void isServedToPagesOfOtherOrigins() throws Exception {
        HttpResponse<byte[]> answer = send(request(PATH).header("Origin", "https://app.example.com"));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8))
                .isEqualTo(Files.readString(Path.of("src/main/npm/events-gateway.min.js")))
                .contains("EventStream");
        assertThat(answer.body()).hasSizeLessThan(6 * 1024);
        assertThat(answer.headers().firstValue("Content-Type")).contains("text/javascript;charset=utf-8");
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(answer.headers().firstValue("Cache-Control")).contains("public, max-age=3600");
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).contains("https://app.example.com");
        assertThat(answer.headers().allValues("Vary")).contains("Origin", "Accept-Encoding");
        assertThat(answer.headers().firstValue("Content-Encoding")).isEmpty();
    }

    @Test
    void isCompressedForAClientThatTakesGzip() throws Exception {
        HttpResponse<byte[]> answer = send(request(PATH).header("Accept-Encoding", "br, gzip;q=0.5"));

        assertThat(answer.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(answer.body()).hasSizeLessThan(3 * 1024);
        assertThat(new GZIPInputStream(new ByteArrayInputStream(answer.body())).readAllBytes())
                .isEqualTo(send(request(PATH)).body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "gzip ; q=0, *", "identity"})
    void isNotCompressedForAClientThatDoesNotTakeGzip(String accepted) throws Exception {
        HttpResponse<byte[]> answer = send(request(PATH).header("Accept-Encoding", accepted));

        assertThat(answer.headers().firstValue("Content-Encoding")).isEmpty();
        assertThat(answer.body()).isEqualTo(send(request(PATH)).body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "gzip"})
    void isNotSentAgainToACacheThatHasIt(String encoding) throws Exception {
        HttpRequest.Builder request =
                request(PATH).header("Accept-Encoding", encoding).header("Origin", "https://app.example.com");
        String tag = send(request).headers().firstValue("ETag").orElseThrow();

        HttpResponse<byte[]> same = send(request.setHeader("If-None-Match", "\"other\", W/" + tag));
        HttpResponse<byte[]> other = send(request.setHeader("If-None-Match", "\"other\""));

        assertThat(same.statusCode()).isEqualTo(304);
        assertThat(same.body()).isEmpty();
        assertThat(same.headers().firstValue("ETag")).contains(tag);
        assertThat(same.headers().firstValue("Cache-Control")).contains("public, max-age=3600");
        assertThat(same.headers().firstValue("Access-Control-Allow-Origin")).contains("https://app.example.com");
        assertThat(same.headers().allValues("Vary")).contains("Origin", "Accept-Encoding");
        assertThat(other.statusCode()).isEqualTo(200);
        assertThat(other.body()).isNotEmpty();
    }

    @Test
    void hasADifferentTagForEachEncoding() throws Exception {
        assertThat(send(request(PATH)).headers().firstValue("ETag"))
                .isNotEqualTo(send(request(PATH).header("Accept-Encoding", "gzip"))
                        .headers()
                        .firstValue("ETag"));
    }

    @Test
    void answersHead() throws Exception {
        HttpResponse<byte[]> answer = send(request(PATH).method("HEAD", HttpRequest.BodyPublishers.noBody()));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
        assertThat(answer.headers().firstValueAsLong("Content-Length"))
                .hasValue(send(request(PATH)).body().length);
    }

    @ParameterizedTest
    @CsvSource({
        "GET,  /api/events/client.js?v=2,        text/css, 200",
        "POST, /api/events/client.js,            */*,      405",
        "GET,  /api/events/client.js/,           */*,      400",
        "GET,  /api/events/Client.js,            */*,      401",
        "GET,  /api/events/client.js/1,          */*,      401",
        "GET,  /api/events/view/client.js,       */*,      401",
        "GET,  /api/events?destination=client.js, */*,     401"
    })
    void hasOnePathThatIsNoDestinations(String method, String path, String accept, int status) throws Exception {
        handler.open();

        HttpResponse<byte[]> answer = send(request(path)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .header("Accept", accept));

        assertThat(answer.statusCode()).isEqualTo(status);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }
}
