package io.eventsgateway.redis;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.Payload;
import io.eventsgateway.Source;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.StoredEvent;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two replicas with other retentions on one Redis, as while a setting is rolled out: the longer one counts. */
class RetentionIT {

    private static final long HOUR = TimeUnit.HOURS.toMillis(1);

    private final Destination destination = new Destination("acme", "view", "1");
    private final RedisServer server = RedisServer.v70();
    private final RedisClient client = RedisClient.create(server.uri());
    private final RedisCommands<String, String> redis = client.connect().sync();
    private final List<RedisEventLog> logs = new ArrayList<>();
    private long offset;

    @BeforeEach
    void empty() {
        redis.flushall();
    }

    @AfterEach
    void close() {
        logs.forEach(RedisEventLog::close);
        client.shutdown();
        server.close();
    }

    @Test
    void keepsEverythingForTheLongerOne() {
        RedisEventLog shorter = log(Duration.ofHours(1));
        RedisEventLog longer = log(Duration.ofHours(24));
        append(shorter, Event.connect(Set.of("ann"), Set.of()));
        append(longer, Event.message("a", Payload.EMPTY));
        append(shorter, Event.disconnect(Set.of("bob"), Payload.EMPTY));
        append(shorter, Event.message("large", Payload.of(new byte[100_000])));
        append(shorter, Event.message("b", Payload.EMPTY));
        var end = join(shorter.end(destination)).end();
        join(longer.save(destination, "ann", end));
        join(shorter.save(destination, "bob", end));

        Keys keys = new KeySpace("eg", 0).keys(destination);
        assertThat(left(keys.stream())).isGreaterThan(23 * HOUR);
        assertThat(left(keys.eventId("e1"))).isGreaterThan(23 * HOUR);
        assertThat(left(keys.eventId("e4"))).isGreaterThan(23 * HOUR);
        assertThat(left(keys.large("topic-0@3"))).isGreaterThan(24 * HOUR);
        for (byte[] key : List.of(keys.meta(), keys.grants(), keys.excluded(), keys.marks())) {
            assertThat(left(key)).isGreaterThan(6 * 23 * HOUR);
        }
    }

    @Test
    void readsWhatTheOtherKeeps() {
        RedisEventLog shorter = log(Duration.ofSeconds(2));
        RedisEventLog longer = log(Duration.ofHours(1));
        append(longer, Event.message("a", Payload.EMPTY));
        append(shorter, Event.message("b", Payload.EMPTY));
        long begun = now();

        await(() -> now() - begun > 2_100);

        assertThat(names(shorter)).containsExactly("a", "b");
        assertThat(names(longer)).containsExactly("a", "b");
    }

    @Test
    void goesBackToTheShorterOneWhenAllThatTheOtherKeptHasExpired() {
        RedisEventLog shorter = log(Duration.ofHours(1));
        RedisEventLog longer = log(Duration.ofHours(24));
        Keys keys = new KeySpace("eg", 0).keys(destination);
        append(longer, Event.message("a", Payload.EMPTY));
        assertThat(Long.parseLong(redis.hget(text(keys.meta()), "k"))).isLessThan(now() + 31 * HOUR);

        redis.hset(text(keys.meta()), "k", Long.toString(now() - 1));
        append(shorter, Event.message("b", Payload.EMPTY));

        assertThat(left(keys.stream())).isLessThanOrEqualTo(HOUR);
    }

    /** By Redis's clock, which is the one that counts. */
    private long now() {
        List<String> time = redis.time();
        return Long.parseLong(time.get(0)) * 1000 + Long.parseLong(time.get(1)) / 1000;
    }

    private long left(byte[] key) {
        return redis.pttl(text(key));
    }

    private static String text(byte[] key) {
        return new String(key, StandardCharsets.UTF_8);
    }

    private List<String> names(RedisEventLog log) {
        return join(log.read(destination, null, 100, 1_000_000)).events().stream()
                .map(StoredEvent::event)
                .map(Event::name)
                .toList();
    }

    private RedisEventLog log(Duration retention) {
        RedisEventLog log = new RedisEventLog(RedisOptions.of(server.uri(), retention, Duration.ofMillis(300)));
        logs.add(log);
        log.start();
        await(() -> log.state().works());
        return log;
    }

    private void append(RedisEventLog log, Event event) {
        Source source = new Source("t", "topic", 0, offset);
        join(log.append(List.of(), List.of(new Entry(destination, event, source, "e" + offset++))));
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }
}
