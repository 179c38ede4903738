package io.eventsgateway.app;

import io.eventsgateway.app.manage.ManagementHandler;
import io.eventsgateway.config.Environment;
import io.eventsgateway.config.HostAndPort;
import io.eventsgateway.config.Secrets;
import io.eventsgateway.kafka.FeedBinding;
import io.eventsgateway.kafka.KafkaClientSettings;
import io.eventsgateway.kafka.KafkaSettings;
import io.eventsgateway.redis.RedisOptions;
import io.eventsgateway.redis.RedisSettings;
import io.eventsgateway.security.SecuritySettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a gateway works with, in one line for its log: where it is connected to, what it reads, and whom it trusts. Nothing of it is secret. */
final class InForce {

    private InForce() {}

    /** Names and values of an environment's. */
    static String line(Environment environment, boolean embedded) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("version", ManagementHandler.version());
        if (embedded) {
            values.put("log", "memory");
        } else {
            values.put("kafka", HostAndPort.join(environment.get(KafkaClientSettings.BOOTSTRAP_SERVERS)));
            values.put(
                    "protocol",
                    String.valueOf(KafkaClientSettings.properties(environment)
                            .getOrDefault("security.protocol", "PLAINTEXT")));
            RedisOptions redis = RedisSettings.options(environment);
            values.put("redis", redis.address());
            values.put("prefix", redis.keyPrefix());
            List<FeedBinding> bindings = KafkaSettings.bindings(environment);
            values.put(
                    "groups",
                    bindings.stream().map(FeedBinding::group).distinct().collect(Collectors.joining(",")));
            values.put(
                    "pattern",
                    bindings.stream()
                            .filter(binding -> binding.feed().isPattern())
                            .map(FeedBinding::reads)
                            .collect(Collectors.joining(",")));
        }
        boolean open = environment.get(SecuritySettings.TYPE) == SecuritySettings.Type.NONE;
        values.put("issuer", open || embedded ? "any" : issuer(environment));
        return values.entrySet().stream()
                .map(each -> each.getKey() + "=\"" + Secrets.hideInMessage(each.getValue()) + "\"")
                .collect(Collectors.joining(" "));
    }

    private static String issuer(Environment environment) {
        return environment.get(SecuritySettings.ISSUERS).isEmpty()
                ? environment.get(SecuritySettings.BASE_URL)
                : String.join(",", new TreeSet<>(environment.get(SecuritySettings.ISSUERS)));
    }
}
