package io.eventsgateway.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;

/** What each kind of Kafka client is configured with, on top of what all of them have in common. */
final class ClientProperties {

    /** Room for what a dead letter has beside its value. */
    private static final int LETTER_OVERHEAD = 1024 * 1024;

    private ClientProperties() {}

    /**
     * A consumer that commits by itself nothing, reads what is committed, and joins as a member of a group.
     *
     * @param name of this consumer, unlike any other's in the process
     */
    static Map<String, Object> consumer(Map<String, Object> common, String group, String name) {
        Map<String, Object> properties = new HashMap<>(common);
        properties.put("group.id", group);
        properties.put("client.id", "events-gateway-" + name);
        // of one replica: two members of one id would fence each other for ever
        properties.computeIfPresent(KafkaOptions.INSTANCE, (key, own) -> instance(own, name));
        properties.put("enable.auto.commit", false);
        properties.put("auto.offset.reset", "earliest");
        properties.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
        properties.put("isolation.level", "read_committed");
        // a misspelt topic is reported, not created
        properties.put("allow.auto.create.topics", false);
        properties.put("max.poll.records", Poller.POLL_RECORDS);
        properties.putIfAbsent("fetch.max.bytes", fetchBytes());
        properties.putIfAbsent("session.timeout.ms", 10_000);
        // how soon a member learns of a rebalance: until then nobody reads what moves
        properties.putIfAbsent("heartbeat.interval.ms", 250);
        properties.putIfAbsent("metadata.max.age.ms", 10_000);
        return properties;
    }

    /**
     * The instance id of a consumer.
     *
     * @param own the replica's
     * @param name of this consumer, unlike any other's in the process
     */
    static String instance(Object own, String name) {
        return own + "-" + name;
    }

    /**
     * A producer of dead letters.
     *
     * @param maxBytes of the largest record that is read
     */
    static Map<String, Object> producer(Map<String, Object> common, int maxBytes) {
        Map<String, Object> properties = new HashMap<>(common);
        properties.put("client.id", "events-gateway-dead-letters");
        properties.put("acks", "all");
        // its order is of no use, and its sequence numbers are not for a topic that was made again
        properties.put("enable.idempotence", false);
        properties.put("max.request.size", largestLetter(maxBytes));
        properties.put("buffer.memory", Math.max(32L * 1024 * 1024, maxBytes + 2L * LETTER_OVERHEAD));
        properties.putIfAbsent("max.block.ms", 10_000);
        if (!properties.containsKey("request.timeout.ms") && !properties.containsKey("linger.ms")) {
            properties.put("request.timeout.ms", 10_000);
            properties.putIfAbsent("delivery.timeout.ms", 30_000);
        }
        return properties;
    }

    /** What was fetched and not read yet is to take a small part of the heap, beside records that alone are larger. */
    private static int fetchBytes() {
        return (int) Math.max(
                1024 * 1024,
                Math.min(
                        ConsumerConfig.DEFAULT_FETCH_MAX_BYTES,
                        Runtime.getRuntime().maxMemory() / 64));
    }

    /** Bytes of the largest dead letter. */
    static int largestLetter(int maxBytes) {
        return maxBytes + LETTER_OVERHEAD;
    }
}
