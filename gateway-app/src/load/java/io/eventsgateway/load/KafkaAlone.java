package io.eventsgateway.load;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What Kafka takes by itself, from a producer to one consumer of ten partitions: what no gateway on it can be faster than. */
final class KafkaAlone implements AutoCloseable {

    private static final String TOPIC = "load.kafka-alone";
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Publisher publisher;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final CountDownLatch assigned = new CountDownLatch(1);
    private final Thread thread = new Thread(this::consume, "load-kafka-alone");
    private volatile boolean closed;
    private int runs;

    // of the consumer's thread, under this' lock
    private final Histogram latencies = Totals.histogram();
    private int run;

    KafkaAlone(Backends backends) {
        backends.createTopic(TOPIC);
        publisher = new Publisher(backends.bootstrapServers(), TOPIC, null);
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        backends.bootstrapServers(),
                        "group.id",
                        "load-" + WallClock.micros(),
                        "auto.offset.reset",
                        "latest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        thread.start();
        try {
            if (!assigned.await(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the consumer of " + TOPIC + " got no partitions");
            }
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
    }

    private void consume() {
        consumer.subscribe(List.of(TOPIC));
        while (!closed) {
            var records = consumer.poll(Duration.ofMillis(100));
            long now = WallClock.micros();
            if (!consumer.assignment().isEmpty()) {
                assigned.countDown();
            }
            synchronized (this) {
                for (ConsumerRecord<byte[], byte[]> each : records) {
                    byte[] event = each.value();
                    if (Payload.number(event, event.length, 'r') == run) {
                        Totals.record(latencies, now - Payload.number(event, event.length, 't'));
                    }
                }
            }
        }
        consumer.close();
    }

    /** From when events were due until the consumer had them, in microseconds. */
    Histogram window(int rate, int seconds, int size, int destinations) {
        synchronized (this) {
            run = ++runs;
            latencies.reset();
        }
        long sent = publisher
                .send(run, new Schedule(rate, seconds), size, "", destinations)
                .sent();
        long until = System.nanoTime() + PATIENCE_NANOS;
        while (received() < sent && System.nanoTime() < until) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        synchronized (this) {
            return latencies.copy();
        }
    }

    private synchronized long received() {
        return latencies.getTotalCount();
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
        publisher.close();
    }
}
