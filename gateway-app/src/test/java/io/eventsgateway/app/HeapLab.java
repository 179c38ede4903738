package io.eventsgateway.app;

import io.eventsgateway.Await;
import io.eventsgateway.kafka.KafkaBroker;
import io.eventsgateway.redis.RedisServer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The smallest heap in which the built jar brings records of some sizes to clients without running out of memory:
 * {@code mvn -q -Pfaults -Dlab=HeapLab -DskipTests verify}. {@link HeapNeed} rests on what it prints.
 */
final class HeapLab implements AutoCloseable {

    private static final int CLIENTS = 10;
    private static final int RECORDS = 3;
    private static final int STEP = 8;
    private static final String TOPIC = "ai.flowx.eventsgateway.engine.commands.message.v1";

    private final KafkaBroker kafka = new KafkaBroker(Map.of("auto.create.topics.enable", "false"));
    private final RedisServer redis = RedisServer.v70();
    private int runs;

    private HeapLab() {
        kafka.createTopic(TOPIC, 1);
    }

    public static void main(String[] args) {
        try (HeapLab lab = new HeapLab()) {
            for (int megabytes : List.of(1, 10, 25, 50)) {
                for (String collector : List.of("Serial", "G1")) {
                    System.out.printf(
                            "record=%d MB collector=%s smallest-heap=%d MB%n",
                            megabytes, collector, lab.smallest(megabytes, collector));
                }
            }
        }
        // the log of Redis has threads of its own
        System.exit(0);
    }

    private int smallest(int megabytes, String collector) {
        int tooSmall = 24;
        int enough = 64 + 8 * megabytes;
        while (enough - tooSmall > STEP) {
            int heap = (tooSmall + enough) / 2;
            if (suffices(heap, megabytes, collector)) {
                enough = heap;
            } else {
                tooSmall = heap;
            }
        }
        return enough;
    }

    private boolean suffices(int heap, int megabytes, String collector) {
        String id = "heap" + runs++;
        Map<String, String> environment = Map.of(
                "KAFKA_BOOTSTRAP_SERVERS",
                kafka.bootstrapServers(),
                "SPRING_DATA_REDIS_HOST",
                "127.0.0.1",
                "SPRING_DATA_REDIS_PORT",
                Integer.toString(redis.port()),
                "SECURITY_TYPE",
                "none",
                "EVENTS_SECURITY_ALLOWINSECURE",
                "true",
                "KAFKA_CONSUMER_GROUPID_PROCESSENGINECOMMANDS_MESSAGE",
                id,
                "KAFKA_MESSAGE_MAX_BYTES",
                (megabytes + 1) + "MB",
                "JAVA_TOOL_OPTIONS",
                "-XX:+Use" + collector + "GC");
        List<SlowClient> clients = new ArrayList<>();
        try (GatewayProcess gateway = GatewayProcess.withHeap(heap + "m", environment)) {
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(new SlowClient(gateway.uri("/api/events/process-instance/" + id), 0));
                clients.get(i).hurry();
            }
            send(id, megabytes);
            Await.await(
                    "the records",
                    () -> gateway.linesWith("OutOfMemoryError") > 0
                            || clients.stream().allMatch(client -> client.expected() == RECORDS));
            return gateway.linesWith("OutOfMemoryError") == 0;
        } catch (IllegalStateException | AssertionError neverThere) {
            return false;
        } finally {
            clients.forEach(SlowClient::close);
        }
    }

    private void send(String id, int megabytes) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        kafka.bootstrapServers(),
                        "max.request.size",
                        (megabytes + 2) * 1024 * 1024,
                        "buffer.memory",
                        (megabytes + 2) * 1024 * 1024L),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            String pad = "x".repeat(megabytes * 1024 * 1024);
            for (int i = 0; i < RECORDS; i++) {
                String value =
                        "{\"n\":" + i + ",\"t\":0,\"processInstanceUuid\":\"" + id + "\",\"pad\":\"" + pad + "\"}";
                producer.send(new ProducerRecord<>(TOPIC, null, value.getBytes(StandardCharsets.UTF_8)));
                producer.flush();
            }
        }
    }

    @Override
    public void close() {
        redis.close();
        kafka.close();
    }
}
