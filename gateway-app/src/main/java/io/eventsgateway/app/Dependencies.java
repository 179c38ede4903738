package io.eventsgateway.app;

import io.eventsgateway.app.manage.Health;
import io.eventsgateway.app.manage.Health.Component;
import io.eventsgateway.kafka.KafkaFeeds;
import io.eventsgateway.redis.RedisEventLog;
import io.eventsgateway.redis.RedisState;
import io.eventsgateway.security.ServiceHealth;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What the gateway needs of others, as components of its health and as metrics that say whether each is up. What all replicas share takes none
 * of them out of a load balancer: a stream that is held open is worth more than a refusal. Used by one thread; health is asked by any.
 */
final class Dependencies {

    private final Health health;
    private final MeterRegistry registry;

    /** Components that are added to a health and a registry, which are lent. */
    Dependencies(Health health, MeterRegistry registry) {
        this.health = health;
        this.registry = registry;
    }

    /**
     * Adds the log.
     *
     * @param isNeeded whether clients are sent elsewhere while it does not work
     */
    void redis(RedisEventLog log, boolean isNeeded) {
        add("redis", "Redis", () -> ofRedis(log.state(), isNeeded));
    }

    private static Component ofRedis(RedisState state, boolean isNeeded) {
        Map<String, Object> details = new LinkedHashMap<>();
        if (state.works()) {
            details.put("unconfirmed", state.unconfirmed());
        } else {
            details.put("problem", state.problem());
        }
        if (!state.warning().isEmpty()) {
            details.put("warning", state.warning());
        }
        return new Component(state.works(), isNeeded || state.unpushed(), details);
    }

    /**
     * Adds what is read.
     *
     * @param log what it is brought to: where that does not take it, that is no fault of Kafka's
     */
    void kafka(KafkaFeeds feeds, RedisEventLog log) {
        add("kafka", "Kafka", () -> ofKafka(feeds, log));
    }

    private static Component ofKafka(KafkaFeeds feeds, RedisEventLog log) {
        String problem = feeds.problem();
        Map<String, Object> details = new LinkedHashMap<>();
        Map<String, Integer> consumers = new LinkedHashMap<>();
        feeds.consumers().forEach((feed, count) -> consumers.put(feed.label(), count));
        details.put("consumers", consumers);
        if (!problem.isEmpty()) {
            details.put("problem", problem);
        }
        Map<String, String> paused = new LinkedHashMap<>();
        feeds.paused().forEach((feed, why) -> paused.put(feed.label(), why));
        if (!paused.isEmpty()) {
            details.put("paused", paused);
        }
        if (!feeds.missing().isEmpty()) {
            details.put("missing", List.copyOf(feeds.missing()));
        }
        boolean isHeldUp = !paused.isEmpty() && log.state().works();
        return new Component(problem.isEmpty() && !isHeldUp, false, details);
    }

    /** Adds a service that is asked who gets in. */
    void service(ServiceHealth service) {
        add(service.name(), service.name(), () -> {
            String problem = service.problem();
            Map<String, Object> details = new LinkedHashMap<>();
            details.put("address", service.address());
            if (!problem.isEmpty()) {
                details.put("problem", problem);
            }
            return new Component(problem.isEmpty(), false, details);
        });
    }

    private void add(String name, String what, Supplier<Component> component) {
        health.add(name, component);
        String metric = name.replaceAll("(?=[A-Z])", ".").toLowerCase(Locale.ROOT);
        Gauge.builder("events.gateway." + metric + ".up", () -> component.get().up() ? 1 : 0)
                .description("Whether " + what + " works: 1, or 0")
                .register(registry);
    }
}
