package io.eventsgateway.load;

import io.eventsgateway.route.Organisations;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Puts events on a topic as plain JSON, keyed by their destination, each at once and acknowledged by all. Used by one thread. */
final class Publisher implements AutoCloseable {

    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final List<Header> headers;

    /** @param organisation whose the events are; null for nobody's */
    Publisher(String bootstrapServers, String topic, @Nullable String organisation) {
        this.topic = topic;
        this.headers = organisation == null
                ? List.of()
                : List.of(new RecordHeader(Organisations.HEADER, organisation.getBytes(StandardCharsets.US_ASCII)));
        this.producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "acks",
                        "all",
                        "linger.ms",
                        0,
                        "buffer.memory",
                        67_108_864L),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Sends to destinations by turns and returns when Kafka has acknowledged all. */
    Schedule.Kept send(int run, Schedule schedule, int size, String prefix, int destinations) {
        Payload payload = new Payload(size);
        List<byte[]> keys = IntStream.range(0, destinations)
                .mapToObj(each -> (prefix + each).getBytes(StandardCharsets.US_ASCII))
                .toList();
        AtomicLong failed = new AtomicLong();
        Schedule.Kept kept = schedule.run((number, due) -> {
            int destination = (int) (number % destinations);
            byte[] event = payload.encode(run, due, number / destinations, destination);
            producer.send(
                    new ProducerRecord<>(topic, null, keys.get(destination), event, headers), (metadata, failure) -> {
                        if (failure != null) {
                            failed.incrementAndGet();
                        }
                    });
        });
        producer.flush();
        if (failed.get() > 0) {
            throw new IllegalStateException("Kafka did not take " + failed + " records");
        }
        return kept;
    }

    @Override
    public void close() {
        producer.close();
    }
}
