package io.eventsgateway.app;

import io.eventsgateway.Await;
import io.eventsgateway.redis.RedisServer;
import io.eventsgateway.topic.Feed;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What the pages in docs/operations say of Redis: how much memory events take there, what an idle gateway asks of it, and what clients see when
 * a gateway gets another Redis. {@code mvn -q -Pfaults -Dlab=OperationsLab -DskipTests verify} prints it.
 */
final class OperationsLab implements AutoCloseable {

    private static final int RECORDS = 3000;
    private static final String MOVED = "moved";
    private static final Duration HELD = Duration.ofSeconds(45);

    private final Stack stack = new Stack();
    private final KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
            Map.of("bootstrap.servers", stack.kafka().bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer());

    /** What came on a stream. */
    private record Seen(String first, int events, String lastId) {}

    public static void main(String[] args) {
        try (OperationsLab lab = new OperationsLab()) {
            lab.memory();
            lab.moves();
            lab.otherGroups();
        }
        System.exit(0);
    }

    private void memory() {
        try (GatewayProcess gateway = new GatewayProcess(stack.environment())) {
            pause(Duration.ofSeconds(10));
            List<Long> before = idleCounters();
            pause(Duration.ofSeconds(20));
            List<Long> after = idleCounters();
            System.out.printf(
                    Locale.ROOT,
                    "idle: %.0f commands/s, %.0f bytes/s in, %.0f bytes/s out%n",
                    (after.get(0) - before.get(0)) / 20.0,
                    (after.get(1) - before.get(1)) / 20.0,
                    (after.get(2) - before.get(2)) / 20.0);
            System.out.println("| destinations | events of each | bytes | Redis bytes an event | bytes in an event |");
            for (int[] row : List.of(
                    new int[] {2000, 1, 300},
                    new int[] {2000, 10, 300},
                    new int[] {20, 1000, 300},
                    new int[] {20, 1000, 2000},
                    new int[] {20, 100, 100_000})) {
                memory(gateway, row[0], row[1], row[2]);
            }
        }
    }

    private void memory(GatewayProcess gateway, int destinations, int events, int size) {
        long memory = info("used_memory");
        long input = info("total_net_input_bytes");
        double appended = appended(gateway);
        String pad = "x".repeat(size - 20);
        String row = destinations + "-" + events + "-" + size + "-";
        for (int i = 0; i < events; i++) {
            for (int j = 0; j < destinations; j++) {
                send(Feed.ENGINE_MESSAGE, row + j, "{\"n\":" + (1000 + i) + ",\"p\":\"" + pad + "\"}", Instant.now());
            }
        }
        producer.flush();
        Await.await("the events", () -> appended(gateway) - appended == (double) destinations * events);
        pause(Duration.ofSeconds(2));
        double count = (double) destinations * events;
        System.out.printf(
                Locale.ROOT,
                "| %d | %d | %d | %.0f | %.0f |%n",
                destinations,
                events,
                size,
                (info("used_memory") - memory) / count,
                (info("total_net_input_bytes") - input) / count);
    }

