package io.eventsgateway.app;

import io.eventsgateway.kafka.KafkaBroker;
import io.eventsgateway.redis.RedisServer;
import io.eventsgateway.topic.Feed;
import io.eventsgateway.topic.StandardTopicNaming;
import java.util.LinkedHashMap;
import java.util.Map;

/** A real Kafka and a real Redis with the documented topics; what a gateway needs. Used by one thread. */
final class Stack implements AutoCloseable {

    static final String GENERIC_TOPIC = "ai.flowx.eventsgateway.receive.demo.v1";
    private static final int PARTITIONS = 3;

    private final KafkaBroker kafka = new KafkaBroker();
    private final RedisServer redis = RedisServer.v70();

    Stack() {
        for (Feed feed : Feed.values()) {
            kafka.createTopic(topic(feed), PARTITIONS);
        }
    }

    static String topic(Feed feed) {
        return feed.isPattern() ? GENERIC_TOPIC : feed.topic(StandardTopicNaming.DEFAULT);
    }

    KafkaBroker kafka() {
        return kafka;
    }

    RedisServer redis() {
        return redis;
    }

    /** What a gateway is configured with to use them and to let everybody in. */
    Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        environment.put("SPRING_DATA_REDIS_HOST", "127.0.0.1");
        environment.put("SPRING_DATA_REDIS_PORT", Integer.toString(redis.port()));
        environment.put("SECURITY_TYPE", "none");
        environment.put("EVENTS_SECURITY_ALLOWINSECURE", "true");
        environment.put("EVENTS_SSE_DRAINSECS", "1");
        return environment;
    }

    @Override
    public void close() {
        redis.close();
        kafka.close();
    }
}
