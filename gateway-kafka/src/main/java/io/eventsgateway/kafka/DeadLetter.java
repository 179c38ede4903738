package io.eventsgateway.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** A record of the dead-letter topic, as {@link KafkaDeadLetters} wrote it. Immutable, but for what its record shares. */
public final class DeadLetter {

    private final ConsumerRecord<byte[], byte[]> record;

    DeadLetter(ConsumerRecord<byte[], byte[]> record) {
        this.record = record;
    }

    /** Where it stands, {@code topic-partition@offset}. */
    public String place() {
        return record.topic() + "-" + record.partition() + "@" + record.offset();
    }

    /** When it was sent. */
    public Instant time() {
        return Instant.ofEpochMilli(record.timestamp());
    }

    /** The topic of the record that was rejected; empty where the letter does not say. */
    public String sourceTopic() {
        return own("topic");
    }

    /** Where the record stood that was rejected, {@code topic-partition@offset}. */
    public String source() {
        return sourceTopic() + "-" + own("partition") + "@" + own("offset");
    }

    /** Why it was rejected. */
    public String reason() {
        return own("error");
    }

    /** What the letter has not of its record, because the topic did not take it; empty for nothing. */
    public String leftOut() {
        return own("left-out");
    }

    /** The record's key. */
    public byte @Nullable [] key() {
        return record.key();
    }

    /** The record's value. */
    public byte @Nullable [] value() {
        return record.value();
    }

    /** The record's own headers. */
    public List<Header> headers() {
        return Arrays.stream(record.headers().toArray())
                .filter(header -> !header.key().startsWith(KafkaDeadLetters.OWN_HEADERS))
                .toList();
    }

    private String own(String name) {
        Header header = record.headers().lastHeader(KafkaDeadLetters.OWN_HEADERS + name);
        return header == null || header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }
}
