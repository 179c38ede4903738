package io.eventsgateway.app;

import io.eventsgateway.topic.Feed;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Records of process instances as {@link LabClients} count them: of each, 0, 1, 2, … Any thread may send to a process instance of its own. */
final class NumberedRecords implements AutoCloseable {

    private static final int LARGEST = 4 * 1024 * 1024;

    private final KafkaProducer<byte[], byte[]> producer;
    private final Map<String, Long> next = new ConcurrentHashMap<>();

    NumberedRecords(Stack stack) {
        producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        stack.kafka().bootstrapServers(),
                        "linger.ms",
                        0,
                        "enable.idempotence",
                        true,
                        "max.request.size",
                        LARGEST),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Sends the next one. */
    void send(String id) {
        send(id, "");
    }

    /** Sends the next one with some more characters, and returns its data. */
    String send(String id, String padding) {
        long number = next.merge(id, 1L, Long::sum) - 1;
        String value = "{\"n\":" + number + ",\"t\":" + System.nanoTime() + ",\"at\":" + System.currentTimeMillis()
                + ",\"pad\":\"" + padding + "\"}";
        producer.send(new ProducerRecord<>(
                Stack.topic(Feed.ENGINE_MESSAGE),
                id.getBytes(StandardCharsets.UTF_8),
                value.getBytes(StandardCharsets.UTF_8)));
        producer.flush();
        return value;
    }

    /** Sends one after the other while something happens, which is done by the thread that calls. */
    void sendDuring(Runnable happens, Duration between, IntFunction<String> ids) {
        AtomicBoolean over = new AtomicBoolean();
        Thread sender = new Thread(
                () -> {
                    for (int i = 0; !over.get(); i++) {
                        send(ids.apply(i));
                        LockSupport.parkNanos(between.toNanos());
                    }
                },
                "sender");
        sender.start();
        try {
            happens.run();
        } finally {
            over.set(true);
            join(sender);
        }
    }

    private static void join(Thread sender) {
        try {
            sender.join();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /** How many were sent. */
    long sent(String id) {
        return next.getOrDefault(id, 0L);
    }

    @Override
    public void close() {
        producer.close();
    }
}
