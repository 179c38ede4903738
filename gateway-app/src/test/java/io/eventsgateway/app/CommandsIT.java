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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    void listsTracesAndEndsStreams() {
        try (GatewayProcess gateway = new GatewayProcess(Map.of("EVENTS_SSE_DRAINSECS", "0"), "run", "--embedded")) {
            String url = gateway.uri("/").toString();
            String management = "http://127.0.0.1:" + gateway.managementPort();
            try (CommandProcess tail = new CommandProcess("tail", "--url", url, "process-instance/42")) {
                tail.await("Connected."::equals);
                GatewayRun.of(Map.of(), "publish", TOPIC, "{\"secret\":1}", "--key", "42", "--url", url);
                tail.await(line -> line.contains("secret"));

                GatewayRun listed =
                        GatewayRun.of(Map.of(), "streams", "--url", management, "--destination", "process-instance/42");
                assertThat(listed.exitCode()).as(listed.output()).isZero();
                String line = listed.output()
                        .lines()
                        .filter(each -> each.contains("process-instance/42@"))
                        .findFirst()
                        .orElseThrow();
                String id = line.substring(0, line.indexOf(' '));

                GatewayRun traced = GatewayRun.of(Map.of(), "trace", "process-instance/42", "--url", management);
                assertThat(traced.output())
                        .contains("events kept  1", "message message  12 bytes", "connected to ", id)
                        .doesNotContain("secret");
                GatewayRun top = GatewayRun.of(Map.of(), "top", "--once", "--url", management, "--by", "events");
                assertThat(top.output()).containsPattern(" 1 +1 +- +default process-instance/42\n");

                assertThat(GatewayRun.of(Map.of(), "streams", "--url", management, "--end", id)
                                .output())
                        .contains(": ended 1 over 0 s");
                tail.await(each -> each.startsWith("Stream ended, back in "));
                GatewayRun gone = GatewayRun.of(Map.of(), "streams", "--url", management, "--end", id);
                assertThat(gone.exitCode()).isEqualTo(1);
                assertThat(gone.output()).contains("This replica has no such stream.");
            }
        }
    }

    @Test
    void sendsARepairedDeadLetterAgainOnce(@TempDir Path folder) throws Exception {
        Path repaired = Files.writeString(folder.resolve("fixed.json"), "{\"n\":7}");
        try (GatewayProcess gateway = new GatewayProcess(stack.environment());
                CommandProcess tail =
                        new CommandProcess("tail", "--url", gateway.uri("/").toString(), "process-instance/77")) {
            tail.await("Connected."::equals);
            String source = GatewayRun.of(stack.environment(), "publish", TOPIC, "{", "--key", "77")
                    .output()
                    .lines()
                    .reduce((before, last) -> last)
                    .orElseThrow();
            await(() -> GatewayRun.of(stack.environment(), "dead-letters", "list")
                    .output()
                    .contains("record=" + source + " reason="));
            String[] replay = {"dead-letters", "replay", "--letter", source, "--replace", repaired.toString()};

            assertThat(GatewayRun.of(stack.environment(), replay).output())
                    .contains("would send " + source + " again", "1 of 1 would be sent");
            String[] execute =
                    Stream.concat(Stream.of(replay), Stream.of("--execute")).toArray(String[]::new);
            assertThat(GatewayRun.of(stack.environment(), execute).output()).contains("sent " + source + " again as");

            assertThat(tail.await(line -> line.contains("{\"n\""))).endsWith("{\"n\":7}");
            assertThat(GatewayRun.of(stack.environment(), execute).output())
                    .contains("passed over " + source + ": was sent again before", "0 of 1 sent");
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
    void isNotReadyWithoutRedisWhereThatIsAsked() throws Exception {
        Map<String, String> environment = new HashMap<>(stack.environment());
        environment.put("MANAGEMENT_READINESS_INCLUDE_REDIS", "true");
        environment.put("SPRING_DATA_REDIS_PORT", Integer.toString(FreePort.any()));
        try (GatewayProcess gateway = new GatewayProcess(environment)) {
            awaitStatus("http://127.0.0.1:" + gateway.managementPort() + "/manage/actuator/health/readiness", 503);
        }
    }

    @Test
    void logsWhatIsInForceAtTheStartAndThatItHasStopped() {
        Map<String, String> environment = new HashMap<>(stack.environment());
        environment.put("SPRING_DATA_REDIS_PASSWORD", "s3cret");
        environment.put("SPRING_DATA_REDIS_PORT", Integer.toString(FreePort.any()));
        try (GatewayProcess gateway = new GatewayProcess(environment)) {
            assertThat(gateway.log().lines().filter(line -> line.contains("Gateway started")))
                    .singleElement()
                    .asString()
                    .contains(
                            "kafka=\"" + stack.kafka().bootstrapServers() + "\"",
                            "redis=\"server 127.0.0.1:",
                            "groups=\"engine-commands-message,",
                            "pattern=\"ai.flowx.eventsgateway.receive.*\"",
                            "issuer=\"any\"",
                            "version=\"");
            assertThat(gateway.stop()).isZero();

            assertThat(gateway.linesWith("Gateway stopped reason=signal streams=0 after="))
                    .isEqualTo(1);
            assertThat(gateway.log()).doesNotContain("s3cret");
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

            assertThat(health.at("/components/kafka/details/consumers/engine-message")
                            .asInt())
                    .isPositive();
            stack.redis().stop();
            awaitStatus(base + "/health", 503);
            awaitStatus(base + "/health/redis", 503);
            awaitStatus(base + "/health/kafka", 200);
            assertThat(get(URI.create(base + "/prometheus"), null).body())
                    .contains("events_gateway_redis_up 0.0", "events_gateway_kafka_up 1.0");
            assertThat(get(URI.create(base + "/health/liveness"), null).statusCode())
                    .isEqualTo(200);
            assertThat(get(URI.create(base + "/health/readiness"), null).statusCode())
                    .as("all replicas share Redis")
                    .isEqualTo(200);
            stack.redis().start();
            awaitStatus(base + "/health", 200);
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
