package io.eventsgateway.redis;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.Payload;
import io.eventsgateway.Source;
import io.eventsgateway.lane.Lane;
import io.eventsgateway.lane.LaneClaims;
import io.eventsgateway.lane.LaneReader;
import io.eventsgateway.log.Appended;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.EventReader;
import io.eventsgateway.log.Follower;
import io.eventsgateway.log.Gap;
import io.eventsgateway.log.LaneWriter;
import io.eventsgateway.log.Left;
import io.eventsgateway.log.LostException;
import io.eventsgateway.log.Page;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.StaticCredentialsProvider;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the log does when servers, or what is between, fail. */
class RedisFaultsIT {

    private static final Duration RETENTION = Duration.ofHours(1);
    private static final KeySpace SPACE = new KeySpace("eg", 0);
    private static final Duration FREQUENCY = Duration.ofMillis(300);

    private final Destination destination =
            new Destination("acme", "view", UUID.randomUUID().toString());
    private final RedisClient client = RedisClient.create();
    private final List<AutoCloseable> closes = new ArrayList<>();
    private RedisEventLog log;
    private LaneWriter lane;
    private long offset;

    @AfterEach
    void close() throws Exception {
        for (int i = closes.size() - 1; i >= 0; i--) {
            closes.get(i).close();
        }
        client.shutdown();
    }

    @Test
    void noticesAnEmptiedServerBeforeAnythingIsAppended() {
        RedisServer server = closing(RedisServer.v70());
        open(server.uri());
        lane.append(entry("a"));
        lane.append(entry("b"));
        EventId last = end();

        ask(server.uri(), RedisCommands::flushall);

        assertThatThrownBy(() -> lane.append(entry("c"))).hasCauseInstanceOf(LostException.class);
        assertThat(read(last).gap()).isEqualTo(Gap.REPLACED);
        assertThat(names(read(null))).isEmpty();
        offset = lane.goBack();
        assertThat(offset).isZero();
        lane.append(entry("a"), entry("b"), entry("c"));
        assertThat(names(read(null))).containsExactly("a", "b", "c");
        assertThat(read(last).gap()).isEqualTo(Gap.REPLACED);
    }

    @Test
    void noticesAnEmptiedServerAlsoWhenNothingIsAppended() {
        RedisServer server = closing(RedisServer.v70());
        open(server.uri());
        lane.append(entry("a"));
        assertThat(lane.hasLost()).isFalse();

        ask(server.uri(), RedisCommands::flushall);

        assertThat(lane.hasLost()).isTrue();
    }

    @Test
    void noticesALossOfWhatAnotherOneCommitted() {
        RedisServer server = closing(RedisServer.v70());
        open(server.uri());
        lane.append(entry("a"));
        log.close();
        open(server.uri());

        LaneWriter next = lane.next(() -> log);
        assertThat(next.hasLost()).isFalse();
        ask(server.uri(), RedisCommands::flushall);
        assertThat(next.hasLost()).isTrue();
    }

    @Test
    void refusesALateCallFromBeforeALoss() {
        RedisServer server = closing(RedisServer.v70());
        open(server.uri());
        lane.append(entry("a"), entry("b"));
        LaneClaims late = lane.claims(3);
        Entry entry = entry("c");
        ask(server.uri(), RedisCommands::flushall);
        assertThat(lane.hasLost()).isTrue();
        offset = lane.goBack();
        lane.append(entry("a"));

        assertThatThrownBy(() -> log.append(List.of(late), List.of(entry))
                        .toCompletableFuture()
                        .join())
                .hasCauseInstanceOf(LostException.class);
        assertThat(names(read(null))).containsExactly("a");
    }

    @Test
    void goesOnWithARestartedServerThatHasItsData() {
        RedisServer server = closing(RedisServer.v70());
        open(server.uri());
        lane.append(entry("a"));

        server.stop();
        await(() -> !log.state().works());
        assertThat(log.isReachable()).isFalse();
        server.start();
        await(() -> log.state().works());
        assertThat(log.isReachable()).isTrue();

        assertThat(lane.hasLost()).isFalse();
        lane.append(entry("b"));
        assertThat(names(read(null))).containsExactly("a", "b");
    }

