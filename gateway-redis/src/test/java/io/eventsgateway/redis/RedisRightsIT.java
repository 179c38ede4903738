package io.eventsgateway.redis;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.Payload;
import io.eventsgateway.Source;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.Follower;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the log reports when an ACL does not allow what it needs. */
class RedisRightsIT {

    /** As documented. */
    private static final String ENOUGH = "~eg:* resetchannels &eg:* +@all -@dangerous +info";

    /** As documented, each command by itself. */
    private static final String LEAST =
            "~eg:* resetchannels &eg:* +@connection +info +evalsha +eval +time +exists +del +pexpire +pttl +get +set +getrange"
                    + " +setrange +hget +hgetall +hmget +hexists +hset +hdel +scard +sismember +smismember +smembers +sadd +srem"
                    + " +xadd +xrange +publish +subscribe +unsubscribe";

    private static RedisServer v62;
    private static RedisServer v70;

    private final RedisClient client = RedisClient.create();
    private final List<AutoCloseable> closes = new ArrayList<>();

    @BeforeAll
    static void start() {
        v62 = RedisServer.v62();
        v70 = RedisServer.v70();
    }

    @AfterAll
    static void stop() {
        v62.close();
        v70.close();
    }

    @AfterEach
    void close() throws Exception {
        for (int i = closes.size() - 1; i >= 0; i--) {
            closes.get(i).close();
        }
        client.shutdown();
    }

