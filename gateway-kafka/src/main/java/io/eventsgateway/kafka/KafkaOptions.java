package io.eventsgateway.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * How the feeds are read.
 *
 * @param properties what every client is configured with, the brokers among it
 * @param retention how far back a group begins that has no offsets: older records would have expired anyway
 * @param rewind how far a consumer goes back, before the log was last known to be intact, where the log has nothing left
 * @param authRetry until what was not allowed is tried again
 * @param watch how often partitions are counted; topics that match a pattern are looked for at each tenth time
 */
public record KafkaOptions(
        Map<String, Object> properties, Duration retention, Duration rewind, Duration authRetry, Duration watch) {

    /** What a replica's consumers are called in their groups, before a dash and their own names: the property of every static member. */
    static final String INSTANCE = "group.instance.id";

    /** The same with static members of that name, unless another one was configured. */
    KafkaOptions withInstance(String name) {
        Map<String, Object> all = new HashMap<>(properties);
        all.putIfAbsent(INSTANCE, name);
        return new KafkaOptions(all, retention, rewind, authRetry, watch);
    }

    /** Copies the properties. */
    public KafkaOptions {
        properties = Map.copyOf(properties);
    }
}