    @Test
    void noticesALossByASentinelsFailover() {
        RedisSentinels sentinels = closing(new RedisSentinels());
        open(sentinels.uri());
        lane.append(entry("a"));
        // states how far the lane is complete under all other tags too
        assertThat(lane.hasLost()).isFalse();
        RedisServer master = sentinels.master();
        ask(master.uri(), redis -> {
            redis.set("last", "");
            return redis.waitForReplication(2, 10_000);
        });
        // what the replicas are not sent is lost with the master
        sentinels.servers().stream().filter(each -> each != master).forEach(RedisServer::pause);
        // nor what their sockets would hold for them
        ask(master.uri(), redis -> redis.clientKill(KillArgs.Builder.typeSlave()));
        lane.append(entry("b"));
        EventId lost = end();
        assertThat(lane.hasLost()).isFalse();

        master.kill();
        sentinels.servers().stream().filter(each -> each != master).forEach(RedisServer::resume);
        await(() -> sentinels.master() != master && log.state().works());

        assertThat(lane.hasLost()).isTrue();
        offset = lane.goBack();
        assertThat(offset).isEqualTo(1);
        lane.append(entry("b"));
        assertThat(names(read(null))).containsExactly("a", "b");
        assertThat(read(lost).gap()).isEqualTo(Gap.REPLACED);
    }

    @Test
    void followsAClustersFailoverAndMovedSlots() {
        RedisCluster cluster = closing(new RedisCluster());
        open(RedisOptions.ofCluster(cluster.uris().subList(0, 1), RETENTION, FREQUENCY));
        RecordingFollower follower = follow();
        int slot = Keys.slot(SPACE.keys(destination).tag());
        append("a");
        assertThat(follower.next()).isEqualTo("a");

        RedisServer first = cluster.masterOf(slot);
        RedisServer other = cluster.nodes().stream()
                .filter(node -> node != first && isMaster(node))
                .findFirst()
                .orElseThrow();
        cluster.move(slot, other);
        appendPatiently("b");
        assertThat(follower.next()).isEqualTo("b");
        await(() -> log.state().unconfirmed() == 0);
        appendPatiently("c");
        assertThat(follower.pushed()).isEqualTo("c");

        other.kill();
        appendPatiently("d");
        assertThat(follower.next()).isEqualTo("d");
        await(() -> log.state().unconfirmed() == 0 && log.state().works());
        appendPatiently("e");
        assertThat(follower.pushed()).isEqualTo("e");
        assertThat(names(read(null))).containsExactly("a", "b", "c", "d", "e");
    }

    @Test
    void leavesWhatIsInASlotThatMovesAndAppendsTheRest() {
        RedisCluster cluster = closing(new RedisCluster());
        open(RedisOptions.ofCluster(cluster.uris().subList(0, 1), RETENTION, FREQUENCY));
        Lane moving = new Lane("group", "topic", 0);
        LaneReader reader = LaneReader.begin(moving, 0, new long[log.tags()]);
        Destination other = destinationOfAnotherTag();
        reader.begin(2);
        complete(
                reader,
                log.append(List.of(reader.claims()), List.of(of(moving, 0, destination), of(moving, 1, other))));
        int slot = Keys.slot(SPACE.keys(destination).tag());

        cluster.move(slot, cluster.otherMaster(slot), () -> {
            reader.begin(4);
            Appended some = complete(
                    reader,
                    log.append(List.of(reader.claims()), List.of(of(moving, 2, destination), of(moving, 3, other))));
            assertThat(some.events()).isEqualTo(1);
            assertThat(some.left())
                    .extracting(Left::source, Left::tag)
                    .containsExactly(tuple(
                            of(moving, 2, destination).source(),
                            SPACE.keys(destination).tag()));
            assertThat(some.left().get(0).cause()).contains("being moved");
            // no call is made for it
            reader.begin(6);
            Appended more = complete(
                    reader,
                    log.append(List.of(reader.claims()), List.of(of(moving, 4, destination), of(moving, 5, other))));
            assertThat(more.events()).isEqualTo(1);
            assertThat(reader.position()).isEqualTo(2);
            assertThat(log.state().works()).isTrue();
        });
        await(() -> {
            reader.retry();
            complete(
                    reader,
                    log.append(
                            List.of(reader.claims()), List.of(of(moving, 2, destination), of(moving, 4, destination))));
            return reader.position() == 6;
        });

        assertThat(names(read(null))).containsExactly("0", "2", "4");
    }

