package io.eventsgateway.benchmark;

import io.eventsgateway.Destination;
import io.eventsgateway.log.Appended;
import io.eventsgateway.log.Entry;
import io.eventsgateway.redis.RedisEventLog;
import io.eventsgateway.redis.RedisOptions;
import io.eventsgateway.redis.RedisServer;
import io.eventsgateway.redis.RedisState;
import io.lettuce.core.RedisClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A log on a Redis of its own; used by one thread. */
final class LogOnRedis implements AutoCloseable {

    private final RedisServer server = RedisServer.v70();

    /** A slow command of a busy machine is a figure, and no failure. */
    private final RedisEventLog log =
            new RedisEventLog(RedisOptions.of(server.uri(), Duration.ofHours(4), Duration.ofMillis(300))
                    .withTimeout(Duration.ofSeconds(30)));

    /** Returns when it is connected. */
    LogOnRedis() {
        log.start();
        await(RedisState::works);
    }

    /** Waits for a state of the log. */
    void await(Predicate<RedisState> wanted) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!wanted.test(log.state())) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException("the log is " + log.state());
            }
            Thread.onSpinWait();
        }
    }

    RedisEventLog log() {
        return log;
    }

    CompletableFuture<Appended> append(List<Entry> batch) {
        return log.append(List.of(), batch).toCompletableFuture();
    }

    /** How many events a destination ever got. */
    long sequence(Destination destination) {
        return now(log.end(destination)).end().sequence();
    }

    /** What a stage completes with, waited for. */
    static <T> T now(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    /** The CPU time that Redis has used, in microseconds. */
    double cpuMicros() {
        RedisClient client = RedisClient.create(server.uri());
        try (var connection = client.connect()) {
            return connection
                    .sync()
                    .info("cpu")
                    .lines()
                    .filter(line -> line.startsWith("used_cpu_sys:") || line.startsWith("used_cpu_user:"))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(':') + 1)))
                    .map(seconds -> seconds * 1e6)
                    .sum();
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        }
    }

    @Override
    public void close() {
        log.close();
        server.close();
    }
}
