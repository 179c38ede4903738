package io.eventsgateway.app;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.eventsgateway.FreePort;
import io.eventsgateway.topic.Feed;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What an operator types and looks at, on a real Kafka and a real Redis. */
class CommandsIT {

    private static final String TOPIC = Stack.topic(Feed.ENGINE_MESSAGE);
    private static final ObjectMapper JSON = new ObjectMapper();

    private static Stack stack;

    @BeforeAll
    static void start() {
        stack = new Stack();
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    @Test
    void publishesToKafkaAndTailsTheStreamThroughARestart() {
        try (GatewayProcess gateway = new GatewayProcess(stack.environment());
                CommandProcess tail = new CommandProcess(
                        "tail", "--url", gateway.uri("/").toString(), "process-instance/42", "user")) {
            tail.await("Connected."::equals);

            GatewayRun sent =
                    GatewayRun.of(stack.environment(), "publish", TOPIC, "{\"n\":1}", "--key", "42", "--event", "data");
            assertThat(sent.output()).containsPattern(Pattern.quote(TOPIC) + "-[0-2]@0");
            assertThat(sent.exitCode()).isZero();
            assertThat(tail.await(line -> line.endsWith("{\"n\":1}"))).matches("[0-9A-Za-z._-]+\tdata\t\\{\"n\":1}");

            assertThat(gateway.stop()).isZero();
            tail.await(line -> line.startsWith("Stream ended, back in "));
            gateway.start();
            tail.await("Connected."::equals);
            GatewayRun.of(stack.environment(), "publish", TOPIC, "{\"n\":2}", "--key", "42");
            assertThat(tail.await(line -> line.contains("{\"n\""))).endsWith("\tmessage\t{\"n\":2}");
        }
    }

    @Test
    void publishesToAnEmbeddedGatewayAndSaysWhyARecordIsRejected() {
        try (GatewayProcess gateway = new GatewayProcess(Map.of("EVENTS_SSE_DRAINSECS", "0"), "run", "--embedded")) {
            String url = gateway.uri("/").toString();

            GatewayRun good = GatewayRun.of(Map.of(), "publish", TOPIC, "{}", "--key", "42", "--url", url);
            assertThat(good.exitCode()).isZero();
            GatewayRun bad = GatewayRun.of(Map.of(), "publish", TOPIC, "{", "--key", "42", "--url", url);
            assertThat(bad.output()).contains("not JSON");
            assertThat(bad.exitCode()).isEqualTo(1);
            GatewayRun elsewhere = GatewayRun.of(Map.of(), "publish", "elsewhere", "{}", "--url", url);
            assertThat(elsewhere.output()).contains("No feed reads this topic");
        }
    }

    @Test
    void letsInWithTokensOfAnIssuerAndKeepsOrganisationsApart() throws Exception {
        String organisation = "5f24c66f-04a7-433a-b64a-a765d3b8121a";
        String base = "http://127.0.0.1:" + FreePort.any();
        Map<String, String> environment = stack.environment();
        environment.put("SECURITY_TYPE", "jwt-public-key");
        environment.remove("EVENTS_SECURITY_ALLOWINSECURE");
        environment.put("SECURITY_OAUTH2_BASESERVERURL", base);
        try (CommandProcess issuer =
                        new CommandProcess("token", "--issuer", base + "/realms/" + organisation, "--serve");
                GatewayProcess gateway = new GatewayProcess(environment)) {
            String token = issuer.await(line -> line.split("\\.").length == 3);
            issuer.await(line -> line.startsWith("Keys at "));
            URI uri = gateway.uri("/api/events/process-instance/apart");

            assertThat(get(uri, null).statusCode()).isEqualTo(401);
            assertThat(get(uri, token + "x").statusCode()).isEqualTo(401);
            String other = "00000000-0000-4000-8000-000000000000";
            GatewayRun.of(environment, "publish", TOPIC, "{\"n\":1}", "--key", "apart", "--organization", other);
            GatewayRun.of(environment, "publish", TOPIC, "{\"n\":2}", "--key", "apart", "--organization", organisation);
            try (CommandProcess tail = new CommandProcess(
                    "tail", "--url", gateway.uri("/").toString(), "--token", token, "process-instance/apart")) {
                assertThat(tail.await(line -> line.contains("{\"n\""))).endsWith("{\"n\":2}");
            }
        }
    }

    @Test
    void signsTokensForThisMachineOnly() {
        GatewayRun run = GatewayRun.of(Map.of(), "token", "--issuer", "https://id.example.com/realms/a");

        assertThat(run.exitCode()).isEqualTo(78);
        assertThat(run.output()).startsWith("--issuer=https://id.example.com/realms/a is not valid");
    }

    @Test
    void failsWhenAPortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            String port = Integer.toString(taken.getLocalPort());

            GatewayRun run = GatewayRun.of(Map.of("SERVER_PORT", port), "--embedded");

            assertThat(run.exitCode()).isEqualTo(78);
            assertThat(run.output()).contains("SERVER_PORT can't be listened on");
        }
    }

    @Test
    void tellsHowItIsDoingAlsoWithoutRedis() throws Exception {
        try (GatewayProcess gateway = new GatewayProcess(stack.environment())) {
            String base = "http://127.0.0.1:" + gateway.managementPort() + "/manage/actuator";

            awaitStatus(base + "/health", 200);
            JsonNode health =
                    JSON.readTree(get(URI.create(base + "/health"), null).body());
            assertThat(health.at("/status").asText()).isEqualTo("UP");
            assertThat(health.at("/components/redis/status").asText()).isEqualTo("UP");
            assertThat(health.at("/components/kafka/status").asText()).isEqualTo("UP");
            assertThat(get(URI.create(base + "/health/readiness"), null).body()).isEqualTo("{\"status\":\"UP\"}");
            assertThat(get(URI.create(base + "/info"), null).body()).contains("events-gateway");
            await(() -> metrics(base)
                    .containsAll(List.of(
                            "events_gateway_partitions{feed=\"engine-message\"} 3.0",
                            "events_gateway_topics{feed=\"engine-message\"} 1.0",
                            "events_gateway_paused{feed=\"engine-message\"} 0.0")));
            String metrics = String.join("\n", metrics(base)) + "\n";
            // for .ci/alerts
            Files.writeString(Path.of("target/prometheus.txt"), metrics);
            assertThat(metrics)
                    .contains("events_gateway_appended_total{feed=\"engine-message\"}")
                    .contains("events_gateway_streams{kind=\"one\"}")
                    .contains("kafka_consumer_coordinator_assigned_partitions{")
                    .containsPattern("events_gateway_redis_answer_seconds_count [1-9]");
            HttpResponse<String> nothing = get(URI.create(base + "/nothing"), null);
            assertThat(nothing.statusCode()).isEqualTo(404);
            assertThat(nothing.headers().firstValue("Content-Type")).contains("application/problem+json");

            stack.redis().stop();
            awaitStatus(base + "/health/readiness", 503);
            assertThat(get(URI.create(base + "/health/liveness"), null).statusCode())
                    .isEqualTo(200);
            stack.redis().start();
            awaitStatus(base + "/health/readiness", 200);
        }
    }

    @Test
    void saysWhatToTypeWhenItDoesNotUnderstand() {
        GatewayRun run = GatewayRun.of(Map.of(), "pubish");

        assertThat(run.exitCode()).isEqualTo(64);
        assertThat(run.output()).contains("pubish").contains("publish");
    }

    @Test
    void refusesAnOptionThatStandsBeforeTheCommand() {
        GatewayRun run = GatewayRun.of(Map.of(), "--config=any", "config");

        assertThat(run.exitCode()).isEqualTo(64);
        assertThat(run.output()).contains("--config must stand behind the command config");
    }

    private static void awaitStatus(String uri, int status) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (get(URI.create(uri), null).statusCode() != status) {
            assertThat(System.nanoTime())
                    .as("waiting for " + status + " of " + uri)
                    .isLessThan(until);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    private static List<String> metrics(String base) {
        try {
            return get(URI.create(base + "/prometheus"), null).body().lines().toList();
        } catch (Exception unreachable) {
            throw new IllegalStateException(unreachable);
        }
    }

    private static HttpResponse<String> get(URI uri, String token) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
