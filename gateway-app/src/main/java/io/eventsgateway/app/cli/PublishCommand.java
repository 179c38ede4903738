package io.eventsgateway.app.cli;

import io.eventsgateway.config.Environment;
import io.eventsgateway.kafka.KafkaClientSettings;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sends one record, to Kafka or to a running embedded gateway. */
@Command(
        name = "publish",
        description = "Sends one record, to the Kafka of the environment or by --url to a running embedded gateway.",
        mixinStandardHelpOptions = true)
public final class PublishCommand implements Callable<Integer> {

    @Parameters(index = "0", description = "The topic.")
    private String topic = "";

    @Parameters(index = "1", description = "The value: JSON, @FILE, or - for standard input.")
    private String value = "";

    @Option(names = "--key", description = "The record's key: the destination's id.")
    private @Nullable String key;

    @Option(names = "--event", description = "The event's name, where the value is no envelope.")
    private @Nullable String event;

    @Option(names = "--organization", description = "The organisation's UUID.")
    private @Nullable String organization;

    @Option(names = "--url", description = "An embedded gateway, for example http://localhost:8080.")
    private @Nullable URI url;

    @Mixin
    private EnvironmentOption settings = new EnvironmentOption();

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException {
        Map<String, String> headers = new LinkedHashMap<>();
        if (event != null) {
            headers.put("Fx-Event", event);
        }
        if (organization != null) {
            headers.put("Fx-Organization-Id", organization);
        }
        URI to = url;
        return to == null ? sendToKafka(headers) : sendTo(to, headers);
    }

    private int sendToKafka(Map<String, String> headers) throws IOException, InterruptedException, ExecutionException {
        Environment environment = settings.environment();
        Map<String, Object> properties = new HashMap<>(KafkaClientSettings.properties(environment));
        properties.put("max.request.size", environment.get(KafkaClientSettings.MESSAGE_MAX_BYTES) + 1024 * 1024);
        byte[] keyBytes = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
        ProducerRecord<byte[], byte[]> out = new ProducerRecord<>(topic, keyBytes, value());
        headers.forEach((name, text) -> out.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            RecordMetadata where = producer.send(out).get();
            System.out.println(where.topic() + "-" + where.partition() + "@" + where.offset());
            return 0;
        }
    }

    private int sendTo(URI gateway, Map<String, String> headers) throws IOException, InterruptedException {
        String query = key == null ? "" : "?key=" + URLEncoder.encode(key, StandardCharsets.UTF_8);
        URI target = gateway.resolve("/dev/records/" + URLEncoder.encode(topic, StandardCharsets.UTF_8) + query);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(target).POST(HttpRequest.BodyPublishers.ofByteArray(value()));
        request.header("Content-Type", "application/json");
        headers.forEach(request::header);
        HttpResponse<String> answer =
                HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
        System.out.println(answer.body());
        return answer.statusCode() == 202 ? 0 : 1;
    }

    private byte[] value() throws IOException {
        if (value.equals("-")) {
            return System.in.readAllBytes();
        }
        return value.startsWith("@")
                ? Files.readAllBytes(Path.of(value.substring(1)))
                : value.getBytes(StandardCharsets.UTF_8);
    }
}
