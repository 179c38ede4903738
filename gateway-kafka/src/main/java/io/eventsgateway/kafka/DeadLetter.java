package io.eventsgateway.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** A record of the dead-letter topic, as {@link KafkaDeadLetters} wrote it. Immutable, but for what its record shares. */
public final class DeadLetter {

    /** The header, without its prefix, that says what a letter has not. */
    static final String LEFT_OUT = "left-out";

    private final ConsumerRecord<byte[], byte[]> record;

    /** What a letter may lack of its record. */
    enum Part {
        VALUE("value of "),
        HEADERS("headers: "),
        /** All but the beginning of a long key. */
        KEY("rest of a key of ");

        private final String beginning;

        Part(String beginning) {
            this.beginning = beginning;
        }

        /** A note of the letter, whose form {@link #of} knows. */
        String note(String size) {
            return beginning + size;
        }

        private static @Nullable Part of(String note) {
            return Arrays.stream(values())
                    .filter(part -> note.startsWith(part.beginning))
                    .findFirst()
                    .orElse(null);
        }
    }

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

    /** What the letter has not of its record, because the topic did not take it, for people to read; empty for nothing. */
    public String leftOut() {
        return own(LEFT_OUT);
    }

    /** The same as parts; all of them where the letter names one that is not known here. */
    Set<Part> without() {
        Set<Part> without = EnumSet.noneOf(Part.class);
        for (String note : leftOut().isEmpty() ? new String[0] : leftOut().split(", ", -1)) {
            Part part = Part.of(note);
            if (part == null) {
                return EnumSet.allOf(Part.class);
            }
            without.add(part);
        }
        return without;
    }

    /**
     * Whether the record is complete that can be made of the letter.
     *
     * @param repaired whether there is a value in place of the record's own
     */
    public boolean isComplete(boolean repaired) {
        Set<Part> without = without();
        return without.isEmpty() || (repaired && without.equals(Set.of(Part.VALUE)));
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
