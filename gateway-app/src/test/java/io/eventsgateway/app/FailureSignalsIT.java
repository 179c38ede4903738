package io.eventsgateway.app;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.eventsgateway.kafka.KafkaBroker;
import io.eventsgateway.redis.RedisServer;
import io.eventsgateway.topic.Feed;
import io.eventsgateway.topic.StandardTopicNaming;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Plays each failure that an operator must learn of, with one gateway, and prints after how many seconds health, metric and log say so, and what
 * the log says:
 * {@code mvn -pl gateway-app -am verify -Dexcluded.tags= -Dit.test=FailureSignalsIT -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false
 * -Dfailsafe.failIfNoSpecifiedTests=false}.
 */
@Tag("faults")
class FailureSignalsIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LETTERS = "ai.flowx.eventsgateway.deadletter.v1";

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<String> rows = new ArrayList<>();

    private volatile int issuerStatus = 404;

    /** What a failure is to be seen by. */
    private record Signs(String component, String problem, String metric, String log) {}

    @Test
    void saysOfEachFailureWhatIsWrongAndWhenItIsOver() throws Exception {
        try (KafkaBroker kafka = new KafkaBroker(Map.of(
                        "authorizer.class.name",
                        "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                        "allow.everyone.if.no.acl.found",
                        "true"));
                RedisServer redis = RedisServer.v70();
                AutoCloseable issuer = startIssuer();
                GatewayProcess gateway = new GatewayProcess(environment(kafka, redis))) {
            matchless(kafka, gateway);
            play(
                    gateway,
                    "the issuer answers 500",
                    new Signs("issuer", "status 500", "issuer_up", "issuer does not work"),
                    () -> issuerStatus = 500,
                    () -> issuerStatus = 404);
            ask(redis, "full", gateway, "maxmemory", "1", "0", "out of memory");
            readOnly(redis, gateway);
            play(
                    gateway,
                    "Redis is stopped",
                    new Signs("redis", "onnect", "redis_up", "Redis does not work"),
                    redis::stop,
                    redis::start);
            play(
                    gateway,
                    "Redis hangs",
                    new Signs("redis", "", "redis_up", "Redis does not work"),
                    redis::pause,
                    redis::resume);
            deniedLetters(kafka, gateway);
            play(
                    gateway,
                    "Kafka is stopped",
                    new Signs(
                            "kafka",
                            "Kafka does not answer at " + kafka.bootstrapServers(),
                            "kafka_up",
                            "Kafka does not work"),
                    kafka::kill,
                    kafka::start);
            assertThat(status(gateway, "/health/readiness")).isEqualTo("UP");
            assertThat(gateway.log()).doesNotContain("TimeoutException", "=PT");
        }
        System.out.println(
                "\n| failure | health | metric | log | over |\n|---|---|---|---|---|\n" + String.join("\n", rows));
    }

    private AutoCloseable startIssuer() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(issuerStatus, -1);
            exchange.close();
        });
        server.start();
        issuerUrl = "http://127.0.0.1:" + server.getAddress().getPort();
        return () -> server.stop(0);
    }

    private String issuerUrl = "";

    private Map<String, String> environment(KafkaBroker kafka, RedisServer redis) {
        for (Feed feed : Feed.values()) {
            if (!feed.isPattern()) {
                kafka.createTopic(feed.topic(StandardTopicNaming.DEFAULT), 1);
            }
        }
        kafka.createTopic("ai.flowx.dev.eventsgateway.receive.demo.v1", 1);
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        environment.put("SPRING_DATA_REDIS_HOST", "127.0.0.1");
        environment.put("SPRING_DATA_REDIS_PORT", Integer.toString(redis.port()));
        environment.put("SECURITY_OAUTH2_BASESERVERURL", issuerUrl);
        environment.put("EVENTS_SSE_DRAINSECS", "1");
        return environment;
    }

    /** Not an outage: a line once, and a detail. */
    private void matchless(KafkaBroker kafka, GatewayProcess gateway) {
        String near =
                "nothing matches ai.flowx.eventsgateway.receive.*; near: ai.flowx.dev.eventsgateway.receive.demo.v1";
        await(
                "health of a pattern",
                () -> health(gateway).at("/components/kafka").toString().contains(near));
        await("the line of a pattern", () -> gateway.linesWith(near) == 1);
        rows.add("| a pattern matches no topic | `missing`, and UP | – | at the start | |");
        kafka.createTopic(Stack.GENERIC_TOPIC, 1);
        await("a topic for the pattern", () -> gateway.linesWith("No topics are missing any more") == 1);
        await("all up", () -> health(gateway).at("/status").asText().equals("UP"));
    }

    private void ask(
            RedisServer redis,
            String what,
            GatewayProcess gateway,
            String name,
            String broken,
            String whole,
            String problem) {
        play(
                gateway,
                "Redis is " + what,
                new Signs("redis", problem, "redis_up", "Redis does not work"),
                () -> with(redis, commands -> commands.configSet(name, broken)),
                () -> with(redis, commands -> commands.configSet(name, whole)));
    }

    private void readOnly(RedisServer redis, GatewayProcess gateway) {
        play(
                gateway,
                "Redis is a replica",
                new Signs("redis", "replica", "redis_up", "Redis does not work"),
                () -> with(redis, commands -> commands.replicaof("127.0.0.1", 1)),
                () -> with(redis, commands -> commands.replicaofNoOne()));
    }

    private static void with(RedisServer redis, Consumer<RedisCommands<String, String>> action) {
        try (RedisClient client = RedisClient.create(redis.uri());
                StatefulRedisConnection<String, String> connection = client.connect()) {
            action.accept(connection.sync());
        }
    }

    private void deniedLetters(KafkaBroker kafka, GatewayProcess gateway) {
        AclBinding denied = new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, LETTERS, PatternType.LITERAL),
                new AccessControlEntry("User:ANONYMOUS", "*", AclOperation.WRITE, AclPermissionType.DENY));
        play(
                gateway,
                "dead letters are denied",
                new Signs("kafka", LETTERS, "kafka_up", "Kafka does not work"),
                () -> {
                    kafka.admin(admin -> admin.createAcls(List.of(denied)).all());
                    send(kafka, Feed.TASK_MESSAGE, "no json");
                },
                () -> kafka.admin(
                        admin -> admin.deleteAcls(List.of(denied.toFilter())).all()));
        await("the letter", () -> gateway.linesWith("Record rejected feed=task-message") == 1);
        assertThat(metric(gateway, "rejected_total{feed=\"task-message\"}")).isEqualTo("1.0");
    }

    private static void send(KafkaBroker kafka, Feed feed, String value) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                    feed.topic(StandardTopicNaming.DEFAULT), value.getBytes(StandardCharsets.UTF_8)));
        }
    }

    /** Has something fail until all signs say so, and then work again until none does. */
    private void play(GatewayProcess gateway, String failure, Signs signs, Runnable fail, Runnable mend) {
        String line = signs.log();
        String over = line.replace("does not work", "works again");
        long lines = gateway.linesWith(line);
        long overs = gateway.linesWith(over);
        long began = System.nanoTime();
        fail.run();
        String health = seconds(failure + ": health", began, () -> isDown(gateway, signs));
        String metric = seconds(failure + ": metric", began, () -> metric(gateway, signs.metric())
                .equals("0.0"));
        String log = seconds(failure + ": log", began, () -> gateway.linesWith(line) > lines);
        assertThat(status(gateway, "/health/readiness")).as(failure).isEqualTo("UP");
        if (signs.component().equals("redis")) {
            assertThat(health(gateway).at("/components/kafka/status").asText())
                    .as(failure)
                    .isEqualTo("UP");
        }
        long mended = System.nanoTime();
        mend.run();
        String end = seconds(failure + ": over", mended, () -> gateway.linesWith(over) > overs);
        await(failure + ": up", () -> health(gateway).at("/status").asText().equals("UP"));
        assertThat(metric(gateway, signs.metric())).isEqualTo("1.0");
        rows.add("| " + String.join(" | ", failure, health, metric, log, end) + " |");
        gateway.log()
                .lines()
                .filter(each -> each.contains(line) || each.contains(over))
                .skip(lines + overs)
                .forEach(System.out::println);
    }

    private boolean isDown(GatewayProcess gateway, Signs signs) {
        JsonNode component = health(gateway).at("/components/" + signs.component());
        return component.at("/status").asText().equals("DOWN")
                && component.at("/details/problem").asText().contains(signs.problem());
    }

    private static String seconds(String what, long since, BooleanSupplier condition) {
        await(what, condition);
        return String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - since) / (double) TimeUnit.SECONDS.toNanos(1));
    }

    private String status(GatewayProcess gateway, String path) {
        try {
            return JSON.readTree(get(gateway, path)).at("/status").asText();
        } catch (IOException noJson) {
            throw new AssertionError(noJson);
        }
    }

    private JsonNode health(GatewayProcess gateway) {
        try {
            return JSON.readTree(get(gateway, "/health"));
        } catch (IOException noJson) {
            throw new AssertionError(noJson);
        }
    }

    private String metric(GatewayProcess gateway, String name) {
        return get(gateway, "/prometheus")
                .lines()
                .filter(line -> line.startsWith("events_gateway_" + name + " "))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .findFirst()
                .orElse("");
    }

    private String get(GatewayProcess gateway, String path) {
        URI uri = URI.create("http://127.0.0.1:" + gateway.managementPort() + "/manage/actuator" + path);
        try {
            return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                    .body();
        } catch (IOException | InterruptedException failed) {
            throw new AssertionError(failed);
        }
    }
}
