package io.eventsgateway.redis;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where servers say that they are, and whether they can be found there. */
class RedisEndpointsIT {

    private static final String NOWHERE = "nowhere.invalid";

    private final List<RedisEventLog> logs = new ArrayList<>();

    @AfterEach
    void close() {
        logs.forEach(RedisEventLog::close);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ip", "unknown-endpoint"})
    void findsNodesWhoseNamesAreNotPreferred(String preferred) {
        try (RedisCluster cluster = announcing(NOWHERE, preferred)) {
            RedisEventLog log = open(cluster.uris().subList(0, 1));

            works(log);
        }
    }

    @Test
    void findsNodesByTheirPreferredNames() {
        try (RedisCluster cluster = announcing("localhost", "hostname")) {
            RedisEventLog log = open(cluster.uris().subList(0, 1));

            works(log);
        }
    }

    @Test
    void findsNodesThatPreferNamesAndHaveNone() {
        try (RedisCluster cluster = new RedisCluster("--cluster-preferred-endpoint-type", "hostname")) {
            RedisEventLog log = open(cluster.uris().subList(0, 1));

            works(log);
        }
    }

    @Test
    void namesTheHostsOfNodesThatAreNotFound() {
        try (RedisCluster cluster = announcing(NOWHERE, "hostname")) {
            RedisEventLog log = open(cluster.uris().subList(0, 1));

            await(() -> log.state().problem().contains(NOWHERE));
            assertThat(log.state().works()).isFalse();
        }
    }

    @Test
    void namesTheServerThatIsNotFound() {
        assertThat(problemOf(RedisURI.create(NOWHERE, 6379))).contains(NOWHERE + ":6379");
        assertThat(problemOf(RedisURI.create("127.0.0.1", 1)))
                .contains("127.0.0.1:1")
                .contains("refused");
        RedisEventLog cluster = open(List.of(RedisURI.create(NOWHERE, 6379), RedisURI.create("127.0.0.1", 1)));
        await(() -> cluster.state().problem().contains(NOWHERE + ":6379"));
        assertThat(cluster.state().problem()).contains("127.0.0.1:1");
    }

    @Test
    void looksForAServerThoughALogWasClosedThatLookedForTheSame() {
        RedisOptions options =
                RedisOptions.of(RedisURI.create(NOWHERE, 6379), Duration.ofHours(1), Duration.ofMillis(300));
        for (int i = 0; i < 20; i++) {
            try (RedisEventLog closedWhileItLooks = new RedisEventLog(options)) {
                closedWhileItLooks.start();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(i));
            }
        }

        assertThat(problemOf(RedisURI.create(NOWHERE, 6379))).contains(NOWHERE + ":6379");
    }

    @Test
    void namesSentinelsAndMasterThatAreNotFound() {
        assertThat(problemOf(
                        RedisURI.Builder.sentinel(NOWHERE, 26379, "mymaster").build()))
                .contains(NOWHERE + ":26379");
        try (RedisSentinels sentinels = new RedisSentinels()) {
            RedisURI other = sentinels.uri();
            other.setSentinelMasterId("another");
            assertThat(problemOf(other)).contains("another");
        }
    }

    /** A cluster whose nodes have a name, in which that or another endpoint is preferred. */
    private static RedisCluster announcing(String name, String preferred) {
        return new RedisCluster("--cluster-announce-hostname", name, "--cluster-preferred-endpoint-type", preferred);
    }

    /** For commands and for pushing, on every master. */
    private static void works(RedisEventLog log) {
        await("the log: " + log.state(), () -> log.state().works());
        await(() -> log.state().silentMillis() == 0);
        assertThat(log.state().works()).isTrue();
    }

    private String problemOf(RedisURI uri) {
        RedisEventLog log = open(RedisOptions.of(uri, Duration.ofHours(1), Duration.ofMillis(300)));
        await(() -> !log.state().problem().equals("no answer yet"));
        return log.state().problem();
    }

    private RedisEventLog open(List<RedisURI> nodes) {
        return open(RedisOptions.ofCluster(nodes, Duration.ofHours(1), Duration.ofMillis(300)));
    }

    private RedisEventLog open(RedisOptions options) {
        RedisEventLog log = new RedisEventLog(options);
        logs.add(log);
        log.start();
        return log;
    }
}
