package io.eventsgateway.app;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.topic.Feed;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The main job end to end, as a user has it: the jar, a real Kafka, a real Redis, SSE clients that others wrote. */
class MainJobIT {

    private static Stack stack;
    private static KafkaProducer<byte[], byte[]> producer;

    private final String run = UUID.randomUUID().toString().substring(0, 8);

    @BeforeAll
    static void start() {
        stack = new Stack();
        Map<String, Object> properties =
                Map.of("bootstrap.servers", stack.kafka().bootstrapServers(), "linger.ms", 0, "acks", "all");
        producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @AfterAll
    static void stop() {
        producer.close();
        stack.close();
    }

    @Test
    void bringsAllFeedsToAHundredClientsInOrderAlsoWhenItIsKilledHalfWay() throws Exception {
        Map<String, Feed> paths = new LinkedHashMap<>();
        IntStream.range(0, 30).forEach(i -> paths.put("process-instance/" + run + i, Feed.ENGINE_MESSAGE));
        IntStream.range(0, 20).forEach(i -> paths.put("view/" + run + i, Feed.TASK_MESSAGE));
        IntStream.range(0, 20).forEach(i -> paths.put("process/" + run + i, Feed.PROCESS_MESSAGE));
        IntStream.range(0, 20).forEach(i -> paths.put("generic/" + run + i, Feed.GENERIC_MESSAGE));
        IntStream.range(0, 10).forEach(i -> paths.put("user/" + run + i, Feed.USER_MESSAGE));
        int each = 10_000 / paths.size();
        Map<String, Client> clients = new LinkedHashMap<>();
        long began = System.nanoTime();
        try (GatewayProcess gateway = new GatewayProcess(stack.environment())) {
            paths.forEach((path, feed) -> {
                String id = path.substring(path.indexOf('/') + 1);
                clients.put(path, new Client(gateway.uri("/api/events/" + path), id));
                if (feed == Feed.ENGINE_MESSAGE) {
                    send(
                            Feed.ENGINE_CONNECT,
                            id,
                            "{\"processInstanceUuid\":\"" + id + "\",\"subjects\":[\"" + id + "\"]}");
                }
            });
            Thread sender = new Thread(() -> {
                for (int n = 0; n < each; n++) {
                    for (Map.Entry<String, Feed> path : paths.entrySet()) {
                        String id = path.getKey().substring(path.getKey().indexOf('/') + 1);
                        send(path.getValue(), id, "{\"n\":" + n + "}");
                    }
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(30));
                }
                producer.flush();
            });
            sender.start();
            await("half of the events", () -> count(clients, "message") >= 5000);
            int atKill = count(clients, "message");
            gateway.kill();
            gateway.start();
            sender.join();
            await("all events", () -> count(clients, "message") >= each * paths.size());

            List<Integer> expected = IntStream.range(0, each).boxed().toList();
            clients.forEach((path, client) ->
                    assertThat(client.numbers("message")).as(path).isEqualTo(expected));
            assertThat(count(clients, "reset")).isZero();
            System.out.printf(
                    "main job: records=%d clients=%d killed-at=%d lost=0 twice=0 resets=0 seconds=%.1f%n",
                    each * paths.size(), clients.size(), atKill, (System.nanoTime() - began) / 1e9);

            String ended = run + 0;
            send(Feed.ENGINE_DISCONNECT, ended, "{\"processInstanceUuid\":\"" + ended + "\",\"reason\":\"finished\"}");
            Client last = clients.get("process-instance/" + ended);
            await("the disconnect", () -> !last.numbers("disconnect").isEmpty());
            assertThat(last.received().get(last.received().size() - 1).data()).isEqualTo("{\"reason\":\"finished\"}");
            last.close();
            assertThat(status(gateway.uri("/api/events/process-instance/" + ended)))
                    .isEqualTo(204);
            assertThat(gateway.stop()).isZero();
        } finally {
            clients.values().forEach(Client::close);
        }
    }

