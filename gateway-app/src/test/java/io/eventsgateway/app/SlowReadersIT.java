package io.eventsgateway.app;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.topic.Feed;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * What others notice of clients that take large events slowly or not at all, and how much heap that costs. How long others wait depends on the
 * machine, so that is printed; that nothing is lost and that the heap stays as it is, is asserted.
 */
@Tag("faults")
@TestInstance(Lifecycle.PER_CLASS)
class SlowReadersIT {

    private static final int LARGE = 50 * 1024 * 1024;
    private static final int OTHERS = 200;
    private static final int DESTINATIONS = 20;
    private static final int ROUNDS = Integer.getInteger("rounds", 3);
    private static final long PHASE_SECONDS = 4;
    private static final long BETWEEN_EVENTS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Stack stack = new Stack();
    private final AtomicBoolean over = new AtomicBoolean();
    private GatewayProcess gateway;
    private LabClients others;
    private Thread sender;

    @BeforeAll
    void start() {
        Map<String, String> environment = stack.environment();
        environment.put("KAFKA_MESSAGE_MAX_BYTES", "52MB");
        gateway = GatewayProcess.withHeap("256m", environment);
        others = new LabClients(() -> gateway.uri("/"));
    }

    @AfterAll
    void stop() throws InterruptedException {
        over.set(true);
        if (sender != null) {
            sender.join();
        }
        others.close();
        gateway.close();
        stack.close();
    }

    @Test
    void costsOthersNothingAndLittleHeap() {
        store("large", "{\"n\":0,\"t\":0,\"pad\":\"" + "x".repeat(LARGE) + "\"}");
        awaitEvent("large");
        for (int i = 0; i < OTHERS; i++) {
            others.connect("/api/events/process-instance/small" + i % DESTINATIONS, true);
        }
        await("all clients", () -> others.all().stream().allMatch(each -> each.open));
        sender = new Thread(this::sendToOthers, "sender");
        sender.start();
        waitFor(2 * PHASE_SECONDS);

        List<Double> alone = new ArrayList<>();
        List<Double> beside = new ArrayList<>();
        List<Double> heap = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            double before = liveMegabytes();
            alone.add(percentile());
            try (Trickle slow = new Trickle(gateway.uri("/api/events/process-instance/large?from=earliest"), 1024)) {
                await("the event's beginning", () -> slow.bytes > 0);
                beside.add(percentile());
                heap.add(liveMegabytes() - before);
                assertThat(slow.bytes).isBetween(1024L, (long) LARGE / 10);
            }
        }

        double without = median(alone);
        double with = median(beside);
        System.out.printf(
                "1 KB/s of 50 MB: p99 of %d others alone=%.1f ms beside=%.1f ms times=%.2f live heap more by %.1f MB (medians of %d rounds)%n",
                OTHERS, without, with, with / without, median(heap), ROUNDS);
        assertThat(median(heap)).isLessThan(5);
        assertThat(others.all()).allSatisfy(each -> {
            assertThat(each.lost()).isEmpty();
            assertThat(each.announced()).isEmpty();
            assertThat(each.twice).isZero();
            assertThat(each.connects).isEqualTo(1);
        });
        assertThat(gateway.linesWith("OutOfMemoryError")).isZero();
    }

    @Test
    void bringLargeEventsToOthersWhileTheyReadNothing() {
        List<Trickle> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 9; i++) {
                String id = "silent" + i;
                store(id, "{\"n\":0,\"t\":0,\"pad\":\"" + "x".repeat(9 * 1024 * 1024) + "\"}");
                Trickle one = new Trickle(gateway.uri("/api/events/process-instance/" + id + "?from=earliest"), 1);
                silent.add(one);
                await("the event's beginning", () -> one.bytes > 0);
            }

            store("medium", "{\"n\":0,\"t\":0,\"pad\":\"" + "x".repeat(200_000) + "\"}");

            awaitEvent("medium");
        } finally {
            silent.forEach(Trickle::close);
        }
    }

    @Test
    void bringsAnEventOfLineEndsAloneThatIsSevenTimesAsLargeOnTheWire() {
        int ends = 40_000_000;
        store("lines", "[" + "\n".repeat(ends) + "]");

        try (Trickle all =
                new Trickle(gateway.uri("/api/events/process-instance/lines?from=earliest"), Integer.MAX_VALUE)) {
            await("the whole event", () -> all.bytes > 7L * ends);
        }
        assertThat(gateway.linesWith("OutOfMemoryError")).isZero();
    }

    private void store(String id, String value) {
        try (KafkaProducer<byte[], byte[]> producer = producer(LARGE + 1024 * 1024)) {
            send(producer, id, value);
        }
    }

    /** Waits until a client that reads quickly has the first event of a destination. */
    private void awaitEvent(String id) {
        try (SlowClient quick =
                new SlowClient(gateway.uri("/api/events/process-instance/" + id + "?from=earliest"), 0)) {
            quick.hurry();
            await("the event of " + id, () -> quick.expected() == 1);
        }
    }

    private void sendToOthers() {
        try (KafkaProducer<byte[], byte[]> producer = producer(1024 * 1024)) {
            for (long i = 0; !over.get(); i++) {
                String value = "{\"n\":" + i / DESTINATIONS + ",\"t\":" + System.nanoTime() + "}";
                send(producer, "small" + i % DESTINATIONS, value);
                LockSupport.parkNanos(BETWEEN_EVENTS);
            }
        }
    }

    private KafkaProducer<byte[], byte[]> producer(int largest) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                stack.kafka().bootstrapServers(),
                "max.request.size",
                largest + 1024,
                "buffer.memory",
                largest + 32L * 1024 * 1024);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, String id, String value) {
        producer.send(new ProducerRecord<>(
                Stack.topic(Feed.ENGINE_MESSAGE),
                id.getBytes(StandardCharsets.UTF_8),
                value.getBytes(StandardCharsets.UTF_8)));
    }

    /** The 99th percentile of the others' delays in the next seconds, in milliseconds. */
    private double percentile() {
        others.delays().reset();
        waitFor(PHASE_SECONDS);
        return others.delays().getValueAtPercentile(99) / 1000.0;
    }

    private static void waitFor(long seconds) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() < until) {
            LockSupport.parkNanos(until - System.nanoTime());
        }
    }

    private double liveMegabytes() {
        return gateway.liveBytes() / 1024.0 / 1024;
    }

    private static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }

    /** A client that takes what it gets at some rate. */
    private static final class Trickle implements AutoCloseable {
        private final Socket socket = new Socket();
        private volatile long bytes;

        Trickle(URI uri, int bytesPerSecond) {
            try {
                socket.setReceiveBufferSize(4096);
                socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
                String request =
                        "GET " + uri.getRawPath() + "?" + uri.getRawQuery() + " HTTP/1.1\r\nHost: gateway\r\n\r\n";
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException refused) {
                throw new IllegalStateException(refused);
            }
            Thread thread = new Thread(() -> read(bytesPerSecond), "trickle");
            thread.setDaemon(true);
            thread.start();
        }

        private void read(int bytesPerSecond) {
            try (InputStream in = socket.getInputStream()) {
                byte[] some = new byte[Math.min(bytesPerSecond, 64 * 1024)];
                for (int read = in.read(some); read >= 0; read = in.read(some)) {
                    bytes += read;
                    LockSupport.parkNanos(read * TimeUnit.SECONDS.toNanos(1) / bytesPerSecond);
                }
            } catch (IOException closed) {
                // as it was asked to
            }
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException unclosed) {
                throw new IllegalStateException(unclosed);
            }
        }
    }
}