    private void moves() {
        Instant hourAgo = Instant.now().minus(Duration.ofHours(1));
        for (int i = 0; i < RECORDS - 1; i++) {
            send(Feed.TASK_MESSAGE, MOVED, "{\"n\":" + i + "}", hourAgo);
        }
        producer.flush();
        String middle;
        try (GatewayProcess gateway = new GatewayProcess(stack.environment())) {
            Await.await("the records", () -> read(gateway, null).events() == RECORDS - 1);
            show("before, without a position", read(gateway, null));
            show("a position that another gateway made up", read(gateway, "8d5c-42"));
            // what it knows of the log under every tag it states every five seconds, and commits with the next record
            pause(Duration.ofSeconds(7));
            send(Feed.TASK_MESSAGE, MOVED, "{\"n\":" + (RECORDS - 1) + "}", hourAgo);
            producer.flush();
            pause(Duration.ofSeconds(5));
            middle = read(gateway, null).lastId();
        }
        try (RedisServer empty = RedisServer.v70();
                RedisServer refilled = RedisServer.v70();
                RedisServer copy = RedisServer.v70()) {
            try (GatewayProcess gateway = new GatewayProcess(with(empty))) {
                settled(gateway);
                show("an empty Redis, without a position", read(gateway, null));
                show("an empty Redis, with the last position", read(gateway, middle));
                pause(Duration.ofSeconds(3));
            }
            Map<String, String> rewinding = with(refilled);
            rewinding.put("EVENTS_REDIS_REWINDSECS", "14400");
            try (GatewayProcess gateway = new GatewayProcess(rewinding)) {
                settled(gateway);
                String last = read(gateway, null).lastId();
                show("an empty Redis, EVENTS_REDIS_REWINDSECS=14400", read(gateway, null));
                show("the same, with the last position", read(gateway, middle));
                CompletableFuture<Seen> held = hold(gateway, last);
                replicate(refilled, copy);
                try (GatewayProcess next = new GatewayProcess(with(copy))) {
                    settled(next);
                    show("a copy by replication, with the last position", read(next, last));
                    for (int i = 0; i < 10; i++) {
                        send(Feed.TASK_MESSAGE, MOVED, "{\"n\":" + (RECORDS + i) + "}", Instant.now());
                    }
                    producer.flush();
                    pause(Duration.ofSeconds(3));
                    show("10 records later, at the copy", read(next, last));
                    System.out.println("health at the replica that was the master: " + problem(gateway));
                    show("10 records later, on a new stream there", read(gateway, last));
                    show("10 records later, on a stream that was open there", held.join());
                    ask(copy, commands -> commands.keys("eg:*:s:*/" + MOVED).stream()
                            .mapToLong(commands::del)
                            .sum());
                    show("events of the destination deleted by hand", read(next, last));
                    send(Feed.TASK_MESSAGE, MOVED, "{\"n\":1}", Instant.now());
                    producer.flush();
                    pause(Duration.ofSeconds(3));
                    show("a record later", read(next, last));
                }
            }
        }
    }

    /** Another service's group, whose offsets have nothing beside them, takes over what a group of the gateway's own had read. */
    private void otherGroups() {
        String group = "KAFKA_CONSUMER_GROUPID_TASKCOMMANDS_MESSAGE";
        Map<String, String> environment = with(stack.redis());
        environment.put("EVENTS_REDIS_KEYPREFIX", "side");
        environment.put(group, "side-by-side");
        try (GatewayProcess gateway = new GatewayProcess(environment)) {
            settled(gateway);
            show("a group of its own", read(gateway, null));
        }
        String topic = Stack.topic(Feed.TASK_MESSAGE);
        stack.kafka().admin(admin -> admin.alterConsumerGroupOffsets(
                        "original",
                        IntStream.range(0, 3)
                                .boxed()
                                .collect(Collectors.toMap(
                                        partition -> new TopicPartition(topic, partition),
                                        partition -> new OffsetAndMetadata(0))))
                .all());
        environment.put(group, "original");
        try (GatewayProcess gateway = new GatewayProcess(environment)) {
            settled(gateway);
            show("another service's group afterwards, at offset 0", read(gateway, null));
            System.out.println("records that had been appended: " + metric(gateway, "duplicates_total"));
        }
    }

    private static void replicate(RedisServer from, RedisServer to) {
        ask(to, commands -> commands.replicaof("127.0.0.1", from.port()));
        Await.await("the copy", () -> ask(to, commands -> commands.info("replication"))
                .contains("master_link_status:up"));
        ask(to, RedisCommands::replicaofNoOne);
        ask(from, commands -> commands.replicaof("127.0.0.1", to.port()));
    }

    private Map<String, String> with(RedisServer redis) {
        Map<String, String> environment = stack.environment();
        // a stream that is read until nothing comes has none
        environment.put("EVENTS_SSE_HEARTBEATSECS", "600");
        environment.put("SPRING_DATA_REDIS_PORT", Integer.toString(redis.port()));
        return environment;
    }

