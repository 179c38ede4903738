package io.eventsgateway.app;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.eventsgateway.topic.Feed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** What OpenTelemetry's Java agent sees of a record on its way to a client. */
class TracingIT {

    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
    private static final Path AGENT = Path.of("target", "agent", "opentelemetry-javaagent.jar");
    private static final Artifact WITH_AGENT = new Artifact(
            "jar with OpenTelemetry's agent",
            List.of(JAVA.toString(), "-Xmx512m", "-javaagent:" + AGENT, "-jar", "target/gateway-app.jar"),
            false);

    /** As docs/operating.md says, but for where spans go. */
    private static final Map<String, String> VARIABLES = Map.of(
            "OTEL_SERVICE_NAME", "events-gateway",
            "OTEL_TRACES_SAMPLER", "parentbased_always_off",
            "OTEL_TRACES_EXPORTER", "experimental-otlp/stdout",
            "OTEL_METRICS_EXPORTER", "none",
            "OTEL_LOGS_EXPORTER", "none",
            "OTEL_BSP_SCHEDULE_DELAY", "100");

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String SENDER = "b7ad6b7169203331";
    private static final String DELIVERED = "0af7651916cd43dd8448eb211c80319c";
    private static final String LARGE = "1af7651916cd43dd8448eb211c80319c";
    private static final String UNSAMPLED = "2af7651916cd43dd8448eb211c80319c";
    private static final String REJECTED = "3af7651916cd43dd8448eb211c80319c";

    /** A span as it was exported. */
    private record Exported(String trace, String id, String parent, String name, int kind, int status) {}

    @Test
    void tracesARecordFromKafkaToTheClientOnceForEachStep() {
        try (Stack stack = new Stack();
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", stack.kafka().bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            Map<String, String> environment = stack.environment();
            environment.putAll(VARIABLES);
            try (GatewayProcess gateway =
                            new GatewayProcess(WITH_AGENT, Path.of("target").toAbsolutePath(), environment);
                    Client client = new Client(gateway.uri("/api/events/process-instance/1"), "nobody")) {
                producer.send(record(REJECTED, "01", "no JSON"));
                producer.send(record(UNSAMPLED, "00", "{\"n\":1}"));
                producer.send(record(DELIVERED, "01", "{\"n\":2}"));
                producer.send(record(LARGE, "01", "{\"n\":3,\"filler\":\"" + "x".repeat(200_000) + "\"}"));
                producer.flush();

                await("the events", () -> client.numbers("message").equals(List.of(1, 2, 3)));
                await(
                        "the spans",
                        () -> of(gateway, DELIVERED).size() == 2
                                && of(gateway, LARGE).size() == 2
                                && of(gateway, REJECTED).size() == 2);

                for (String trace : List.of(DELIVERED, LARGE)) {
                    Exported process = named(gateway, trace, "process " + Stack.topic(Feed.ENGINE_MESSAGE));
                    assertThat(process.parent()).isEqualTo(SENDER);
                    assertThat(process.kind()).as("consumer").isEqualTo(5);
                    assertThat(process.status()).isZero();
                    Exported deliver = named(gateway, trace, "deliver process-instance");
                    assertThat(deliver.parent()).isEqualTo(process.id());
                    assertThat(deliver.kind()).as("producer").isEqualTo(4);
                    assertThat(deliver.status()).isZero();
                }
                Exported rejected = named(gateway, REJECTED, "process " + Stack.topic(Feed.ENGINE_MESSAGE));
                assertThat(rejected.parent()).isEqualTo(SENDER);
                assertThat(rejected.status()).as("error").isEqualTo(2);
                // the agent's own, of the producer
                assertThat(of(gateway, REJECTED))
                        .anySatisfy(each -> assertThat(each.parent()).isEqualTo(rejected.id()));
                assertThat(of(gateway, UNSAMPLED)).isEmpty();
                // the gateway begins no trace
                assertThat(exported(gateway)).extracting(Exported::trace).containsOnly(DELIVERED, LARGE, REJECTED);
            }
        }
    }

    private static ProducerRecord<byte[], byte[]> record(String trace, String flags, String value) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(Stack.topic(Feed.ENGINE_MESSAGE), bytes("1"), bytes(value));
        record.headers().add("traceparent", bytes("00-" + trace + "-" + SENDER + "-" + flags));
        return record;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Exported named(GatewayProcess gateway, String trace, String name) {
        List<Exported> found = of(gateway, trace).stream()
                .filter(each -> each.name().equals(name))
                .toList();
        assertThat(found).as(name + " among " + of(gateway, trace)).hasSize(1);
        return found.get(0);
    }

    private static List<Exported> of(GatewayProcess gateway, String trace) {
        return exported(gateway).stream()
                .filter(each -> each.trace().equals(trace))
                .toList();
    }

    /** The spans among what the process has written, each batch of which is one line. */
    private static List<Exported> exported(GatewayProcess gateway) {
        List<Exported> spans = new ArrayList<>();
        for (String line : gateway.log().split("\n")) {
            if (line.startsWith("{\"resourceSpans\"") && line.endsWith("}")) {
                for (JsonNode span : json(line).findValues("spans")) {
                    span.forEach(each -> spans.add(new Exported(
                            each.path("traceId").asText(),
                            each.path("spanId").asText(),
                            each.path("parentSpanId").asText(),
                            each.path("name").asText(),
                            each.path("kind").asInt(),
                            each.path("status").path("code").asInt())));
                }
            }
        }
        return spans;
    }

    private static JsonNode json(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException notJson) {
            throw new UncheckedIOException(notJson);
        }
    }
}