    static Stream<Arguments> missing() {
        return Stream.of(
                        Map.entry("resetchannels", List.of("&eg:*")),
                        Map.entry("resetkeys ~other:*", List.of("~eg:*")),
                        Map.entry("-@scripting", List.of("+evalsha")),
                        Map.entry("-info", List.of("+info")),
                        Map.entry("-ping", List.of("+ping")),
                        Map.entry("-publish", List.of("+publish")),
                        Map.entry("-subscribe", List.of("+subscribe")),
                        Map.entry("-hset -xadd -getrange", List.of("+hset", "+xadd", "+getrange")))
                .flatMap(row -> Stream.of(v62, v70).map(server -> Arguments.of(server, row.getKey(), row.getValue())));
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("missing")
    void namesTheRulesThatAreMissingUntilTheyAreThere(RedisServer server, String without, List<String> rules) {
        user(server, ENOUGH + " " + without);
        RedisEventLog log = open(server);

        await("rules " + rules, () -> rules.stream().allMatch(problem(log)::contains));
        RedisCommands<String, String> admin = client.connect(server.uri()).sync();
        long made = connections(admin);
        await(() -> {
            // not between two attempts either
            assertThat(log.state().works()).isFalse();
            assertThat(problem(log)).contains(rules);
            return connections(admin) >= made + 2;
        });

        user(server, ENOUGH);
        await(() -> log.state().works());
        await(() -> log.state().silentMillis() == 0);
        assertThat(log.state().works()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"resetchannels, &eg:*", "-publish, +publish", "-hset, +hset", "-evalsha, +evalsha"})
    void namesTheRuleThatIsTakenAway(String without, String rule) {
        user(v70, ENOUGH);
        RedisEventLog log = open(v70);
        await(() -> log.state().works());
        Destination destination =
                new Destination("acme", "view", UUID.randomUUID().toString());

        user(v70, ENOUGH + " " + without);
        Event event = Event.message("a", Payload.of("{}".getBytes(StandardCharsets.UTF_8)));
        log.append(List.of(), List.of(new Entry(destination, event, new Source("t", "topic", 0, 1), null)));

        await("rule " + rule, () -> problem(log).contains(rule));
        assertThat(log.state().works()).isFalse();
        user(v70, ENOUGH);
        await(() -> log.state().works());
    }

    @Test
    void needsNoMoreThanIsDocumented() {
        for (RedisServer server : List.of(v62, v70)) {
            user(server, LEAST);
            RedisEventLog log = open(server);

            await(() -> log.state().works());
            log.follow(new Destination("acme", "view", "1"), new Idle()).close();
            await(() -> log.state().silentMillis() == 0);
            assertThat(problem(log)).isEmpty();
        }
    }

    @Test
    void namesWhatOneNodeOfAClusterDoesNotAllow() {
        try (RedisCluster cluster = new RedisCluster()) {
            cluster.nodes().forEach(node -> user(node, ENOUGH));
            user(cluster.nodes().get(1), ENOUGH + " resetchannels");
            RedisEventLog log = open(cluster);

            await(() -> problem(log).contains("&eg:*"));

            user(cluster.nodes().get(1), ENOUGH);
            await(() -> log.state().works());
            cluster.nodes().forEach(node -> user(node, ENOUGH + " -ssubscribe"));
            RedisEventLog other = open(cluster);
            await(() -> problem(other).contains("+ssubscribe"));
        }
    }

    @Test
    void namesWhatAMasterDoesNotAllowThatWasAwayBefore() {
        try (RedisCluster cluster = new RedisCluster("--cluster-require-full-coverage", "no")) {
            cluster.nodes().forEach(node -> user(node, ENOUGH));
            RedisServer away = cluster.nodes().get(1);
            // first its replica, which would take its place
            cluster.nodes().get(4).kill();
            away.kill();
            RedisEventLog log = open(cluster);
            await(() -> log.state().connected());
            assertThat(log.state().works()).isFalse();

            away.start();
            user(away, ENOUGH + " -hset");

            await(() -> problem(log).contains("+hset"));
            user(away, ENOUGH);
            await(() -> log.state().works());
        }
    }

    @Test
    void namesThatAClusterOf62HidesItsNodes() {
        try (RedisCluster cluster = RedisCluster.v62()) {
            cluster.nodes().forEach(node -> user(node, ENOUGH));
            RedisEventLog log = open(cluster);

            await(() -> problem(log).contains("+cluster"));

            cluster.nodes().forEach(node -> user(node, ENOUGH + " +cluster|nodes +cluster|slots"));
            await(() -> log.state().works());
        }
    }

    private static String problem(RedisEventLog log) {
        return log.state().problem();
    }

    private RedisEventLog open(RedisServer server) {
        return open(RedisOptions.of(gateway(server), Duration.ofHours(1), Duration.ofMillis(300)));
    }

    private RedisEventLog open(RedisCluster cluster) {
        return open(RedisOptions.ofCluster(
                cluster.nodes().stream().map(RedisRightsIT::gateway).toList(),
                Duration.ofHours(1),
                Duration.ofMillis(300)));
    }

    private RedisEventLog open(RedisOptions options) {
        RedisEventLog log = new RedisEventLog(options);
        closes.add(log);
        log.start();
        return log;
    }

    private static RedisURI gateway(RedisServer server) {
        return RedisURI.builder(server.uri())
                .withAuthentication("gateway", "secret".toCharArray())
                .build();
    }

    /** Makes a user, or lets the one that there is do what these rules say, in one step. */
    private void user(RedisServer server, String rules) {
        CommandArgs<String, String> args = new CommandArgs<>(StringCodec.UTF8)
                .add("SETUSER")
                .add("gateway")
                .add("reset")
                .add("on")
                .add(">secret");
        for (String rule : rules.split(" ")) {
            args.add(rule);
        }
        String answer =
                ask(server, redis -> redis.dispatch(CommandType.ACL, new StatusOutput<>(StringCodec.UTF8), args));
        assertThat(answer).isEqualTo("OK");
    }

    private static long connections(RedisCommands<String, String> admin) {
        return Long.parseLong(admin.info("stats").replaceAll("(?s).*total_connections_received:(\\d+).*", "$1"));
    }

    private <T> T ask(RedisServer server, Function<RedisCommands<String, String>, T> command) {
        try (StatefulRedisConnection<String, String> connection = client.connect(server.uri())) {
            return command.apply(connection.sync());
        }
    }

    /** A follower that never asks. */
    private static final class Idle implements Follower {

        @Override
        public void appended(EventId id, EventId previous, @Nullable Event event) {}

        @Override
        public EventId position() {
            return EventId.START;
        }

        @Override
        public void wake() {}
    }
}
