package io.eventsgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.api.StatefulRedisConnection;
import java.net.ConnectException;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** That other tests can rely on the servers. */
class RedisServerIT {

    private static final RedisClient CLIENT = RedisClient.create();

    @AfterAll
    static void shutDown() {
        CLIENT.shutdown();
    }

    static Stream<Supplier<RedisServer>> servers() {
        return Stream.of(RedisServer::v62, RedisServer::v70);
    }

    @ParameterizedTest
    @MethodSource("servers")
    void keepsPortAndDataWhenStopped(Supplier<RedisServer> make) {
        try (RedisServer server = make.get()) {
            int port = server.port();
            set(server, "a");

            server.stop();
            server.start();

            assertThat(server.port()).isEqualTo(port);
            assertThat(get(server)).isEqualTo("a");
        }
    }

    @ParameterizedTest
    @MethodSource("servers")
    void comesBackWhenKilled(Supplier<RedisServer> make) {
        try (RedisServer server = make.get()) {
            server.kill();
            server.start();

            set(server, "b");
            assertThat(get(server)).isEqualTo("b");
        }
    }

    @ParameterizedTest
    @MethodSource("servers")
    void answersNobodyWhilePaused(Supplier<RedisServer> make) {
        try (RedisServer server = make.get();
                StatefulRedisConnection<String, String> connection = CLIENT.connect(server.uri())) {
            connection.setTimeout(Duration.ofMillis(200));

            server.pause();
            assertThatThrownBy(() -> connection.sync().ping()).isInstanceOf(RedisCommandTimeoutException.class);
            server.resume();

            connection.setTimeout(Duration.ofSeconds(10));
            assertThat(connection.sync().ping()).isEqualTo("PONG");
        }
    }

    @Test
    void takesOptionsAndAsksForItsPassword() {
        try (RedisServer server = RedisServer.v62("--requirepass", "secret", "--maxmemory", "50mb");
                StatefulRedisConnection<String, String> connection = CLIENT.connect(server.uri())) {
            assertThat(connection.sync().configGet("maxmemory")).containsValue("52428800");
        }
    }

    @Test
    void reportsItsVersion() {
        try (RedisServer older = RedisServer.v62();
                RedisServer newer = RedisServer.v70()) {
            assertThat(older.version()).startsWith("6.2.");
            assertThat(newer.version()).startsWith("7.0.");
        }
    }

    @Test
    void closesTwice() {
        RedisServer server = RedisServer.v62();

        server.close();
        server.close();

        assertThatThrownBy(() -> CLIENT.connect(server.uri())).hasRootCauseInstanceOf(ConnectException.class);
    }

    private static void set(RedisServer server, String value) {
        try (StatefulRedisConnection<String, String> connection = CLIENT.connect(server.uri())) {
            connection.sync().set("key", value);
        }
    }

    private static String get(RedisServer server) {
        try (StatefulRedisConnection<String, String> connection = CLIENT.connect(server.uri())) {
            return connection.sync().get("key");
        }
    }
}
