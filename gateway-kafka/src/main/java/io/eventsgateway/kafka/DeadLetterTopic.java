package io.eventsgateway.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * The dead-letter topic as its operator reads it and sends its records again, without a consumer group. A record that is sent again has the header
 * {@value #REPLAYED}, which names the record that was rejected: so it is known, by the topic itself, what was sent again. Used by one thread; its
 * methods block, and throw what the cluster answers.
 */
public final class DeadLetterTopic implements AutoCloseable {

    /** The header of a record that was sent again: where the rejected one stood, {@code topic-partition@offset}. */
    public static final String REPLAYED = KafkaDeadLetters.OWN_HEADERS + "replayed";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** By which clocks may differ that write times into records. */
    private static final Duration SKEW = Duration.ofMinutes(10);

    private final String topic;
    private final Map<String, Object> properties;
    private final int maxBytes;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private @Nullable KafkaProducer<byte[], byte[]> producer;

    /**
     * A topic.
     *
     * @param properties what every client is configured with
     * @param maxBytes of the largest record
     */
    public DeadLetterTopic(String topic, Map<String, Object> properties, int maxBytes) {
        this.topic = topic;
        this.properties = Map.copyOf(properties);
        this.maxBytes = maxBytes;
        Map<String, Object> reading = new HashMap<>(Brokers.checked(properties));
        reading.put("client.id", "events-gateway-operator");
        reading.put("enable.auto.commit", false);
        reading.put("isolation.level", "read_committed");
        reading.put("allow.auto.create.topics", false);
        this.consumer = new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** The newest letters, at most so many, the oldest of them first. */
    public List<DeadLetter> newest(int most) {
        Map<TopicPartition, Long> to = consumer.endOffsets(partitions(topic), PATIENCE);
        Map<TopicPartition, Long> first = consumer.beginningOffsets(to.keySet(), PATIENCE);
        Map<TopicPartition, Long> from = new HashMap<>();
        to.forEach((partition, end) -> from.put(partition, Math.max(end - most, first.getOrDefault(partition, 0L))));
        PriorityQueue<DeadLetter> newest = new PriorityQueue<>(Comparator.comparing(DeadLetter::time));
        read(from, to, next -> {
            newest.add(new DeadLetter(next));
            if (newest.size() > most) {
                newest.remove();
            }
        });
        List<DeadLetter> letters = new ArrayList<>(newest);
        letters.sort(Comparator.comparing(DeadLetter::time));
        return letters;
    }

    /** The sources of those letters of which a record was sent again, which is looked for in the topics that it was sent to. */
    public Set<String> replayed(Collection<DeadLetter> letters) {
        Set<String> found = new HashSet<>();
        Map<String, List<DeadLetter>> byTopic =
                letters.stream().collect(Collectors.groupingBy(DeadLetter::sourceTopic));
        byTopic.forEach((source, sent) -> {
            long oldest = sent.stream()
                    .mapToLong(letter -> letter.time().toEpochMilli())
                    .min()
                    .orElseThrow();
            Map<TopicPartition, Long> to = consumer.endOffsets(partitions(source), PATIENCE);
            Map<TopicPartition, Long> times = new HashMap<>();
            to.keySet().forEach(partition -> times.put(partition, Math.max(0, oldest - SKEW.toMillis())));
            Map<TopicPartition, Long> from = new HashMap<>();
            for (Map.Entry<TopicPartition, @Nullable OffsetAndTimestamp> each :
                    consumer.offsetsForTimes(times, PATIENCE).entrySet()) {
                OffsetAndTimestamp at = each.getValue();
                if (at != null) {
                    from.put(each.getKey(), at.offset());
                }
            }
            read(from, to, next -> {
                Header mark = next.headers().lastHeader(REPLAYED);
                // anybody who writes to the topic can give a record such a header, also one without a value
                if (mark != null && mark.value() != null) {
                    found.add(new String(mark.value(), StandardCharsets.UTF_8));
                }
            });
        });
        found.retainAll(letters.stream().map(DeadLetter::source).collect(Collectors.toSet()));
        return found;
    }

    /**
     * Sends a letter's record to its topic again, with its key and headers.
     *
     * @param value in place of the record's own; null for that one
     * @return where it stands now, {@code topic-partition@offset}
     * @throws IllegalArgumentException if the record would not be complete
     */
    public String replay(DeadLetter letter, byte @Nullable [] value) throws InterruptedException, ExecutionException {
        if (!letter.isComplete(value != null)) {
            throw new IllegalArgumentException(letter.place() + " is without " + letter.leftOut());
        }
        ProducerRecord<byte[], byte[]> again =
                new ProducerRecord<>(letter.sourceTopic(), letter.key(), value == null ? letter.value() : value);
        letter.headers().forEach(again.headers()::add);
        again.headers().add(REPLAYED, letter.source().getBytes(StandardCharsets.UTF_8));
        RecordMetadata where = producer().send(again).get();
        return where.topic() + "-" + where.partition() + "@" + where.offset();
    }

    private KafkaProducer<byte[], byte[]> producer() {
        KafkaProducer<byte[], byte[]> made = producer;
        if (made == null) {
            made = new KafkaProducer<>(
                    ClientProperties.producer(properties, maxBytes),
                    new ByteArraySerializer(),
                    new ByteArraySerializer());
            producer = made;
        }
        return made;
    }

    private List<TopicPartition> partitions(String of) {
        List<PartitionInfo> known = consumer.partitionsFor(of, PATIENCE);
        return known == null
                ? List.of()
                : known.stream()
                        .map(each -> new TopicPartition(each.topic(), each.partition()))
                        .toList();
    }

    /** Reads from offsets up to others. */
    private void read(
            Map<TopicPartition, Long> from,
            Map<TopicPartition, Long> to,
            Consumer<ConsumerRecord<byte[], byte[]>> taker) {
        consumer.assign(from.keySet());
        from.forEach(consumer::seek);
        long quietSince = System.nanoTime();
        while (from.keySet().stream().anyMatch(each -> consumer.position(each, PATIENCE) < to.getOrDefault(each, 0L))) {
            ConsumerRecords<byte[], byte[]> some = consumer.poll(Duration.ofMillis(200));
            some.forEach(taker);
            if (!some.isEmpty()) {
                quietSince = System.nanoTime();
            } else if (System.nanoTime() - quietSince > PATIENCE.toNanos()) {
                throw new TimeoutException("The brokers do not answer.");
            }
        }
    }

    /** Closes its clients. */
    @Override
    public void close() {
        consumer.close();
        if (producer != null) {
            producer.close();
        }
    }
}
