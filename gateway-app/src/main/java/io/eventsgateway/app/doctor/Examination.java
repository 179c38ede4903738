package io.eventsgateway.app.doctor;

import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import io.eventsgateway.kafka.KafkaClientSettings;
import io.eventsgateway.redis.RedisExamination;
import io.eventsgateway.redis.RedisSettings;
import io.eventsgateway.undertow.OpenFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Everything that doctor looks at, in an operator's order. Used by one thread. */
public final class Examination {

    private final Environment environment;
    private final @Nullable String token;
    private final List<String> origins;

    /**
     * Of an environment.
     *
     * @param token to be explained; null for none
     * @param origins of pages that are to read the streams
     */
    public Examination(Environment environment, @Nullable String token, List<String> origins) {
        this.environment = environment;
        this.token = token;
        this.origins = List.copyOf(origins);
    }

    /** Looks at it all, and takes as long as the slowest check may. */
    public List<Finding> run() throws InterruptedException {
        Runtime machine = Runtime.getRuntime();
        List<Check> checks =
                new ArrayList<>(new SettingsChecks(environment, OpenFiles.max(), machine.maxMemory()).checks());
        KafkaCluster kafka = made("kafka", checks, () -> new KafkaCluster(KafkaClientSettings.properties(environment)));
        RedisExamination redis = made("redis", checks, () -> new RedisExamination(RedisSettings.options(environment)));
        try (kafka;
                redis) {
            add("kafka", checks, kafka, cluster -> KafkaChecks.of(environment, cluster, machine.availableProcessors()));
            add("redis", checks, redis, server -> new RedisChecks(server).checks());
            add("issuer", checks, environment, settings -> new IssuerChecks(settings, token).checks());
            for (String origin : origins) {
                OriginCheck check = new OriginCheck(environment, origin);
                checks.add(Check.of(check.name(), check::look));
            }
            return Doctor.examine(checks);
        }
    }

    /** What is asked; null where its settings are not valid, for which a check is added that says so. */
    private static <T> @Nullable T made(String name, List<Check> checks, Supplier<T> part) {
        try {
            return part.get();
        } catch (ConfigurationException wrong) {
            checks.add(Check.of(name, () -> {
                throw wrong;
            }));
            return null;
        }
    }

    private static <T> void add(String name, List<Check> checks, @Nullable T part, Function<T, List<Check>> make) {
        if (part != null) {
            List<Check> more = made(name, checks, () -> make.apply(part));
            checks.addAll(more == null ? List.of() : more);
        }
    }
}