    private Destination destinationOfAnotherTag() {
        return IntStream.range(0, 1000)
                .mapToObj(i -> new Destination("acme", "view", "other" + i))
                .filter(each ->
                        SPACE.keys(each).tag() != SPACE.keys(destination).tag())
                .findFirst()
                .orElseThrow();
    }

    private static Entry of(Lane lane, long offset, Destination destination) {
        Event event = Event.message(String.valueOf(offset), Payload.of("{}".getBytes(StandardCharsets.UTF_8)));
        return new Entry(destination, event, new Source("t", lane.topicId(), lane.partition(), offset), null);
    }

    private static Appended complete(LaneReader reader, CompletionStage<Appended> stage) {
        Appended appended =
                stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
        appended.claims().forEach(reader::acknowledged);
        reader.completed(appended.left().stream()
                .collect(Collectors.groupingBy(
                        Left::tag, Collectors.mapping(left -> left.source().offset(), Collectors.toSet()))));
        return appended;
    }

    @Test
    void warnsOfAReplicaThatLags() {
        RedisCluster cluster = closing(new RedisCluster());
        open(RedisOptions.ofCluster(cluster.uris().subList(0, 1), RETENTION, FREQUENCY));
        RedisServer replica = cluster.nodes().stream()
                .filter(node -> !isMaster(node))
                .findFirst()
                .orElseThrow();

        replica.pause();
        await(() -> log.state().warning().contains(":" + replica.port() + " lags"));
        assertThat(log.state().works()).isTrue();
        replica.resume();
        await(() -> log.state().warning().isEmpty());
    }

    @Test
    void queriesWhilePushIsDeadWithoutAWord() {
        RedisServer server = closing(RedisServer.v70());
        TcpProxy proxy = closing(new TcpProxy(server.port()));
        open(RedisURI.create("127.0.0.1", proxy.port()));
        RecordingFollower follower = follow();
        append("a");
        assertThat(follower.next()).isEqualTo("a");

        long longest = 0;
        for (int round = 0; round < 3; round++) {
            await(() -> log.state().unconfirmed() == 0);
            String pubsub = ask(server.uri(), redis -> redis.clientList())
                    .lines()
                    .filter(line -> line.contains(" cmd=subscribe "))
                    .findFirst()
                    .orElseThrow();
            String address = pubsub.replaceAll(".* addr=127.0.0.1:([0-9]+) .*", "$1");
            proxy.stallTo(Integer.parseInt(address));
            long at = System.nanoTime();
            append("r" + round);
            assertThat(follower.next()).isEqualTo("r" + round);
            longest = Math.max(longest, System.nanoTime() - at);
        }
        System.out.println("push dead: rounds=3 longest=" + longest / 1_000_000 + " ms");
        // a dead connection is replaced after 5 s
        assertThat(Duration.ofNanos(longest)).isLessThan(FREQUENCY.plusSeconds(3));
    }

