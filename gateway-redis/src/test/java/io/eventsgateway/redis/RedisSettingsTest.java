package io.eventsgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.config.Environment;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider.ImmediateRedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RedisSettingsTest {

    private static final String USERNAME = "SPRING_DATA_REDIS_USERNAME";
    private static final String PASSWORD = "SPRING_DATA_REDIS_PASSWORD";

    static Stream<Map<String, String>> logins() {
        return Stream.of(
                Map.of("SPRING_DATA_REDIS_HOST", "a", USERNAME, "ann", PASSWORD, "secret"),
                Map.of("SPRING_DATA_REDIS_URL", "redis://ann:secret@a:1/2"),
                Map.of("SPRING_DATA_REDIS_CLUSTER_NODES", "a:1,b:2", USERNAME, "ann", PASSWORD, "secret"),
                Map.of(
                        "SPRING_DATA_REDIS_SENTINEL_MASTER",
                        "m",
                        "SPRING_DATA_REDIS_SENTINEL_NODES",
                        "a:1,b:2",
                        "SPRING_DATA_REDIS_SENTINEL_USERNAME",
                        "ann",
                        "SPRING_DATA_REDIS_SENTINEL_PASSWORD",
                        "secret",
                        USERNAME,
                        "ann",
                        PASSWORD,
                        "secret"));
    }

    /** Lettuce may report "Connection closed prematurely" where a login is refused that it had to wait for. */
    @ParameterizedTest
    @MethodSource("logins")
    void resolvesTheLoginOnce(Map<String, String> environment) {
        List<RedisURI> servers =
                RedisSettings.options(new Environment(environment)).servers();

        assertThat(servers)
                .flatMap(server -> Stream.concat(Stream.of(server), server.getSentinels().stream())
                        .toList())
                .allSatisfy(server -> {
                    assertThat(server.getCredentialsProvider()).isInstanceOf(ImmediateRedisCredentialsProvider.class);
                    RedisCredentials login = ((ImmediateRedisCredentialsProvider) server.getCredentialsProvider())
                            .resolveCredentialsNow();
                    assertThat(login.getUsername()).isEqualTo("ann");
                    assertThat(new String(login.getPassword())).isEqualTo("secret");
                });
    }

    @ParameterizedTest
    @MethodSource("withoutLogin")
    void logsInAsNobodyWhereNoLoginIsNamed(Map<String, String> environment) {
        assertThat(RedisSettings.options(new Environment(environment)).servers())
                .allSatisfy(server -> assertThat(((ImmediateRedisCredentialsProvider) server.getCredentialsProvider())
                                .resolveCredentialsNow()
                                .hasPassword())
                        .isFalse());
    }

    static Stream<Map<String, String>> withoutLogin() {
        return Stream.of(Map.of(), Map.of("SPRING_DATA_REDIS_URL", "redis://a"));
    }
}