    @Test
    void bringsEveryEventToTheClientsOfBothReplicas() {
        try (GatewayProcess one = new GatewayProcess(stack.environment());
                GatewayProcess two = new GatewayProcess(stack.environment())) {
            List<Client> clients = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                clients.add(new Client(one.uri("/api/events/process-instance/" + run + i), "a"));
                clients.add(new Client(two.uri("/api/events/process-instance/" + run + i), "b"));
                clients.add(new Client(
                        two.uri("/api/events?destination=user&destination=process-instance/" + run + i), "c"));
            }
            for (int n = 0; n < 100; n++) {
                for (int i = 0; i < 10; i++) {
                    send(Feed.ENGINE_MESSAGE, run + i, "{\"n\":" + n + "}");
                }
            }
            await("all events on both", () -> clients.stream()
                    .allMatch(each -> each.numbers("message").size() >= 100));

            List<Integer> expected = IntStream.range(0, 100).boxed().toList();
            assertThat(clients)
                    .allSatisfy(each -> assertThat(each.numbers("message")).isEqualTo(expected));
            clients.forEach(Client::close);
        }
    }

    @Test
    void pushesAndDoesNotPoll() {
        Map<String, String> environment = stack.environment();
        environment.put("EVENTS_REDIS_FREQUENCYMILLIS", "10000");
        try (GatewayProcess gateway = new GatewayProcess(environment);
                Client client = new Client(gateway.uri("/api/events/process-instance/" + run), "a")) {
            int warmUp = 1000;
            int count = 1000;
            long[] sent = new long[warmUp + count];
            send(Feed.ENGINE_MESSAGE, run, "{\"n\":-1}");
            await("the stream", () -> !client.received().isEmpty());
            for (int n = 0; n < sent.length; n++) {
                long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(10);
                sent[n] = System.nanoTime();
                send(Feed.ENGINE_MESSAGE, run, "{\"n\":" + n + "}");
                LockSupport.parkNanos(due - System.nanoTime());
            }
            await("all events", () -> client.received().size() > sent.length);

            long[] delays = client.received().stream()
                    .filter(event -> event.number() >= warmUp)
                    .mapToLong(event -> event.nanos() - sent[event.number()])
                    .sorted()
                    .toArray();
            assertThat(delays).hasSize(count);
            System.out.printf(
                    "push: events=%d rate=100/s median=%.2f ms p99=%.2f ms%n",
                    count, delays[count / 2] / 1e6, delays[count * 99 / 100] / 1e6);
            // a poll would take 5 s; the rest is room for a busy machine
            assertThat(Duration.ofNanos(delays[count / 2])).isLessThan(Duration.ofSeconds(1));
        }
    }

    @Test
    void putsBadRecordsAsideAndGoesOn() {
        String topic = Stack.topic(Feed.ENGINE_MESSAGE);
        Map<String, String> bad = new LinkedHashMap<>();
        bad.put("no value", "");
        bad.put("not JSON: ends too early", "{\"n\":");
        bad.put("not JSON: unexpected byte", "<xml/>");
        bad.put("destination must be an object or a string type/id", "{\"destination\":\"nowhere\"}");
        bad.put("destination must be a string", "{\"destination\":42}");
        bad.put("event must be a string", "{\"processInstanceUuid\":\"a\",\"event\":{}}");
        bad.put("event name must not have CR, LF or NUL", "{\"processInstanceUuid\":\"a\",\"event\":\"a\\nb\"}");
        bad.put(
                "destination id must be 1-256 characters, got 300",
                "{\"processInstanceUuid\":\"" + "x".repeat(300) + "\"}");
        bad.put("destination type must be", "{\"destination\":{\"type\":\"Not A Type\",\"id\":\"a\"}}");
        bad.put("eventId must be 1-256 characters", "{\"processInstanceUuid\":\"a\",\"eventId\":\"\"}");
        bad.put("destination id must not have control characters", "{\"processInstanceUuid\":\"a\\u0000\"}");
        bad.put("not JSON: nested deeper than 1000", "[".repeat(2000));
        try (GatewayProcess gateway = new GatewayProcess(stack.environment());
                Client client = new Client(gateway.uri("/api/events/process-instance/" + run), "a");
                KafkaConsumer<byte[], byte[]> deadLetters = deadLetters()) {
            String key = run;
            producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), null));
            bad.values().forEach(value -> send(Feed.ENGINE_MESSAGE, key, value));
            ProducerRecord<byte[], byte[]> noOrganisation = record(topic, key, "{\"n\":0}");
            noOrganisation.headers().add("Fx-Organization-Id", "not-a-uuid".getBytes(StandardCharsets.UTF_8));
            producer.send(noOrganisation);
            send(Feed.ENGINE_MESSAGE, key, "{\"n\":1}");

            await("the good record behind them", () -> client.numbers("message").contains(1));

            List<ConsumerRecord<byte[], byte[]>> letters = new ArrayList<>();
            await("the dead letters", () -> {
                deadLetters.poll(Duration.ofMillis(200)).forEach(letters::add);
                return letters.size() >= bad.size() + 2;
            });
            assertThat(letters).hasSize(bad.size() + 2);
            List<String> reasons = letters.stream()
                    .map(letter -> header(letter, "gateway-error"))
                    .toList();
            bad.keySet().forEach(reason -> assertThat(reasons)
                    .anySatisfy(each -> assertThat(each).startsWith(reason)));
            assertThat(reasons).contains("header Fx-Organization-Id is not a UUID");
            assertThat(letters).allSatisfy(letter -> {
                assertThat(new String(letter.key(), StandardCharsets.UTF_8)).isEqualTo(key);
                assertThat(header(letter, "gateway-topic")).isEqualTo(topic);
                assertThat(header(letter, "gateway-partition")).matches("[0-2]");
                assertThat(header(letter, "gateway-offset")).matches("[0-9]+");
            });
            List<String> values = letters.stream()
                    .filter(letter -> letter.value() != null)
                    .map(letter -> new String(letter.value(), StandardCharsets.UTF_8))
                    .toList();
            assertThat(values).containsAll(bad.values());
            System.out.println("bad records: sent=" + (bad.size() + 2) + " dead-letters=" + letters.size());
        }
    }

    private KafkaConsumer<byte[], byte[]> deadLetters() {
        Map<String, Object> properties = Map.of(
                "bootstrap.servers",
                stack.kafka().bootstrapServers(),
                "group.id",
                "dead-letters-" + run,
                "auto.offset.reset",
                "earliest",
                "metadata.max.age.ms",
                500);
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(List.of("ai.flowx.eventsgateway.deadletter.v1"));
        return consumer;
    }

    private static String header(ConsumerRecord<?, ?> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static void send(Feed feed, String key, String value) {
        producer.send(record(Stack.topic(feed), key, value));
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, String key, String value) {
        return new ProducerRecord<>(
                topic, key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
    }

    private static int count(Map<String, Client> clients, String name) {
        return clients.values().stream()
                .mapToInt(client -> client.numbers(name).size())
                .sum();
    }

    private static int status(URI uri) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri).build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
