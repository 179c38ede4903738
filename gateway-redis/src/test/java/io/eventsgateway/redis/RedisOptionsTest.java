package io.eventsgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCredentialsProvider.ImmediateRedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RedisOptionsTest {

    /** Where Lettuce has to wait for a login, a new connection may refuse its first command as "Currently not connected". */
    @Test
    void resolvesTheLoginOfEveryServer() {
        RedisURI.Builder sentinel = RedisURI.builder().withHost("a").withPort(1).withPassword("watch".toCharArray());
        RedisURI master = RedisURI.builder()
                .withSentinelMasterId("m")
                .withSentinel(sentinel.build())
                .withAuthentication("ann", "secret".toCharArray())
                .build();

        RedisURI server = RedisOptions.of(master, Duration.ofHours(1), Duration.ofMillis(300))
                .servers()
                .get(0);

        assertThat(password(server)).isEqualTo("secret");
        assertThat(password(server.getSentinels().get(0))).isEqualTo("watch");
    }

    private static String password(RedisURI server) {
        assertThat(server.getCredentialsProvider()).isInstanceOf(ImmediateRedisCredentialsProvider.class);
        return new String(((ImmediateRedisCredentialsProvider) server.getCredentialsProvider())
                .resolveCredentialsNow()
                .getPassword());
    }
}
