package io.eventsgateway.app.doctor;

import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import io.eventsgateway.kafka.KafkaClientSettings;
import io.eventsgateway.redis.RedisExamination;
import io.eventsgateway.redis.RedisSettings;
import io.eventsgateway.undertow.OpenFiles;
import io.eventsgateway.undertow.SseSettings;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Everything that doctor looks at, in an operator's order. Used by one thread. */
public final class Examination {

    private final Environment environment;
    private final Options options;

    /**
     * What is looked at beside the settings and what they name.
     *
     * @param token to be explained, and to open streams with; null for none
     * @param origins of pages that are to read the streams
     * @param url where clients reach the gateway; null not to look there
     * @param destination to open there, {@code type/id} or {@code user}; null for one that nobody has
     * @param seconds how long to look there
     * @param probe the feed to send a record to; null for none
     * @param organisation whose that record is; null for that of the token
     */
    public record Options(
            @Nullable String token,
            List<String> origins,
            @Nullable URI url,
            @Nullable String destination,
            Duration seconds,
            @Nullable String probe,
            @Nullable String organisation) {

        /** Nothing beside them. */
        public static final Options NONE = new Options(null, List.of(), null, null, Duration.ofSeconds(70), null, null);

        /** Copies the origins. */
        public Options {
            origins = List.copyOf(origins);
        }
    }

    /** Of an environment. */
    public Examination(Environment environment, Options options) {
        this.environment = environment;
        this.options = options;
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
            add("issuer", checks, environment, settings -> new IssuerChecks(settings, options.token()).checks());
            for (String origin : options.origins()) {
                OriginCheck check = new OriginCheck(environment, origin);
                checks.add(Check.of(check.name(), check::look));
            }
            PublicUrl url = url();
            if (url != null) {
                String destination = options.destination();
                String opened = destination == null ? "view/gateway-doctor-" + UUID.randomUUID() : destination;
                add(
                        "url",
                        checks,
                        url,
                        to -> List.of(
                                new UrlCheck(to, opened, options.seconds(), environment.get(SseSettings.HEARTBEAT))
                                        .check()));
            }
            String feed = options.probe();
            if (feed != null && kafka != null && redis != null) {
                checks.add(
                        new ProbeCheck(environment, kafka, feed, options.organisation(), options.token(), url).check());
            }
            return Doctor.examine(checks);
        }
    }

    private @Nullable PublicUrl url() {
        URI url = options.url();
        String origin = options.origins().isEmpty() ? null : options.origins().get(0);
        return url == null ? null : PublicUrl.of(url, options.token(), origin);
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
