package io.eventsgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.log.EventLog;
import io.eventsgateway.log.EventLogContract;
import io.lettuce.core.RedisClient;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The log's contract against real servers, in every way they can be set up. */
class RedisEventLogIT {

    private static final Duration FREQUENCY = Duration.ofMillis(50);

    @Nested
    class OnRedis62 extends OnServers {
        private static RedisServer server;

        @BeforeAll
        static void start() {
            server = RedisServer.v62();
        }

        @Override
        RedisOptions options() {
            return RedisOptions.of(server.uri(), RETENTION, FREQUENCY);
        }

        @Test
        void isThatVersion() {
            assertThat(server.version()).startsWith("6.2.");
        }

        @AfterAll
        static void stop() {
            server.close();
        }
    }

    @Nested
    class OnRedis70 extends OnServers {
        private static RedisServer server;

        @BeforeAll
        static void start() {
            server = RedisServer.v70();
        }

        @Override
        RedisOptions options() {
            return RedisOptions.of(server.uri(), RETENTION, FREQUENCY);
        }

        /** A younger server is of another version, which the run shows. */
        @Test
        void isThatVersion() {
            if (RedisServer.younger().isPresent()) {
                System.out.println("instead of Redis 7.0: " + RedisServer.younger() + " " + server.version());
                assertThat(server.version()).doesNotStartWith("7.0.");
            } else {
                assertThat(server.version()).startsWith("7.0.");
            }
        }

        @AfterAll
        static void stop() {
            server.close();
        }
    }

    @Nested
    class OnSentinels extends OnServers {
        private static RedisSentinels sentinels;

        @BeforeAll
        static void start() {
            sentinels = new RedisSentinels();
        }

        @Override
        RedisOptions options() {
            return RedisOptions.of(sentinels.uri(), RETENTION, FREQUENCY);
        }

        @AfterAll
        static void stop() {
            sentinels.close();
        }
    }

    @Nested
    class OnCluster extends OnServers {
        private static RedisCluster cluster;

        @BeforeAll
        static void start() {
            cluster = new RedisCluster();
        }

        @Override
        RedisOptions options() {
            return RedisOptions.ofCluster(cluster.uris(), RETENTION, FREQUENCY);
        }

        @AfterAll
        static void stop() {
            cluster.close();
        }
    }

    @Nested
    class OnCluster62 extends OnServers {
        private static RedisCluster cluster;

        @BeforeAll
        static void start() {
            cluster = RedisCluster.v62();
        }

        @Override
        RedisOptions options() {
            return RedisOptions.ofCluster(cluster.uris(), RETENTION, FREQUENCY);
        }

        @AfterAll
        static void stop() {
            cluster.close();
        }
    }

    /** A log on servers. */
    abstract static class OnServers extends EventLogContract {

        private RedisEventLog log;

        abstract RedisOptions options();

        @BeforeEach
        void open() {
            log = new RedisEventLog(options().withTimeout(Duration.ofSeconds(30)));
            log.start();
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (!log.state().works()) {
                assertThat(System.nanoTime()).as("waited for %s", log.state()).isLessThan(until);
                LockSupport.parkNanos(1_000_000);
            }
        }

        @AfterEach
        void close() {
            log.close();
        }

        @AfterEach
        void leavesNothingForever() {
            RedisOptions options = options();
            if (options.cluster()) {
                try (RedisClusterClient client = RedisClusterClient.create(options.servers())) {
                    assertEverythingExpires(client.connect().sync());
                }
            } else {
                try (RedisClient client = RedisClient.create(options.servers().get(0))) {
                    assertEverythingExpires(client.connect().sync());
                }
            }
        }

        private static void assertEverythingExpires(RedisClusterCommands<String, String> redis) {
            for (String key : redis.keys("*")) {
                // -1 is never, -2 is gone since
                assertThat(redis.pttl(key)).as("milliseconds left of %s", key).isNotEqualTo(-1);
            }
        }

        @Override
        protected EventLog log() {
            return log;
        }

        @Override
        protected void forgetData() {
            RedisOptions options = options();
            if (options.cluster()) {
                try (RedisClusterClient client = RedisClusterClient.create(options.servers())) {
                    forgetData(client.connect().sync());
                }
            } else {
                try (RedisClient client = RedisClient.create(options.servers().get(0))) {
                    forgetData(client.connect().sync());
                }
            }
        }

        private static void forgetData(RedisClusterCommands<String, String> redis) {
            redis.keys("*:l:*").forEach(redis::del);
        }

        /** The servers' own clocks can only be waited for. */
        @Override
        protected void pass(Duration time) {
            long until = System.nanoTime() + time.toNanos();
            while (System.nanoTime() < until) {
                LockSupport.parkNanos(until - System.nanoTime());
            }
        }
    }
}