    @Test
    void reportsThatMemoryIsFullAndGoesOn() {
        RedisServer server = closing(RedisServer.v70("--maxmemory", "20mb"));
        open(server.uri());
        append("a");
        ask(server.uri(), redis -> redis.setrange("filler", 30_000_000, "x"));

        assertThatThrownBy(() -> append("b")).hasMessageContaining("OOM");
        assertThat(log.state().works()).isFalse();
        assertThat(log.state().problem()).contains("out of memory");
        assertThat(names(read(null))).containsExactly("a");

        ask(server.uri(), redis -> redis.del("filler"));
        offset = 1;
        append("b");
        assertThat(log.state().works()).isTrue();
        assertThat(names(read(null))).containsExactly("a", "b");
    }

    @Test
    void reportsWhyItIsRefused() {
        RedisServer secured = closing(RedisServer.v70("--requirepass", "right"));
        RedisServer master = closing(RedisServer.v70());
        RedisServer replica = closing(RedisServer.v70("--replicaof", "127.0.0.1 " + master.port()));

        assertThat(problemOf(RedisURI.create("127.0.0.1", secured.port()))).contains("SPRING_DATA_REDIS_PASSWORD");
        RedisURI wrong = RedisURI.builder()
                .withHost("127.0.0.1")
                .withPort(secured.port())
                .withAuthentication(new StaticCredentialsProvider(null, "wrong".toCharArray()))
                .build();
        assertThat(problemOf(wrong)).contains("refuses user or password");
        assertThat(problemOf(replica.uri())).contains("replica");
    }

    @Test
    void warnsOfAServerThatEvicts() {
        RedisServer server = closing(RedisServer.v70("--maxmemory-policy", "allkeys-lru"));
        open(server.uri());

        assertThat(log.state().works()).isTrue();
        assertThat(log.state().warning()).contains("allkeys-lru");
    }

    @Test
    void readsTheTopologyOnceWhenASlotWithManyChannelsMoves() {
        RedisCluster cluster = closing(new RedisCluster());
        open(RedisOptions.ofCluster(cluster.uris(), RETENTION, FREQUENCY));
        int tag = SPACE.keys(destination).tag();
        List<Destination> ofTheTag = IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> new Destination("acme", "view", "v" + i))
                .filter(each -> SPACE.keys(each).tag() == tag)
                .limit(1000)
                .toList();
        for (Destination each : ofTheTag) {
            EventReader.Following following = log.follow(each, new Idle());
            closes.add(following::close);
        }
        await(() -> log.state().unconfirmed() == 0);
        RedisServer other = cluster.otherMaster(Keys.slot(tag));
        long before = cluster.connections();

        cluster.move(Keys.slot(tag), other);
        await(() -> cluster.ask(other, redis -> redis.pubsubShardChannels()).size() >= 1000);
        await(() -> log.state().unconfirmed() == 0);

