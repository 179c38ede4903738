package io.eventsgateway.app.manage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.eventsgateway.app.manage.Health.Component;
import io.eventsgateway.undertow.SseServer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Metrics and log levels as operators' tools ask for them. */
class ManagementIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Health health = new Health();
    private final SseServer server = new SseServer("127.0.0.1", 0, new ManagementHandler(health, registry));
    private final Logger logger = LoggerFactory.getLogger("io.eventsgateway.told");

    @BeforeEach
    void start() {
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
        registry.close();
    }

    @Test
    void answersHowEachPartIsDoing() throws Exception {
        Map<String, Object> consumers = Map.of("task-message", 2);
        health.add("kafka", () -> new Component(true, false, Map.of("consumers", consumers)));
        health.add("redis", () -> new Component(false, false, Map.of("problem", "no answer from redis://a:b@c")));
        health.setServing(true);

        assertThat(get("/health/kafka").toString())
                .isEqualTo("{\"status\":\"UP\",\"details\":{\"consumers\":{\"task-message\":2}}}");
        HttpResponse<String> redis = send("GET", "/health/redis", "");
        assertThat(redis.statusCode()).isEqualTo(503);
        assertThat(redis.body())
                .isEqualTo("{\"status\":\"DOWN\",\"details\":{\"problem\":\"no answer from redis://*****@c\"}}");
        assertThat(send("GET", "/health", "").statusCode()).isEqualTo(503);
        assertThat(get("/health/readiness").toString()).isEqualTo("{\"status\":\"UP\"}");
        assertThat(get("/health/readinessState").toString()).isEqualTo("{\"status\":\"UP\"}");
        assertThat(send("GET", "/health/none", "").statusCode()).isEqualTo(404);
    }

    @Test
    void isNotReadyWhileAPartIsDownThatIsNeeded() throws Exception {
        health.add("redis", () -> new Component(false, true, Map.of()));
        health.setServing(true);

        assertThat(send("GET", "/health/readiness", "").statusCode()).isEqualTo(503);
    }

    @Test
    void hidesLoginsHoweverDeepTheyAre() {
        Component component = new Component(true, true, Map.of("a", Map.of("b", List.of("http://u:p@h"))));

        assertThat(component.details()).isEqualTo(Map.of("a", Map.of("b", List.of("http://*****@h"))));
    }

    @Test
    void listsWhatThereIs() throws Exception {
        JsonNode links = get("").get("_links");

        assertThat(links.at("/self/href").asText()).isEqualTo("http://127.0.0.1:" + server.port() + "/manage/actuator");
        assertThat(links.at("/health/href").asText()).endsWith("/manage/actuator/health");
        assertThat(links.at("/health-path/templated").asBoolean()).isTrue();
        assertThat(get("/")).isEqualTo(get(""));
    }

    @Test
    void listsWhatIsMeasuredAndSumsIt() throws Exception {
        Counter.builder("sent")
                .description("What was sent")
                .tag("feed", "a")
                .register(registry)
                .increment(2);
        Counter.builder("sent")
                .description("What was sent")
                .tag("feed", "b")
                .register(registry)
                .increment(3);
        Gauge.builder("room", () -> 1.5).baseUnit("bytes").register(registry);
        Timer.builder("taken").register(registry).record(Duration.ofSeconds(2));

        assertThat(texts(get("/metrics").get("names"))).containsExactly("room", "sent", "taken");
        JsonNode sent = get("/metrics/sent");
        assertThat(sent.get("name").asText()).isEqualTo("sent");
        assertThat(sent.get("description").asText()).isEqualTo("What was sent");
        assertThat(sent.get("availableTags")).hasSize(1);
        assertThat(sent.get("availableTags").get(0).get("tag").asText()).isEqualTo("feed");
        assertThat(texts(sent.get("availableTags").get(0).get("values"))).containsExactly("a", "b");
        assertThat(measured(sent, "COUNT")).isEqualTo(5);
        JsonNode one = get("/metrics/sent?tag=feed:b");
        assertThat(measured(one, "COUNT")).isEqualTo(3);
        assertThat(one.get("availableTags")).isEmpty();
        JsonNode room = get("/metrics/room");
        assertThat(measured(room, "VALUE")).isEqualTo(1.5);
        assertThat(room.get("baseUnit").asText()).isEqualTo("bytes");
        assertThat(measured(get("/metrics/taken"), "TOTAL_TIME")).isEqualTo(2);
        assertThat(measured(get("/metrics/taken"), "MAX")).isEqualTo(2);
    }

    /** Some go through all streams, and probes are answered by the same thread. */
    @Test
    void readsMetersOnNoThreadThatAnswersProbes() throws Exception {
        Set<String> readers = ConcurrentHashMap.newKeySet();
        Gauge.builder("room", () -> {
                    readers.add(Thread.currentThread().getName());
                    return 1;
                })
                .register(registry);

        assertThat(send("GET", "/prometheus", "").body()).contains("room");
        get("/metrics/room");

        assertThat(readers).isNotEmpty().allMatch(thread -> thread.contains(" task-"), "a worker's thread");
    }

    private static double measured(JsonNode metric, String statistic) {
        for (JsonNode each : metric.get("measurements")) {
            if (each.get("statistic").asText().equals(statistic)) {
                return each.get("value").asDouble();
            }
        }
        throw new AssertionError(statistic + " is not in " + metric);
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    @Test
    void tellsAndSetsWhoLogsHowMuch() throws Exception {
        JsonNode all = get("/loggers");
        assertThat(texts(all.get("levels"))).containsExactly("OFF", "ERROR", "WARN", "INFO", "DEBUG", "TRACE");
        assertThat(all.get("loggers").get("ROOT").get("configuredLevel").asText())
                .isEqualTo(all.get("loggers").get("ROOT").get("effectiveLevel").asText());
        String usual = get("/loggers/io.eventsgateway.told").toString();

        assertThat(post("/loggers/io.eventsgateway.told", "{\"configuredLevel\":\"TRACE\"}"))
                .isEqualTo(204);
        assertThat(logger.isTraceEnabled()).isTrue();
        assertThat(get("/loggers/io.eventsgateway.told").toString())
                .isEqualTo("{\"configuredLevel\":\"TRACE\",\"effectiveLevel\":\"TRACE\"}");

        assertThat(post("/loggers/io.eventsgateway.told", "{\"configuredLevel\":null}"))
                .isEqualTo(204);
        assertThat(get("/loggers/io.eventsgateway.told").toString()).isEqualTo(usual);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET  | /metrics/none                   |                              | 404",
                "GET  | /metrics/                       |                              | 404",
                "GET  | /loggers/none                   |                              | 404",
                "GET  | /other                          |                              | 404",
                "GET  | /metrics/jvm?tag=x              |                              | 400",
                "POST | /metrics/jvm                    | {}                           | 405",
                "POST | /health                         | {}                           | 405",
                "PUT  | /loggers/io.eventsgateway.told  | {}                           | 405",
                "POST | /loggers/io.eventsgateway.told  | {                            | 400",
                "POST | /loggers/io.eventsgateway.told  | []                           | 400",
                "POST | /loggers/io.eventsgateway.told  | {}                           | 400",
                "POST | /loggers/io.eventsgateway.told  | {\"configuredLevel\":\"LOUD\"} | 400",
                "POST | /loggers/ROOT                   | {\"configuredLevel\":null}     | 400",
                "POST | /loggers/org.xnio               | {\"configuredLevel\":\"TRACE\"} | 400",
                "POST | /loggers/org.xnio.safe-close    | {\"configuredLevel\":\"DEBUG\"} | 400",
                "POST | /loggers/io.undertow.request    | {\"configuredLevel\":\"DEBUG\"} | 400",
                "POST | /loggers/a.b                    | {\"configuredLevel\":\"DEBUG\"} | 400",
                "POST | /loggers/io.eventsgateway..a    | {\"configuredLevel\":\"DEBUG\"} | 400",
                "POST | /loggers/io.eventsgateway.a%20b | {\"configuredLevel\":\"DEBUG\"} | 400",
                "POST | /loggers/                       | {\"configuredLevel\":\"DEBUG\"} | 400"
            })
    void answersWhatToChange(String method, String path, String body, int status) throws Exception {
        HttpResponse<String> answer = send(method, path, body == null ? "" : body);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(JSON.readTree(answer.body()).get("detail").asText()).isNotBlank();
    }

    @Test
    void letsPagesOfOthersSetNothing() throws Exception {
        String body = "{\"configuredLevel\":\"TRACE\"}";
        String usual = get("/loggers/io.eventsgateway.told").toString();

        assertThat(send("POST", "/loggers/io.eventsgateway.told", body, "text/plain")
                        .statusCode())
                .isEqualTo(415);
        assertThat(get("/loggers/io.eventsgateway.told").toString()).isEqualTo(usual);
        String type = "application/vnd.spring-boot.actuator.v3+json; charset=utf-8";
        assertThat(send("POST", "/loggers/io.eventsgateway.other", body, type).statusCode())
                .isEqualTo(204);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST | /loggers/ROOT | Host: evil.example:8081 | Origin: http://evil.example:8081 | 403",
                "POST | /loggers/ROOT | Host: 127.0.0.1:8081    | Origin: http://evil.example      | 403",
                "POST | /loggers/ROOT | Host: 127.0.0.1:8081    | Origin: null                     | 403",
                "POST | /loggers/ROOT | Host: 127.0.0.1:8081    | Sec-Fetch-Site: cross-site       | 403",
                "POST | /loggers/ROOT | Host: 127.0.0.1:8081    | Sec-Fetch-Site: same-site        | 403",
                "GET  | /prometheus   | Host: evil.example:8081 | Accept-Language: en              | 403",
                "GET  | /loggers      | Host: evil.example:8081 | User-Agent: Mozilla/5.0          | 403",
                "GET  | /info         | Host: evil.example      | Referer: http://evil.example/    | 403",
                "GET  | /health       | Host: evil.example      | User-Agent: Mozilla/5.0          | 200",
                "GET  | /health/liveness | Host: gateway.example | Origin: http://evil.example     | 200",
                "GET  | /prometheus   | Host: gateway.monitoring.svc:8081 | User-Agent: Prometheus/3.0 | 200",
                "GET  | /prometheus   | Host: gateway:8081      | User-Agent: Mozilla/5.0          | 200",
                "GET  | /prometheus   | Host: [::1]:8081        | User-Agent: Mozilla/5.0          | 200",
                "GET  | /info         | Host: 127.0.0.1:8081    | Origin: http://127.0.0.1:8081    | 200",
                "GET  | /loggers/%52OOT | Host: a               | X: y                             | 200",
                "HEAD | /health       | Host: a                 | X: y                             | 200",
                "HEAD | /health/liveness  | Host: a             | X: y                             | 200",
                "HEAD | /health/readiness | Host: a             | X: y                             | 503",
                "HEAD | /prometheus   | Host: a                 | X: y                             | 200",
                "HEAD | /metrics      | Host: a                 | X: y                             | 200",
                "HEAD | /loggers/ROOT | Host: a                 | X: y                             | 200",
                "HEAD | /none         | Host: a                 | X: y                             | 404",
                "OPTIONS | /health    | Host: a                 | X: y                             | 204"
            })
    void letsInWhoIsNoPageOfAnother(String method, String path, String host, String header, int status)
            throws Exception {
        String body = method.equals("POST") ? "{\"configuredLevel\":\"INFO\"}" : "";
        String request = method + " /manage/actuator" + path + " HTTP/1.1\r\n" + host + "\r\n" + header
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                + "\r\nConnection: close\r\n\r\n"
                + body;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(answer).startsWith("HTTP/1.1 " + status);
            assertThat(answer.contains("\r\n\r\n{"))
                    .isEqualTo(status == 403
                            || (!method.equals("HEAD") && !method.equals("OPTIONS") && !path.equals("/prometheus")));
            if (method.equals("OPTIONS")) {
                assertThat(answer).contains("Allow: GET, HEAD, OPTIONS");
            }
        }
    }

    @Test
    void makesNoLoggersWithoutNeed() throws Exception {
        int before = get("/loggers").get("loggers").size();
        String body = "{\"configuredLevel\":\"DEBUG\"}";

        assertThat(post("/loggers/io.eventsgateway" + ".a".repeat(2500), body)).isEqualTo(400);
        assertThat(post("/loggers/a0.a1.a2", body)).isEqualTo(400);
        assertThat(get("/loggers").get("loggers")).hasSize(before);
        assertThat(post("/loggers/org.xnio", "{\"configuredLevel\":\"INFO\"}")).isEqualTo(204);
        assertThat(post("/loggers/org.xnio", "{\"configuredLevel\":null}")).isEqualTo(204);
    }

    @Test
    void takesNoMoreOfABodyThanALevelNeeds() throws Exception {
        assertThat(post("/loggers/ROOT", "{\"configuredLevel\":\"" + "x".repeat(2000) + "\"}"))
                .isEqualTo(400);
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = send("GET", path, "");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        return JSON.readTree(answer.body());
    }

    private int post(String path, String body) throws IOException, InterruptedException {
        return send("POST", path, body).statusCode();
    }

    private HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        return send(method, path, body, "application/json");
    }

    private HttpResponse<String> send(String method, String path, String body, String type)
            throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + "/manage/actuator" + path);
        return http.send(
                HttpRequest.newBuilder(uri)
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .header("Content-Type", type)
                        .timeout(Duration.ofSeconds(10))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
