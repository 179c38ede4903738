package io.eventsgateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** That other tests can rely on the broker. */
class KafkaBrokerIT {

    private final KafkaBroker broker = KafkaBroker.shared();
    private final String topic = "broker-" + UUID.randomUUID();

    @Test
    void carriesARecord() throws Exception {
        broker.createTopic(topic, 2);

        produce("a");

        assertThat(consumeOne()).isEqualTo("a");
    }

    @Test
    void keepsPortAndDataWhenStopped() throws Exception {
        broker.createTopic(topic, 2);
        produce("a");
        String address = broker.bootstrapServers();

        broker.stop();
        broker.start();

        assertThat(broker.bootstrapServers()).isEqualTo(address);
        assertThat(consumeOne()).isEqualTo("a");
    }

    @Test
    void keepsPortAndDataWhenKilled() throws Exception {
        broker.createTopic(topic, 2);
        produce("a");

        broker.kill();
        broker.start();

        assertThat(consumeOne()).isEqualTo("a");
    }

    @Test
    void makesADeletedTopicAnew() throws Exception {
        broker.createTopic(topic, 2);
        produce("a");

        broker.deleteTopic(topic);
        broker.createTopic(topic, 2);
        produce("b");

        assertThat(consumeOne()).isEqualTo("b");
    }

    private void produce(String value) throws Exception {
        Map<String, Object> properties = Map.of("bootstrap.servers", broker.bootstrapServers());
        try (Producer<String, String> producer =
                new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, 1, "key", value)).get(30, TimeUnit.SECONDS);
        }
    }

    /** The first record of partition 1. */
    private String consumeOne() {
        Map<String, Object> properties = Map.of("bootstrap.servers", broker.bootstrapServers());
        TopicPartition partition = new TopicPartition(topic, 1);
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (System.nanoTime() < until) {
                for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofMillis(200))) {
                    return each.value();
                }
            }
        }
        throw new AssertionError("no record of " + partition + " in 30 s");
    }
}