    private void send(Feed feed, String id, String data, Instant at) {
        producer.send(new ProducerRecord<>(
                Stack.topic(feed),
                null,
                at.toEpochMilli(),
                id.getBytes(StandardCharsets.UTF_8),
                data.getBytes(StandardCharsets.UTF_8)));
    }

    /** Waits until a gateway has appended nothing for five seconds. */
    private static void settled(GatewayProcess gateway) {
        double before;
        do {
            before = appended(gateway);
            pause(Duration.ofSeconds(5));
        } while (appended(gateway) != before);
    }

    private static void show(String what, Seen seen) {
        System.out.println(what + ": " + seen.events() + " events, first: " + seen.first());
    }

    /** Reads a stream until nothing comes for some seconds. */
    private static Seen read(GatewayProcess gateway, String position) {
        return read(gateway, position, Duration.ofMillis(1500));
    }

    /** Holds a stream open until nothing comes for longer than all of the move takes. */
    private static CompletableFuture<Seen> hold(GatewayProcess gateway, String position) {
        return CompletableFuture.supplyAsync(() -> read(gateway, position, HELD));
    }

    private static Seen read(GatewayProcess gateway, String position, Duration patience) {
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    gateway.uri("/api/events/view/" + MOVED).toURL().openConnection();
            if (position != null) {
                connection.setRequestProperty("Last-Event-ID", position);
            }
            connection.setReadTimeout((int) patience.toMillis());
            return read(connection);
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private static Seen read(HttpURLConnection connection) throws IOException {
        List<String> lines = new ArrayList<>();
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
        } catch (SocketTimeoutException silent) {
            // that was all
        } finally {
            connection.disconnect();
        }
        String first = lines.stream()
                        .filter(line -> line.matches("(event|data):.*"))
                        .limit(2)
                        .toList() + "";
        int events = (int)
                lines.stream().filter(line -> line.startsWith("data: {\"n\"")).count();
        String id = lines.stream().filter(line -> line.startsWith("id: ")).reduce("", (a, b) -> b.substring(4));
        return new Seen(first, events, id);
    }

    private static double appended(GatewayProcess gateway) {
        return metric(gateway, "appended_total");
    }

    private static double metric(GatewayProcess gateway, String name) {
        return manage(gateway, "prometheus")
                .lines()
                .filter(line -> line.startsWith("events_gateway_" + name))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static String problem(GatewayProcess gateway) {
        String health = manage(gateway, "health");
        return health.substring(Math.max(0, health.indexOf("\"redis\"")));
    }

    private static String manage(GatewayProcess gateway, String what) {
        URI uri = URI.create("http://127.0.0.1:" + gateway.managementPort() + "/manage/actuator/" + what);
        try {
            HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
            try (InputStream body =
                    connection.getResponseCode() < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                return new String(body.readAllBytes(), StandardCharsets.UTF_8);
            }
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private List<Long> idleCounters() {
        return List.of(info("total_commands_processed"), info("total_net_input_bytes"), info("total_net_output_bytes"));
    }

    private long info(String field) {
        return ask(stack.redis(), RedisCommands::info)
                .lines()
                .filter(line -> line.startsWith(field + ":"))
                .mapToLong(line ->
                        Long.parseLong(line.substring(field.length() + 1).strip()))
                .findFirst()
                .orElseThrow();
    }

    private static <T> T ask(RedisServer redis, Function<RedisCommands<String, String>, T> question) {
        try (RedisClient client = RedisClient.create(redis.uri());
                StatefulRedisConnection<String, String> connection = client.connect()) {
            return question.apply(connection.sync());
        }
    }

    private static void pause(Duration time) {
        try {
            TimeUnit.MILLISECONDS.sleep(time.toMillis());
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @Override
    public void close() {
        producer.close();
        stack.close();
    }
}
