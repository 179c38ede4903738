package io.eventsgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.log.EventLog;
import io.eventsgateway.log.EventLogContract;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The log's contract against real servers. */
class RedisEventLogIT {

    private static final RedisClient CLIENT = RedisClient.create();

    @AfterAll
    static void shutDown() {
        CLIENT.shutdown();
    }

    @Nested
    class OnRedis62 extends OnServer {
        private static final RedisServer SERVER = RedisServer.v62();

        @Override
        RedisServer server() {
            return SERVER;
        }

        @Test
        void isThatVersion() {
            assertThat(version()).startsWith("6.2.");
        }

        @AfterAll
        static void stop() {
            SERVER.close();
        }
    }

    @Nested
    class OnRedis70 extends OnServer {
        private static final RedisServer SERVER = RedisServer.v70();

        @Override
        RedisServer server() {
            return SERVER;
        }

        @Test
        void isThatVersion() {
            assertThat(version()).startsWith("7.0.");
        }

        @AfterAll
        static void stop() {
            SERVER.close();
        }
    }

    /** A log on a server. */
    abstract static class OnServer extends EventLogContract {

        private RedisEventLog log;

        abstract RedisServer server();

        @BeforeEach
        void open() {
            log = new RedisEventLog(CLIENT, server().uri(), RETENTION, Duration.ofMillis(50));
            log.start();
            while (!log.state().connected()) {
                LockSupport.parkNanos(1_000_000);
            }
        }

        @AfterEach
        void close() {
            log.close();
        }

        @Override
        protected EventLog log() {
            return log;
        }

        /** The server's own clock can only be waited for. */
        @Override
        protected void pass(Duration time) {
            long until = System.nanoTime() + time.toNanos();
            while (System.nanoTime() < until) {
                LockSupport.parkNanos(until - System.nanoTime());
            }
        }

        String version() {
            try (StatefulRedisConnection<String, String> connection = CLIENT.connect(server().uri())) {
                String info = connection.sync().info("server");
                return info.lines()
                        .filter(line -> line.startsWith("redis_version:"))
                        .findFirst()
                        .orElseThrow()
                        .substring("redis_version:".length());
            }
        }
    }
}
