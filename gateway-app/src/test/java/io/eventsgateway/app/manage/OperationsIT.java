package io.eventsgateway.app.manage;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.Payload;
import io.eventsgateway.Source;
import io.eventsgateway.auth.AccessPolicy;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.config.Environment;
import io.eventsgateway.hub.Hub;
import io.eventsgateway.hub.HubListener;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.InMemoryEventLog;
import io.eventsgateway.undertow.EventsHandler;
import io.eventsgateway.undertow.SseServer;
import io.eventsgateway.undertow.SseSettings;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.undertow.Handlers;
import io.undertow.server.HttpHandler;
import java.io.IOException;
import java.io.InputStream;
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
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What operators ask of streams and destinations. A token is the subject. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OperationsIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final InMemoryEventLog log = new InMemoryEventLog(Duration.ofHours(1), InstantSource.system());
    private final Hub hub = new Hub(log, HubListener.NONE);
    private final EventsHandler events = new EventsHandler(
            hub,
            credentials -> CompletableFuture.completedStage(identity(String.valueOf(credentials.token()))),
            AccessPolicy.AUTHENTICATED,
            null,
            SseSettings.options(new Environment(Map.of())));
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Operations operations =
            new Operations(log, hub, events.connected(), "one-0000", Duration.ofMillis(100), null);
    private final Set<String> answerers = ConcurrentHashMap.newKeySet();
    private final SseServer server = new SseServer(
            "127.0.0.1",
            0,
            Handlers.path(notingWhoAnswers(
                            new ManagementHandler(new Health(), registry, new PageGuard(Set.of()), operations)))
                    .addPrefixPath("/api/events", events));
    private final List<InputStream> clients = new ArrayList<>();
    private long offset;

    private HttpHandler notingWhoAnswers(HttpHandler handler) {
        return exchange -> {
            exchange.addResponseCommitListener(
                    answered -> answerers.add(Thread.currentThread().getName()));
            handler.handleRequest(exchange);
        };
    }

    private static Identity identity(String subject) {
        return new Identity(subject, "acme", Set.of(subject), Set.of(), null);
    }

    @BeforeEach
    void start() {
        server.start();
        events.open();
    }

    @AfterEach
    void stop() throws IOException {
        for (InputStream client : clients) {
            client.close();
        }
        hub.close();
        server.close();
        registry.close();
        log.close();
    }

    @Test
    void listsWhoIsConnectedAndWhere() throws Exception {
        EventId last = append("1", "a");
        open("ann", "view/1", "view/2");
        open("bob", "view/2");

        JsonNode all = until("/streams", body -> body.get("total").asInt() == 2);
        assertThat(all.get("replica").asText()).isEqualTo("one-0000");
        assertThat(all.get("more").asBoolean()).isFalse();
        JsonNode ann = get("/streams?subject=ann").get("streams").get(0);
        assertThat(ann.get("id").asText()).startsWith("one-0000-");
        assertThat(ann.get("organisation").asText()).isEqualTo("acme");
        assertThat(ann.get("address").asText()).isEqualTo("loopback");
        assertThat(ann.get("since").asText()).endsWith("Z");
        assertThat(ann.get("blockedSince").isNull()).isTrue();
        until("/streams?subject=ann", body -> {
            JsonNode stream = body.get("streams").get(0);
            JsonNode first = stream.get("destinations").get(0);
            return stream.get("bytesWritten").asLong() > 100
                    && first.get("destination").asText().equals("view/1")
                    && first.get("position").asText().equals(last.toString())
                    && stream.get("behind").asLong(-1) == 0;
        });
        assertThat(get("/streams?destination=view/2").get("total").asInt()).isEqualTo(2);
        assertThat(get("/streams?destination=view/1&organisation=acme")
                        .get("total")
                        .asInt())
                .isEqualTo(1);
        assertThat(get("/streams?organisation=other").get("streams")).isEmpty();
        JsonNode one = get("/streams?limit=1");
        assertThat(one.get("streams")).hasSize(1);
        assertThat(one.get("more").asBoolean()).isTrue();
    }

    @Test
    void answersOnNoThreadThatServesStreamsOrTheLog() throws Exception {
        open("ann", "view/1");
        until("/streams", body -> body.get("total").asInt() == 1);
        for (int i = 0; i < 20; i++) {
            get("/streams");
            get("/destinations/view/1?organisation=acme");
        }

        assertThat(answerers).isNotEmpty().allMatch(thread -> thread.contains(" task-"), "a worker's thread");
    }

    @Test
    void endsOneStreamOrAShareOfThemEachWithATimeToComeBack() throws Exception {
        InputStream ann = open("ann", "view/1");
        InputStream bob = open("bob", "view/1");
        open("cid", "view/1");
        until("/streams", body -> body.get("total").asInt() == 3);
        String id = get("/streams?subject=ann").get("streams").get(0).get("id").asText();

        assertThat(send("DELETE", "/streams?id=" + id).statusCode()).isEqualTo(200);
        assertThat(new String(ann.readAllBytes(), StandardCharsets.UTF_8))
                .containsPattern("retry: (1[0-9]|[5-9])[0-9]{2}\n$");
        assertThat(send("DELETE", "/streams?id=" + id).statusCode()).isEqualTo(404);

        HttpResponse<String> shed = send("DELETE", "/streams?subject=bob&share=0.3");
        assertThat(JSON.readTree(shed.body()).get("ended").asInt()).isEqualTo(1);
        assertThat(new String(bob.readAllBytes(), StandardCharsets.UTF_8))
                .containsPattern("retry: (1[0-9]|[5-9])[0-9]{2}\n$");
        await(() -> events.streams() == 1);
    }

    @Test
    void reportsWhatTheLogHasOfADestinationButNoData() throws Exception {
        EventId first = append("1", "a");
        append("1", "secret");
        log.save(new Destination("acme", "view", "1"), "ann", first);
        EventId last = append("1", "x".repeat(100_000));
        open("bob", "view/1");
        until("/streams", body -> body.get("total").asInt() == 1);

        HttpResponse<String> answer =
                send("GET", "/destinations/view/1?organisation=acme&newest=2&subject=ann&subject=cid");

        assertThat(answer.body()).doesNotContain("secret");
        JsonNode report = JSON.readTree(answer.body());
        assertThat(report.get("first").get("position").asText()).isEqualTo(first.toString());
        assertThat(report.get("last").get("position").asText()).isEqualTo(last.toString());
        assertThat(report.get("events").asInt()).isEqualTo(3);
        assertThat(report.get("ended").asBoolean()).isFalse();
        assertThat(report.get("sources").toString())
                .isEqualTo("[{\"topicId\":\"topic-id\",\"partition\":0,\"offset\":2}]");
        assertThat(report.get("newest")).hasSize(2);
        assertThat(report.get("newest").get(1).get("bytes").asInt()).isEqualTo(100_002);
        assertThat(report.get("newest").get(1).get("event").asText()).isEqualTo("data");
        JsonNode ann = report.get("subjects").get(0);
        assertThat(ann.get("pending").asInt()).isEqualTo(2);
        assertThat(ann.get("served").get("position").asText()).isEqualTo(first.toString());
        assertThat(report.get("subjects").get(1).get("pending").asInt()).isEqualTo(3);
        assertThat(report.get("connected").get("streams").get(0).get("subject").asText())
                .isEqualTo("bob");
    }

    @Test
    void saysThatADestinationHasEndedOrIsNotKnown() throws Exception {
        append("1", Event.disconnect(Set.of(), Payload.EMPTY));

        assertThat(get("/destinations/view/1?organisation=acme").get("ended").asBoolean())
                .isTrue();
        JsonNode none = get("/destinations/view/a%2Fb?organisation=acme&newest=5&subject=ann");
        assertThat(none.get("destination").asText()).isEqualTo("view/a/b");
        assertThat(none.get("last").isNull()).isTrue();
        assertThat(none.get("events").asInt()).isZero();
        assertThat(none.get("newest")).isEmpty();
    }

    @Test
    void ranksDestinationsByStreamsAndByEvents() throws Exception {
        append("1", "a");
        append("1", "b");
        open("ann", "view/1", "view/2");
        open("bob", "view/2");
        until("/streams", body -> body.get("total").asInt() == 2);

        JsonNode byStreams = get("/destinations?limit=1");
        assertThat(byStreams.get("destinations").toString())
                .isEqualTo("[{\"destination\":\"view/2\",\"organisation\":\"acme\",\"streams\":2,\"events\":0}]");
        assertThat(byStreams.get("streams").asInt()).isEqualTo(2);
        assertThat(byStreams.get("more").asBoolean()).isTrue();
        until("/destinations?by=events", body -> body.get("destinations")
                .get(0)
                .toString()
                .equals("{\"destination\":\"view/1\",\"organisation\":\"acme\",\"streams\":1,\"events\":2}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET     | /streams?subjct=ann                | 400",
                "GET     | /streams?destination=view          | 400",
                "GET     | /streams?limit=0                   | 400",
                "GET     | /streams?limit=x                   | 400",
                "DELETE  | /streams                           | 400",
                "DELETE  | /streams?id=a&share=1              | 400",
                "DELETE  | /streams?share=0                   | 400",
                "DELETE  | /streams?share=1.5                 | 400",
                "DELETE  | /streams?share=NaN                 | 400",
                "DELETE  | /streams?share=.                   | 400",
                "DELETE  | /streams?share=1&limit=3           | 400",
                "DELETE  | /streams?id=one-0000-9             | 404",
                "DELETE  | /streams?share=1                   | 200",
                "DELETE  | /destinations                      | 405",
                "POST    | /streams                           | 405",
                "OPTIONS | /streams                           | 204",
                "HEAD    | /streams                           | 200",
                "GET     | /destinations?by=bytes             | 400",
                "GET     | /destinations/view/1               | 400",
                "GET     | /destinations/view?organisation=a  | 400",
                "GET     | /destinations/View/1?organisation=a | 400",
                "GET     | /destinations/view/1?organisation=a&newest=101 | 400",
                "GET     | /streams/1                         | 404"
            })
    void answersWhatToChange(String method, String path, int status) throws Exception {
        assertThat(send(method, path).statusCode()).isEqualTo(status);
    }

    @Test
    void letsNoPageOfAnotherOriginEndStreams() throws Exception {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(uri("/streams?share=1"))
                        .DELETE()
                        .header("Origin", "http://evil.example")
                        .build(),
                BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(403);
    }

    private EventId append(String id, String data) {
        return append(id, Event.message("data", Payload.of(("\"" + data + "\"").getBytes(StandardCharsets.UTF_8))));
    }

    private EventId append(String id, Event event) {
        Destination destination = new Destination("acme", "view", id);
        Source source = new Source("topic", "topic-id", 0, offset++);
        log.append(List.of(), List.of(new Entry(destination, event, source, null)));
        return log.end(destination).toCompletableFuture().join().end();
    }

    private InputStream open(String subject, String... destinations) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + "/api/events?destination="
                + String.join("&destination=", destinations));
        InputStream body = http.send(
                        HttpRequest.newBuilder(uri)
                                .header("Authorization", "Bearer " + subject)
                                .build(),
                        BodyHandlers.ofInputStream())
                .body();
        clients.add(body);
        return body;
    }

    private interface Condition {
        boolean holds(JsonNode body);
    }

    /** Asks until the answer is as it has to be. */
    private JsonNode until(String path, Condition condition) {
        JsonNode[] last = new JsonNode[1];
        await(() -> {
            try {
                last[0] = get(path);
            } catch (IOException | InterruptedException failed) {
                throw new AssertionError(failed);
            }
            return condition.holds(last[0]);
        });
        return last[0];
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = send("GET", path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + "/manage/actuator" + path);
    }

    private HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(uri(path))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }
}