        assertThat(cluster.connections() - before).isLessThan(30);
    }

    @Test
    void asksTheOtherNodesWhileOneHangs() {
        RedisCluster cluster = closing(new RedisCluster());
        // a question to a node that hangs stays open
        open(withoutTimeout(cluster));
        int slot = Keys.slot(SPACE.keys(destination).tag());
        RedisServer master = cluster.masterOf(slot);
        RedisServer hanging = cluster.otherMaster(slot);
        Destination there = IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> new Destination("acme", "view", "v" + i))
                .filter(each -> cluster.masterOf(Keys.slot(SPACE.keys(each).tag())) == hanging)
                .findFirst()
                .orElseThrow();
        EventReader.Following following = log.follow(there, new Idle());
        closes.add(following::close);
        RecordingFollower follower = follow();
        // its push can't come back
        cluster.ask(master, redis -> {
            redis.configSet("maxclients", "1");
            return redis.clientKill(KillArgs.Builder.typePubsub());
        });
        await(() -> log.state().unconfirmed() > 0);

        hanging.pause();
        await(() -> log.state().unconfirmed() == 2);
        for (String name : List.of("a", "b", "c")) {
            log.append(List.of(), List.of(entry(name)));
            assertThat(follower.next()).isEqualTo(name);
        }
        hanging.resume();
    }

    /** With a timeout that no test waits for. */
    private static RedisOptions withoutTimeout(RedisCluster cluster) {
        RedisOptions usual = RedisOptions.ofCluster(cluster.uris(), RETENTION, FREQUENCY);
        return new RedisOptions(
                usual.servers(),
                true,
                usual.maxRedirects(),
                usual.refresh(),
                usual.adaptive(),
                usual.ssl(),
                usual.connectTimeout(),
                Duration.ofMinutes(5),
                RETENTION,
                FREQUENCY,
                usual.setting(),
                usual.keyPrefix());
    }

    @Test
    void connectsAgainAfterAnErrorOnTheClocksThread() {
        RedisServer server = closing(RedisServer.v70());
        RedisOptions options = RedisOptions.of(server.uri(), RETENTION, FREQUENCY);
        AtomicBoolean thrown = new AtomicBoolean();
        Topology failing = new ForwardingTopology(new SingleTopology(options)) {
            @Override
            public List<Integer> tagOfEach() {
                if (Thread.currentThread().getName().equals("redis-clock") && !thrown.getAndSet(true)) {
                    throw new OutOfMemoryError("thrown by a test");
                }
                return super.tagOfEach();
            }
        };
        log = closing(new RedisEventLog(options, failing));
        log.start();
        await(() -> log.state().works() && thrown.get());

        server.kill();
        await(() -> !log.state().works());
        server.start();

        await(() -> log.state().works());
        appendPatiently("a");
        assertThat(names(read(null))).containsExactly("a");
    }

    @Test
    void connectsAgainWhereConnectingThrows() {
        RedisServer server = closing(RedisServer.v70());
        RedisOptions options = RedisOptions.of(server.uri(), RETENTION, FREQUENCY);
        AtomicInteger throwing = new AtomicInteger(3);
        Topology failing = new ForwardingTopology(new SingleTopology(options)) {
            @Override
            public CompletionStage<Commands> connect() {
                if (throwing.getAndDecrement() > 0) {
                    throw new IllegalStateException("thrown by a test");
                }
                return super.connect();
            }

            @Override
            public CompletionStage<PubSubSession> connectPubSub(String name) {
                if (throwing.getAndDecrement() > -3) {
                    throw new IllegalStateException("thrown by a test");
                }
                return super.connectPubSub(name);
            }
        };
        log = closing(new RedisEventLog(options, failing));

        log.start();

        await(() -> log.state().works());
        RecordingFollower follower = follow();
        append("a");
        assertThat(follower.pushed()).isEqualTo("a");
        assertThat(throwing.get()).isLessThanOrEqualTo(-4);
    }

    @Test
    void worksWhenOneEntryIsRefused() {
        RedisServer server = closing(RedisServer.v70());
        open(server.uri());
        Keys keys = SPACE.keys(destination);
        ask(server.uri(), redis -> redis.set(new String(keys.meta(), StandardCharsets.UTF_8), "of another type"));

        assertThatThrownBy(() -> append("a")).hasMessageContaining("WRONGTYPE");

        assertThat(log.state().works()).isTrue();
        assertThat(log.state().problem()).isEmpty();
    }

    @Test
    void doesNotRepeatACallThatARestartedNodeNeverAnswered() {
        RedisCluster cluster = closing(new RedisCluster());
        // a call that is sent again is answered in the end
        open(withoutTimeout(cluster));
        append("a");
        RedisServer master = cluster.masterOf(Keys.slot(SPACE.keys(destination).tag()));

        master.pause();
        // the first in line may fail by the broken connection; it is those behind it that are sent again
        List<CompletableFuture<Appended>> called = Stream.of("b", "c", "d")
                .map(name -> log.append(List.of(), List.of(entry(name))).toCompletableFuture())
                .toList();
        master.kill();
        master.start();

        // an answer, as CLUSTERDOWN, would be one of the server that was started later
        for (CompletableFuture<Appended> call : called) {
            assertThatThrownBy(call::join)
                    .satisfies(failure ->
                            assertThat(RedisProblem.of(failure).isAnswer()).isFalse());
        }
    }

    private String problemOf(RedisURI uri) {
        RedisEventLog refused = closing(new RedisEventLog(RedisOptions.of(uri, RETENTION, FREQUENCY)));
        refused.start();
        await(() -> !refused.state().problem().isEmpty()
                && !refused.state().problem().equals("no answer yet"));
        return refused.state().problem();
    }

    private <T extends AutoCloseable> T closing(T part) {
        closes.add(part);
        return part;
    }

    private void open(RedisURI uri) {
        open(RedisOptions.of(uri, RETENTION, FREQUENCY));
    }

    private void open(RedisOptions options) {
        log = closing(new RedisEventLog(options));
        log.start();
        lane = lane == null ? LaneWriter.of(() -> log, new Lane("group", "topic", 0)) : lane;
        await(() -> log.state().works());
    }

    private <T> T ask(RedisURI uri, Function<RedisCommands<String, String>, T> command) {
        try (StatefulRedisConnection<String, String> connection = client.connect(uri)) {
            return command.apply(connection.sync());
        }
    }

    private boolean isMaster(RedisServer node) {
        return ask(node.uri(), redis -> redis.info("replication")).contains("role:master");
    }

    private Entry entry(String name) {
        Event event = Event.message(name, Payload.of("{}".getBytes(StandardCharsets.UTF_8)));
        return new Entry(destination, event, new Source("t", "topic", 0, offset++), null);
    }

    private EventId end() {
        return log.end(destination).toCompletableFuture().join().end();
    }

    private EventId append(String name) {
        log.append(List.of(), List.of(entry(name)))
                .toCompletableFuture()
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
        return end();
    }

    /** As a consumer does it: again until it works. */
    private void appendPatiently(String name) {
        Entry entry = entry(name);
        await(() -> {
            try {
                Appended appended = log.append(List.of(), List.of(entry))
                        .toCompletableFuture()
                        .join();
                return appended.events() + appended.duplicates() == 1;
            } catch (CompletionException notNow) {
                return false;
            }
        });
    }

    private Page read(@Nullable EventId after) {
        return log.read(destination, after, 100, 1_000_000)
                .toCompletableFuture()
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    }

    private RecordingFollower follow() {
        RecordingFollower follower = new RecordingFollower();
        EventReader.Following following = log.follow(destination, follower);
        closes.add(following::close);
        await(() -> log.state().unconfirmed() == 0);
        return follower;
    }

    private static List<String> names(Page page) {
        return page.events().stream().map(stored -> stored.event().name()).toList();
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

    /** A follower that reads when it is woken, as the hub does. */
    private final class RecordingFollower implements Follower {
        private final BlockingQueue<String> names = new LinkedBlockingQueue<>();
        private final Set<String> pushed = ConcurrentHashMap.newKeySet();
        private volatile EventId position = EventId.START;

        @Override
        public synchronized void appended(EventId id, EventId previous, @Nullable Event event) {
            if (event != null) {
                pushed.add(event.name());
            }
            if (previous.equals(position) && event != null) {
                position = id;
                names.add(event.name());
            } else if (!position.isAtOrAfter(id)) {
                wake();
            }
        }

        @Override
        public synchronized void wake() {
            log.read(destination, position, 100, 1_000_000).thenAccept(page -> {
                synchronized (this) {
                    page.events().forEach(stored -> {
                        if (stored.previous().equals(position)) {
                            position = stored.id();
                            names.add(stored.event().name());
                        }
                    });
                }
            });
        }

        @Override
        public EventId position() {
            return position;
        }

        String next() {
            try {
                return String.valueOf(names.poll(20, TimeUnit.SECONDS));
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        }

        /** The next one, which must have come by push. */
        String pushed() {
            String next = next();
            assertThat(pushed).contains(next);
            return next;
        }
    }
}
