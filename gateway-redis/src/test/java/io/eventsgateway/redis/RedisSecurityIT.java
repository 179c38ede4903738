package io.eventsgateway.redis;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.Payload;
import io.eventsgateway.Source;
import io.eventsgateway.TestKeys;
import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.Follower;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that ask who one is, over TLS, as the settings name them. */
class RedisSecurityIT {

    private static final String[] ACL = {
        "--user",
        "gateway",
        "on",
        ">secret",
        "~eg:*",
        "&eg:*",
        "+@all",
        "-@dangerous",
        "+info",
        "--user",
        "default",
        "off"
    };

    @TempDir
    static Path folder;

    private static TestKeys keys;

    @BeforeAll
    static void makeCertificate() {
        keys = TestKeys.make(folder, "redis");
    }

    @Test
    void logsInWithAPassword() {
        try (RedisServer server = RedisServer.v70("--requirepass", "secret")) {
            works(Map.of(
                    "SPRING_DATA_REDIS_HOST", "127.0.0.1",
                    "SPRING_DATA_REDIS_PORT", Integer.toString(server.port()),
                    "SPRING_DATA_REDIS_PASSWORD", "secret"));
            works(Map.of("SPRING_DATA_REDIS_URL", "redis://:secret@127.0.0.1:" + server.port()));
        }
    }

    @Test
    void logsInAsAUserOverTls() {
        try (RedisServer server = RedisServer.secured(keys, ACL)) {
            Map<String, String> variables = new HashMap<>(Map.of(
                    "SPRING_DATA_REDIS_HOST", "127.0.0.1",
                    "SPRING_DATA_REDIS_PORT", Integer.toString(server.tlsPort()),
                    "SPRING_DATA_REDIS_USERNAME", "gateway",
                    "SPRING_DATA_REDIS_PASSWORD", "secret"));
            variables.putAll(bundle());
            works(variables);
        }
    }

    @Test
    void logsInAtSentinelsAndTheirMaster() {
        try (RedisSentinels sentinels = new RedisSentinels("--requirepass", "secret", "--masterauth", "secret")) {
            works(Map.of(
                    "SPRING_DATA_REDIS_SENTINEL_MASTER", "mymaster",
                    "SPRING_DATA_REDIS_SENTINEL_NODES",
                            sentinels.uri().getSentinels().stream()
                                    .map(each -> each.getHost() + ":" + each.getPort())
                                    .collect(Collectors.joining(",")),
                    "SPRING_DATA_REDIS_PASSWORD", "secret"));
        }
    }

    @Test
    void logsInAtACluster() {
        try (RedisCluster cluster = new RedisCluster("--requirepass", "secret", "--masterauth", "secret")) {
            works(Map.of(
                    "SPRING_DATA_REDIS_CLUSTER_NODES",
                    cluster.uris().stream()
                            .map(each -> each.getHost() + ":" + each.getPort())
                            .collect(Collectors.joining(",")),
                    "SPRING_DATA_REDIS_PASSWORD",
                    "secret"));
        }
    }

    @Test
    void refusesWhatDoesNotFitTogether() {
        Map<String, String> variables = Map.of(
                "SPRING_DATA_REDIS_SENTINEL_NODES", "one,two:26380,[::1]:26379",
                "SPRING_DATA_REDIS_CLUSTER_NODES", "three:6379",
                "SPRING_DATA_REDIS_DATABASE", "1",
                "SPRING_DATA_REDIS_SSL_BUNDLE", "none");

        assertThatThrownBy(() -> RedisSettings.options(new Environment(variables)))
                .isInstanceOfSatisfying(ConfigurationException.class, refused -> assertThat(refused.problems())
                        .hasSize(4)
                        .anySatisfy(each -> assertThat(each).contains("SENTINEL_MASTER"))
                        .anySatisfy(each -> assertThat(each).contains("choose one"))
                        .anySatisfy(each -> assertThat(each).contains("DATABASE must be 0"))
                        .anySatisfy(each -> assertThat(each).contains("SPRING_SSL_BUNDLE_PEM_NONE_")));
    }

    private static Map<String, String> bundle() {
        return Map.of(
                "SPRING_DATA_REDIS_SSL_ENABLED", "true",
                "SPRING_DATA_REDIS_SSL_BUNDLE", "redis",
                "SPRING_SSL_BUNDLE_PEM_REDIS_TRUSTSTORE_CERTIFICATE",
                        keys.certificateFile().toString());
    }

    /** Appends and is pushed what it appended. */
    private static void works(Map<String, String> variables) {
        RedisEventLog log = new RedisEventLog(RedisSettings.options(new Environment(variables)));
        try {
            log.start();
            await("Redis: " + log.state(), () -> log.state().works());
            Destination destination = new Destination("acme", "view", "1");
            RecordingFollower follower = new RecordingFollower();
            log.follow(destination, follower);
            await("the subscription", () -> log.state().unconfirmed() == 0);
            Event event = Event.message("a", Payload.of("{}".getBytes(StandardCharsets.UTF_8)));
            Entry entry = new Entry(destination, event, new Source("t", "topic", 0, System.nanoTime()), null);
            log.append(List.of(), List.of(entry)).toCompletableFuture().join();
            await("the push", () -> follower.event != null);
            assertThat(log.read(destination, null, 1, 1000)
                            .toCompletableFuture()
                            .join()
                            .events())
                    .hasSize(1);
        } finally {
            log.close();
        }
    }

    /** What is pushed; that it may ask is not of use to it. */
    private static final class RecordingFollower implements Follower {

        private volatile @Nullable Event event;

        @Override
        public void appended(EventId id, EventId previous, @Nullable Event pushed) {
            event = pushed;
        }

        @Override
        public EventId position() {
            return EventId.START;
        }

        @Override
        public void wake() {}
    }
}
