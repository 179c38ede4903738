package io.eventsgateway.redis;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.Payload;
import io.eventsgateway.Source;
import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.Follower;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
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

    private static Path certificate;
    private static Path key;

    @BeforeAll
    static void makeCertificate() throws IOException, InterruptedException {
        certificate = folder.resolve("server.crt");
        key = folder.resolve("server.key");
        Path store = folder.resolve("store.p12");
        run(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "redis",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost,ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                "changeit");
        try {
            var keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
            pem(certificate, "CERTIFICATE", keys.getCertificate("redis").getEncoded());
            pem(
                    key,
                    "PRIVATE KEY",
                    keys.getKey("redis", "changeit".toCharArray()).getEncoded());
        } catch (GeneralSecurityException unusable) {
            throw new IllegalStateException(unusable);
        }
    }

    private static void pem(Path file, String type, byte[] bytes) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        Files.writeString(file, "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
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
        try (RedisServer server = RedisServer.secured(tls(), ACL)) {
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
                "SPRING_SSL_BUNDLE_PEM_REDIS_TRUSTSTORE_CERTIFICATE", certificate.toString());
    }

    private static List<String> tls() {
        return List.of(
                "--tls-cert-file", certificate.toString(),
                "--tls-key-file", key.toString(),
                "--tls-ca-cert-file", certificate.toString(),
                "--tls-auth-clients", "no");
    }

    /** Appends and is pushed what it appended. */
    private static void works(Map<String, String> variables) {
        RedisEventLog log = new RedisEventLog(RedisSettings.options(new Environment(variables)));
        try {
            log.start();
            await("Redis: " + log.state(), () -> log.state().works());
            Destination destination = new Destination("acme", "view", "1");
            Told told = new Told();
            log.follow(destination, told);
            await("the subscription", () -> log.state().unconfirmed() == 0);
            Event event = Event.message("a", Payload.of("{}".getBytes(StandardCharsets.UTF_8)));
            Entry entry = new Entry(destination, event, new Source("t", "topic", 0, System.nanoTime()), null);
            log.append(log.generation(), List.of(entry)).toCompletableFuture().join();
            await("the push", () -> told.event != null);
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
    private static final class Told implements Follower {

        private volatile @Nullable Event event;

        @Override
        public void appended(EventId id, @Nullable Event pushed) {
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
