package io.eventsgateway.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;

/** What each kind of Kafka client is configured with, on top of what all of them have in common. */
final class ClientProperties {

    /** Room for what a dead letter has beside its value. */
    private static final int LETTER_OVERHEAD = 1024 * 1024;

    private ClientProperties() {}

    /** A consumer that commits by itself nothing, reads what is committed, and joins as a member of a group. */
    static Map<String, Object> consumer(Map<String, Object> common, String group, String clientId) {
        Map<String, Object> properties = new HashMap<>(common);
        properties.put("group.id", group);
        properties.put("client.id", clientId);
        properties.put("enable.auto.commit", false);
        properties.put("auto.offset.reset", "earliest");
        properties.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
        properties.put("isolation.level", "read_committed");
        // a misspelt topic is reported, not created
        properties.put("allow.auto.create.topics", false);
        properties.putIfAbsent("session.timeout.ms", 10_000);
        // how soon a member learns of a rebalance: until then nobody reads what moves
        properties.putIfAbsent("heartbeat.interval.ms", 1_000);
        properties.putIfAbsent("metadata.max.age.ms", 10_000);
        return properties;
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
        properties.put("enable.idempotence", true);
        properties.put("max.request.size", largestLetter(maxBytes));
        properties.put("buffer.memory", Math.max(32L * 1024 * 1024, maxBytes + 2L * LETTER_OVERHEAD));
        properties.putIfAbsent("max.block.ms", 10_000);
        return properties;
    }

    /** Bytes of the largest dead letter. */
    static int largestLetter(int maxBytes) {
        return maxBytes + LETTER_OVERHEAD;
    }
}
