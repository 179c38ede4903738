package io.eventsgateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Source;
import io.eventsgateway.route.InboundRecord;
import io.eventsgateway.topic.Feed;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** What an operator does with dead letters, on a real Kafka. */
class DeadLetterTopicIT {

    private final KafkaBroker kafka = KafkaBroker.shared();
    private final String source = "source-" + UUID.randomUUID();
    private final String dead = "dead-" + UUID.randomUUID();
    private final Map<String, Object> properties = Map.of("bootstrap.servers", kafka.bootstrapServers());

    @Test
    void sendsRecordsAgainOnceWithWhatTheyHad() throws Exception {
        kafka.createTopic(source, 2);
        kafka.createTopic(dead, 2);
        letter(3, "{", "not JSON");
        letter(4, "{}", "no destination");

        try (DeadLetterTopic topic = new DeadLetterTopic(dead, properties, 1_000_000)) {
            assertThat(topic.newest(1)).hasSize(1);
            List<DeadLetter> letters = topic.newest(10);
            assertThat(letters)
                    .extracting(DeadLetter::source)
                    .containsExactlyInAnyOrder(source + "-0@3", source + "-0@4");
            assertThat(letters).extracting(DeadLetter::reason).containsExactlyInAnyOrder("not JSON", "no destination");
            assertThat(topic.replayed(letters)).isEmpty();
            DeadLetter broken = letters.stream()
                    .filter(each -> each.reason().equals("not JSON"))
                    .findFirst()
                    .orElseThrow();

            assertThat(topic.replay(broken, bytes("{\"n\":1}"))).matches(source + "-[01]@0");

            assertThat(topic.replayed(letters)).containsExactly(source + "-0@3");
        }
        try (DeadLetterTopic again = new DeadLetterTopic(source, properties, 1_000_000)) {
            DeadLetter sent = again.newest(10).get(0);
            assertThat(sent.value()).isEqualTo(bytes("{\"n\":1}"));
            assertThat(sent.key()).isEqualTo(bytes("42"));
            assertThat(sent.headers()).hasSize(1).first().satisfies(header -> assertThat(header.key())
                    .isEqualTo("Fx-Event"));
        }
    }

    @Test
    void looksPastRecordsWhoseMarkHasNoValue() throws Exception {
        kafka.createTopic(source, 1);
        kafka.createTopic(dead, 1);
        letter(3, "{", "not JSON");
        ProducerRecord<byte[], byte[]> odd = new ProducerRecord<>(source, bytes("{}"));
        odd.headers().add(DeadLetterTopic.REPLAYED, (byte[]) null);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(odd).get();
        }

        try (DeadLetterTopic topic = new DeadLetterTopic(dead, properties, 1_000_000)) {
            assertThat(topic.replayed(topic.newest(10))).isEmpty();
        }
    }

    private void letter(long offset, String value, String reason) {
        InboundRecord record = new InboundRecord(
                Feed.TASK_MESSAGE,
                new Source(source, "id", 0, offset),
                bytes("42"),
                bytes(value),
                List.of(new InboundRecord.Header("Fx-Event", bytes("data"))));
        try (KafkaDeadLetters letters = new KafkaDeadLetters(dead, properties, 1_000_000, FeedListener.NONE)) {
            letters.send(record, reason).toCompletableFuture().join();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
