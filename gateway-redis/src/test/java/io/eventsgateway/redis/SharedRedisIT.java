package io.eventsgateway.redis;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.Payload;
import io.eventsgateway.Source;
import io.eventsgateway.auth.IssuerMemory;
import io.eventsgateway.lane.Lane;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.Follower;
import io.eventsgateway.log.Gap;
import io.eventsgateway.log.Gate;
import io.eventsgateway.log.LaneWriter;
import io.eventsgateway.log.Page;
import io.eventsgateway.log.StoredEvent;
import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two environments on one Redis, which have topics of the same names and destinations of the same ids. */
class SharedRedisIT {

    private static final Duration RETENTION = Duration.ofHours(1);
    private static final Duration FREQUENCY = Duration.ofMillis(300);

    private final Destination destination = new Destination("acme", "view", "1");
    private final List<AutoCloseable> closes = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (int i = closes.size() - 1; i >= 0; i--) {
            closes.get(i).close();
        }
    }

    @Test
    void keepsPrefixesApart() throws InterruptedException {
        RedisServer server = closing(RedisServer.v70());
        RedisOptions options = RedisOptions.of(server.uri(), RETENTION, FREQUENCY);

        keepsApart(options.withKeyPrefix("test"), options.withKeyPrefix("prod"));
    }

    @Test
    void keepsPrefixesApartOfWhichOneBeginsTheOther() throws InterruptedException {
        RedisServer server = closing(RedisServer.v62());
        RedisOptions options = RedisOptions.of(server.uri(), RETENTION, FREQUENCY);

        keepsApart(options, options.withKeyPrefix("eg.b"));
    }

    @Test
    void keepsDatabasesApart() throws InterruptedException {
        RedisServer server = closing(RedisServer.v70());

        keepsApart(
                RedisOptions.of(server.uri(), RETENTION, FREQUENCY),
                RedisOptions.of(RedisURI.create("redis://127.0.0.1:" + server.port() + "/1"), RETENTION, FREQUENCY));
    }

    @Test
    void keepsPrefixesApartInACluster() throws InterruptedException {
        RedisCluster cluster = closing(new RedisCluster());
        RedisOptions options = RedisOptions.ofCluster(cluster.uris(), RETENTION, FREQUENCY);

        keepsApart(options.withKeyPrefix("test"), options.withKeyPrefix("prod"));
    }

    @Test
    void doesNotWorkOnWhatAnotherVersionKeepsAndGoesOnWhereThatIsGone() {
        RedisServer server = closing(RedisServer.v70());
        RedisOptions options = RedisOptions.of(server.uri(), RETENTION, FREQUENCY);
        RedisClient client = closing(RedisClient.create());
        try (StatefulRedisConnection<String, String> connection = client.connect(server.uri())) {
            String key = new String(new KeySpace("eg", 0).format(), StandardCharsets.UTF_8);
            connection.sync().set(key, "3");
            RedisEventLog log = closing(new RedisEventLog(options));
            log.start();

            await(() -> log.state()
                    .problem()
                    .startsWith("what is in Redis under the prefix eg is of format 3, and this version needs 2: "));
            assertThat(log.state().works()).isFalse();
            assertThat(connection.sync().get(key)).isEqualTo("3");
            open(options.withKeyPrefix("other"));

            connection.sync().del(key);
            await(() -> log.state().works());
            assertThat(connection.sync().get(key)).isEqualTo("2");

            connection.sync().set(key, "1");
            await(() -> log.state().problem().contains("is of format 1"));
        }
    }

    @Test
    void readsEventsOfEarlierVersionsThatNamedNoPredecessor() throws Exception {
        RedisServer server = closing(RedisServer.v70());
        RedisOptions options = RedisOptions.of(server.uri(), RETENTION, FREQUENCY);
        RedisEventLog log = open(options);
        append(log, 0, event("a"));
        append(log, 1, event("b"));
        append(log, 2, event("c"));
        RedisClient client = closing(RedisClient.create());
        try (StatefulRedisConnection<byte[], byte[]> connection = client.connect(new ByteArrayCodec(), server.uri())) {
            byte[] stream = new KeySpace("eg", 0).keys(destination).stream();
            byte[] field = Keys.bytes("e");
            List<StreamMessage<byte[], byte[]>> all = connection.sync().xrange(stream, Range.create("-", "+"));
            connection.sync().del(stream);
            for (StreamMessage<byte[], byte[]> each : all) {
                byte[] event = each.getBody().entrySet().stream()
                        .filter(one -> Arrays.equals(one.getKey(), field))
                        .findFirst()
                        .orElseThrow()
                        .getValue();
                connection.sync().xadd(stream, new XAddArgs().id(each.getId()), field, event);
            }
        }

        Page whole =
                log.read(destination, null, 10, 10_000).toCompletableFuture().get(10, TimeUnit.SECONDS);

        assertThat(names(log)).containsExactly("a", "b", "c");
        assertThat(whole.events().get(2).previous())
                .isEqualTo(whole.events().get(1).id());
        for (StoredEvent event : whole.events()) {
            Page after = log.read(destination, event.id(), 10, 10_000)
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
            assertThat(after.gap()).isEqualTo(Gap.NONE);
        }
    }

    @Test
    void noticesNoLossWhereOnlyTheOthersDatabaseIsEmptied() {
        RedisServer server = closing(RedisServer.v70());
        RedisURI second = RedisURI.create("redis://127.0.0.1:" + server.port() + "/1");
        RedisEventLog emptied = open(RedisOptions.of(server.uri(), RETENTION, FREQUENCY));
        RedisEventLog other = open(RedisOptions.of(second, RETENTION, FREQUENCY));
        LaneWriter ofEmptied = LaneWriter.of(() -> emptied, new Lane("group", "topic", 0));
        LaneWriter ofOther = LaneWriter.of(() -> other, new Lane("group", "topic", 0));
        ofEmptied.append(entry(0, event("a")));
        ofOther.append(entry(0, event("b")));

        RedisClient client = closing(RedisClient.create());
        try (StatefulRedisConnection<String, String> connection = client.connect(server.uri())) {
            connection.sync().flushdb();
        }

        assertThat(ofEmptied.hasLost()).isTrue();
        assertThat(ofOther.hasLost()).isFalse();
        append(other, 1, event("c"));
        assertThat(names(other)).containsExactly("b", "c");
    }

    @Test
    void remembersIssuersForAllReplicasOfOneEnvironment() {
        RedisServer server = closing(RedisServer.v70());
        RedisOptions options = RedisOptions.of(server.uri(), RETENTION, FREQUENCY);
        IssuerMemory one = open(options).issuers();
        IssuerMemory another = open(options).issuers();
        IssuerMemory elsewhere = open(options.withKeyPrefix("other")).issuers();
        assertThat(done(another.known())).isEmpty();

        done(one.remember("https://id/realms/a"));
        done(another.remember("https://id/realms/b"));

        assertThat(done(one.known())).containsExactlyInAnyOrder("https://id/realms/a", "https://id/realms/b");
        assertThat(done(elsewhere.known())).isEmpty();
        RedisClient client = closing(RedisClient.create());
        try (StatefulRedisConnection<String, String> connection = client.connect(server.uri())) {
            List<String> keys = connection.sync().keys("eg:*:issuers:*");
            assertThat(keys).hasSize(1);
            assertThat(connection.sync().pttl(keys.get(0)))
                    .isBetween(
                            Duration.ofDays(13).toMillis(), Duration.ofDays(14).toMillis());
        }
    }

    @Test
    void forgetsIssuersThatWereNotReportedForTwoWeeks() {
        RedisServer server = closing(RedisServer.v70());
        RedisEventLog log = open(RedisOptions.of(server.uri(), RETENTION, FREQUENCY));
        Instant[] now = {Instant.parse("2026-11-26T12:00:00Z")};
        IssuerMemory memory = log.issuers(() -> now[0]);
        done(memory.remember("https://id/realms/a"));

        now[0] = now[0].plus(Duration.ofDays(7));
        assertThat(done(memory.known())).containsExactly("https://id/realms/a");

        now[0] = now[0].plus(Duration.ofDays(7));
        assertThat(done(memory.known())).isEmpty();
    }

    @Test
    void knowsNoIssuersWithoutRedis() {
        RedisServer server = RedisServer.v70();
        RedisEventLog log = open(RedisOptions.of(server.uri(), RETENTION, FREQUENCY));
        server.close();

        assertThat(log.issuers().known().toCompletableFuture())
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableOfType(ExecutionException.class);
    }

    private static <T> T done(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
    }

    @Test
    void worksAsAUserWhoMayUseItsPrefixOnly() throws InterruptedException {
        RedisServer server = closing(RedisServer.v70(
                "--user", "gateway", "on", ">secret", "~prod:*", "&prod:*", "+@all", "-@dangerous", "+info"));
        RedisURI uri = RedisURI.builder()
                .withHost("127.0.0.1")
                .withPort(server.port())
                .withAuthentication("gateway", "secret".toCharArray())
                .build();
        RedisEventLog log = open(RedisOptions.of(uri, RETENTION, FREQUENCY).withKeyPrefix("prod"));
        RecordingFollower follower = follow(log);

        append(log, 0, event("a"));

        assertThat(follower.next()).isEqualTo("a");
        assertThat(log.state().problem()).isEmpty();
    }

    private void keepsApart(RedisOptions one, RedisOptions other) throws InterruptedException {
        RedisEventLog first = open(one);
        RedisEventLog second = open(other);
        RecordingFollower firstFollower = follow(first);
        RecordingFollower secondFollower = follow(second);

        append(first, 0, event("a"));
        append(first, 1, Event.disconnect(Set.of(), Payload.EMPTY));
        assertThat(firstFollower.next()).isEqualTo("a");
        assertThat(firstFollower.next()).isEqualTo("disconnect");
        append(second, 0, event("b"));

        // Redis publishes one thing after the other: what was meant for the first would have come before
        assertThat(secondFollower.next()).isEqualTo("b");
        assertThat(second.end(destination).toCompletableFuture().join().gate()).isEqualTo(Gate.OPEN);
        assertThat(first.end(destination).toCompletableFuture().join().gate().closed())
                .isTrue();
        assertThat(names(first)).containsExactly("a", "disconnect");
        assertThat(names(second)).containsExactly("b");
        assertThat(firstFollower.names).isEmpty();
        assertThat(first.state().followed()).isEqualTo(1);
    }

    private RedisEventLog open(RedisOptions options) {
        RedisEventLog log = closing(new RedisEventLog(options));
        log.start();
        await(() -> log.state().works());
        return log;
    }

    private RecordingFollower follow(RedisEventLog log) {
        RecordingFollower follower = new RecordingFollower();
        closes.add(log.follow(destination, follower));
        await(() -> log.state().unconfirmed() == 0);
        return follower;
    }

    private Entry entry(long offset, Event event) {
        return new Entry(destination, event, new Source("t", "topic", 0, offset), null);
    }

    private void append(RedisEventLog log, long offset, Event event) {
        log.append(List.of(), List.of(entry(offset, event)))
                .toCompletableFuture()
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    }

    private List<String> names(RedisEventLog log) {
        Page page =
                log.read(destination, null, 100, 100_000).toCompletableFuture().join();
        return page.events().stream().map(StoredEvent::event).map(Event::name).toList();
    }

    private static Event event(String name) {
        return Event.message(name, Payload.EMPTY);
    }

    private <T extends AutoCloseable> T closing(T part) {
        closes.add(part);
        return part;
    }

    /** Keeps what is pushed. */
    private static final class RecordingFollower implements Follower {
        private final BlockingQueue<String> names = new LinkedBlockingQueue<>();

        @Override
        public void appended(EventId id, EventId previous, @Nullable Event event) {
            names.add(event == null ? "?" : event.name());
        }

        @Override
        public EventId position() {
            return EventId.START;
        }

        @Override
        public void wake() {}

        String next() throws InterruptedException {
            return String.valueOf(names.poll(30, TimeUnit.SECONDS));
        }
    }
}
