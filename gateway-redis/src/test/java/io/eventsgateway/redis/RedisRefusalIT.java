package io.eventsgateway.redis;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.Payload;
import io.eventsgateway.Source;
import io.eventsgateway.log.Appended;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.RefusedException;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Redis does not take, now or ever, and what it leaves behind. */
class RedisRefusalIT {

    private static final Duration RETENTION = Duration.ofHours(1);

    private final Destination good = new Destination("acme", "view", "good");
    private final Destination bad = new Destination("acme", "view", "bad");
    private final RedisClient client = RedisClient.create();
    private final List<AutoCloseable> closes = new ArrayList<>();
    private RedisCommands<String, String> redis;
    private RedisEventLog log;

    @AfterEach
    void close() throws Exception {
        for (int i = closes.size() - 1; i >= 0; i--) {
            closes.get(i).close();
        }
        client.shutdown();
    }

    static Stream<Supplier<RedisServer>> servers() {
        return Stream.of(RedisServer::v62, RedisServer::v70);
    }

    @ParameterizedTest
    @MethodSource("servers")
    void refusesTheOneEntryWhoseKeyHasAnotherType(Supplier<RedisServer> make) {
        open(make.get());
        append(entry(bad, 0, "z"));
        String stream = new String(new KeySpace("eg", 0).keys(bad).stream(), StandardCharsets.UTF_8);
        redis.del(stream);
        redis.lpush(stream, "not a stream");

        assertThatThrownBy(() -> append(entry(good, 0, "a"), entry(bad, 1, "b")))
                .hasRootCauseInstanceOf(RefusedException.class)
                .hasMessageContaining("WRONGTYPE");
        // the same again, also by its event id, is no duplicate: it never was appended
        assertThatThrownBy(() -> append(entry(bad, 1, "b"))).hasRootCauseInstanceOf(RefusedException.class);

        append(entry(good, 0, "a"), entry(good, 2, "c"));
        assertThat(names(good)).containsExactly("a", "c");
        assertThat(log.state().works()).isTrue();
    }

    @Test
    void refusesDataThatRedisHasNoStringFor() {
        open(RedisServer.v70("--proto-max-bulk-len", "1mb"));

        assertThatThrownBy(() -> append(large(3_000_000), entry(good, 1, "a")))
                .hasRootCauseInstanceOf(RefusedException.class)
                .hasMessageContaining("exceeds maximum allowed size");

        append(entry(good, 1, "a"));
        assertThat(names(good)).containsExactly("a");
        everythingExpires();
    }

    @Test
    void isNotRefusedWhereMemoryIsFullAndLeavesNoPieceForever() {
        open(RedisServer.v70("--maxmemory", "20mb"));

        assertThatThrownBy(() -> append(large(40_000_000)))
                .hasMessageContaining("OOM")
                .hasRootCauseInstanceOf(RedisCommandExecutionException.class);

        assertThat(redis.keys("eg:*:l:*")).hasSize(1);
        everythingExpires();
    }

    @Test
    void appendsOnceWhatItMayNotPublishYet() {
        open(RedisServer.v70());
        redis.aclSetuser("default", AclSetuserArgs.Builder.resetChannels());
        for (int i = 0; i < 3; i++) {
            try {
                append(entry(good, 0, "a"));
            } catch (CompletionException refusedByRedis) {
                assertThat(refusedByRedis).hasMessageContaining("channel");
            }
        }

        redis.aclSetuser("default", AclSetuserArgs.Builder.allChannels());
        await(() -> log.state().works());
        append(entry(good, 0, "a"), entry(good, 1, "b"));

        assertThat(names(good)).containsExactly("a", "b");
    }

    private List<String> names(Destination destination) {
        return log.read(destination, null, 100, 1_000_000).toCompletableFuture().join().events().stream()
                .map(stored -> stored.event().name())
                .toList();
    }

    private void everythingExpires() {
        for (String key : redis.keys("*")) {
            assertThat(redis.pttl(key)).as("milliseconds left of %s", key).isPositive();
        }
    }

    private void open(RedisServer server) {
        closes.add(server);
        redis = client.connect(server.uri()).sync();
        log = new RedisEventLog(RedisOptions.of(server.uri(), RETENTION, Duration.ofMillis(300)));
        closes.add(log);
        log.start();
        await(() -> log.state().works());
    }

    private Entry large(int size) {
        byte[] data = new byte[size];
        Arrays.fill(data, (byte) '7');
        return new Entry(bad, Event.message("large", Payload.of(data)), new Source("t", "topic", 0, 0), null);
    }

    private static Entry entry(Destination destination, long offset, String name) {
        return new Entry(
                destination,
                Event.message(name, Payload.EMPTY),
                new Source("t", "topic", 0, offset),
                destination.id() + offset);
    }

    private Appended append(Entry... entries) {
        return log.append(List.of(), List.of(entries))
                .toCompletableFuture()
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    }
}
