package io.eventsgateway.app;

import static io.eventsgateway.Await.await;

import io.eventsgateway.kafka.KafkaBroker;
import io.eventsgateway.redis.RedisCluster;
import io.eventsgateway.redis.RedisSentinels;
import io.eventsgateway.redis.RedisServer;
import io.eventsgateway.redis.TcpProxy;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The faults that the gateway must survive, each with real servers and clients that keep books:
 * {@code mvn -q -Pfaults -DskipTests verify}, with {@code -Dfaults=name,name} for some of them.
 */
final class FaultLab implements AutoCloseable {

    private final KafkaBroker kafka = new KafkaBroker(Map.of("auto.create.topics.enable", "false"));
    private final Size size;
    private final Random random;

    /**
     * How much of it.
     *
     * @param clients connections
     * @param rate records a second
     * @param rounds how often the fault happens, where it can happen more than once
     * @param seconds how long what is down stays down
     * @param calm whether a fault begins, and comes again, only when everybody gets everything at once: to measure what it alone delays
     */
    record Size(int clients, int rate, int rounds, int seconds, boolean calm) {
        static final Size SHORT = new Size(200, 400, 2, 5, false);
        static final Size FULL = new Size(1000, 2000, 20, 30, true);
    }

    FaultLab(Size size, long seed) {
        this.size = size;
        this.random = new Random(seed);
    }

    public static void main(String[] args) {
        long seed = Long.getLong("seed", System.nanoTime());
        String only = System.getProperty("faults", "");
        System.out.println("seed=" + seed + "\n\n" + Lab.Result.HEAD);
        Size size = Boolean.getBoolean("short") ? Size.SHORT : Size.FULL;
        int rounds = Integer.getInteger("rounds", size.rounds());
        try (FaultLab lab = new FaultLab(new Size(size.clients(), size.rate(), rounds, size.seconds(), true), seed)) {
            lab.faults().forEach((name, fault) -> {
                if (only.isEmpty() || List.of(only.split(",", -1)).contains(name)) {
                    System.out.println(fault.get());
                }
            });
        }
    }

    /** All of them by name. */
    Map<String, Supplier<Lab.Result>> faults() {
        Map<String, Supplier<Lab.Result>> faults = new LinkedHashMap<>();
        faults.put("none", this::none);
        faults.put("kill", this::kill);
        faults.put("rolling", this::rolling);
        faults.put("rebalance", this::rebalance);
        faults.put("kafka-down", this::kafkaDown);
        faults.put("topic-again", this::topicAgain);
        faults.put("redis-down", this::redisDown);
        faults.put("redis-emptied", this::redisEmptied);
        faults.put("sentinel-master-killed", this::sentinelMasterKilled);
        faults.put("cluster-master-killed", this::clusterMasterKilled);
        faults.put("cluster-slots-moved", this::clusterSlotsMoved);
        faults.put("push-silent", this::pushSilent);
        faults.put("redis-full", this::redisFull);
        faults.put("slow-clients", this::slowClients);
        faults.put("storm", this::storm);
        faults.put("large", this::large);
        faults.put("redis-rolled-back", this::redisRolledBack);
        faults.put("both-killed", this::bothKilled);
        faults.put("handed-over", this::handedOver);
        faults.put("two-masters", this::twoMasters);
        faults.put("redis-clock", this::redisClock);
        faults.put("redis-paused-storm", this::redisPausedStorm);
        faults.put("cluster-slot-slow", this::clusterSlotSlow);
        return faults;
    }

    private Lab.Result none() {
        try (RedisServer redis = RedisServer.v70();
                Lab lab = begin("none", standalone(redis.port()), 2)) {
            lab.pass(size.seconds());
            return lab.finish();
        }
    }

    private Lab.Result kill() {
        try (RedisServer redis = RedisServer.v70();
                Lab lab = begin("kill", standalone(redis.port()), 2)) {
            List<Long> pauses = new ArrayList<>();
            for (int i = 0; i < size.rounds(); i++) {
                GatewayProcess victim = lab.replicas().get(random.nextInt(2));
                // all share one machine: what a start takes of it is not what the others wait for
                pauses.add(lab.longestOfThoseThatStay(() -> {
                    lab.kill(victim);
                    lab.pass(size.calm() ? 4 : 0);
                }));
                lab.clients().count(!size.calm());
                lab.startAgain(victim);
                if (size.calm()) {
                    lab.spread();
                }
                settle(lab);
                lab.clients().count(true);
                lab.pass(random.nextDouble() * size.seconds() / 5);
            }
            if (size.calm()) {
                System.out.println(
                        "kill: longest delay in ms of each kill, of clients of the other replica: " + pauses);
            }
            return lab.finish();
        }
    }

    private Lab.Result rolling() {
        try (RedisServer redis = RedisServer.v70();
                Lab lab = begin("rolling", standalone(redis.port()), 3)) {
            for (GatewayProcess replica : lab.replicas()) {
                lab.restart(replica);
                lab.pass(2);
            }
            return lab.finish();
        }
    }

    private Lab.Result rebalance() {
        try (RedisServer redis = RedisServer.v70();
                Lab lab = begin("rebalance", standalone(redis.port()), 2)) {
            for (int i = 0; i < Math.min(size.rounds(), 6); i++) {
                GatewayProcess third = lab.addReplica();
                lab.pass(10.0 * size.seconds() / 30);
                lab.stop(third);
                lab.pass(10.0 * size.seconds() / 30);
            }
            return lab.finish();
        }
    }

    private Lab.Result kafkaDown() {
        try (RedisServer redis = RedisServer.v70();
                Lab lab = begin("kafka-down", standalone(redis.port()), 2)) {
            kafka.stop();
            lab.pass(size.seconds());
            kafka.start();
            lab.pass(5);
            kafka.growTopic(lab.topic(), 20);
            lab.pass(15);
            return lab.finish();
        }
    }

    /** What was sent before the deletion has been consumed; what is sent after it is a new source. */
    private Lab.Result topicAgain() {
        try (RedisServer redis = RedisServer.v70();
                Lab lab = begin("topic-again", standalone(redis.port()), 2)) {
            lab.pass(3);
            lab.pauseSending(() -> {
                kafka.deleteTopic(lab.topic());
                lab.pass(3);
                kafka.createTopic(lab.topic(), 10);
            });
            lab.pass(10);
            return lab.finish();
        }
    }

    private Lab.Result redisDown() {
        try (RedisServer redis = RedisServer.v70();
                Lab lab = begin("redis-down", standalone(redis.port()), 2)) {
            lab.pass(2);
            redis.stop();
            lab.pass(size.seconds());
            redis.start();
            lab.pass(5);
            return lab.finish();
        }
    }

    private Lab.Result redisEmptied() {
        try (RedisServer redis = RedisServer.v70();
                Lab lab = begin("redis-emptied", standalone(redis.port()), 2)) {
            lab.pass(3);
            ask(redis.uri(), RedisCommands::flushall);
            lab.pass(5);
            return lab.finish();
        }
    }

    private Lab.Result sentinelMasterKilled() {
        try (RedisSentinels redis = new RedisSentinels();
                Lab lab = begin("sentinel-master-killed", sentinels(redis), 2)) {
            lab.pass(3);
            RedisServer master = redis.master();
            master.kill();
            await("a new master", () -> redis.master() != master);
            lab.pass(10);
            return lab.finish();
        }
    }

    private Lab.Result clusterMasterKilled() {
        try (RedisCluster redis = new RedisCluster();
                Lab lab = begin("cluster-master-killed", cluster(redis), 2)) {
            lab.pass(3);
            redis.masterOf(random.nextInt(16384)).kill();
            lab.pass(15);
            return lab.finish();
        }
    }

    private Lab.Result clusterSlotsMoved() {
        try (RedisCluster redis = new RedisCluster();
                Lab lab = begin("cluster-slots-moved", cluster(redis), 2)) {
            lab.pass(2);
            for (int slot : redis.usedSlots().stream().limit(2L * size.rounds()).toList()) {
                redis.move(slot, redis.otherMaster(slot));
            }
            lab.pass(5);
            return lab.finish();
        }
    }

    private Lab.Result pushSilent() {
        try (RedisServer redis = RedisServer.v70();
                TcpProxy proxy = new TcpProxy(redis.port());
                Lab lab = begin("push-silent", standalone(proxy.port()), 2)) {
            for (int i = 0; i < Math.min(size.rounds(), 5); i++) {
                lab.pass(3);
                List<Integer> pushed = subscriptions(redis);
                if (pushed.isEmpty()) {
                    throw new IllegalStateException("Redis pushes to nobody");
                }
                pushed.forEach(proxy::stallTo);
                lab.pass(8);
            }
            return lab.finish();
        }
    }

    private Lab.Result redisFull() {
        try (RedisServer redis = RedisServer.v70("--maxmemory", "300mb");
                Lab lab = begin("redis-full", standalone(redis.port()), 2)) {
            lab.pass(2);
            ask(redis.uri(), server -> server.setrange("filler", 310_000_000, "x"));
            lab.pass(size.seconds());
            ask(redis.uri(), server -> server.del("filler"));
            lab.pass(5);
            return lab.finish();
        }
    }

    /** One in ten of the clients follows a busy destination and takes nothing, or 1 KB/s. */
    private Lab.Result slowClients() {
        try (RedisServer redis = RedisServer.v70();
                Lab lab = begin("slow-clients", standalone(redis.port()), 2)) {
            List<SlowClient> slow = new ArrayList<>();
            for (int i = 0; i < size.clients() / 10; i++) {
                slow.add(new SlowClient(
                        lab.replicas().get(i % 2).uri("/api/events/process-instance/slow-clientsbusy"),
                        i % 4 < 2 ? 0 : 1024));
            }
            long before = lab.residentMegabytes();
            String pad = ",\"pad\":\"" + "x".repeat(8000) + "\"";
            int busy = 100 * size.seconds();
            for (int i = 0; i < busy; i++) {
                lab.sendBusy(i, pad);
                lab.pass(0.01);
            }
            long after = lab.residentMegabytes();
            slow.forEach(SlowClient::hurry);
            await("the slow clients", Duration.ofMinutes(6), () -> slow.stream()
                    .allMatch(client -> client.expected() == busy));
            long wrong = slow.stream().mapToLong(SlowClient::wrong).sum();
            slow.forEach(SlowClient::close);
            System.out.printf(
                    "slow clients: clients=%d events-each=%d bytes-each=%d wrong=%d memory-before=%d MB after=%d MB%n",
                    slow.size(), busy, busy * 8000L, wrong, before, after);
            if (wrong > 0) {
                throw new IllegalStateException("slow clients were not told everything in order");
            }
            return lab.finish();
        }
    }

    private Lab.Result storm() {
        try (RedisServer redis = RedisServer.v70();
                Lab lab = begin("storm", standalone(redis.port()), 2, 9 * size.clients())) {
            lab.pass(3);
            lab.clients().all().stream().filter(client -> !client.measured).forEach(LabClients.One::cutAndReturn);
            lab.pass(10);
            return lab.finish();
        }
    }

    private Lab.Result large() {
        try (RedisServer redis = RedisServer.v70();
                Lab lab = begin("large", standalone(redis.port()), 2)) {
            List<SlowClient> readers = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                readers.add(new SlowClient(lab.replicas().get(i % 2).uri("/api/events/process-instance/largebusy"), 0));
            }
            readers.forEach(SlowClient::hurry);
            lab.sendBusy(0, "");
            lab.sendBusy(1, ",\"pad\":\"" + "x".repeat(50_000_000) + "\"");
            lab.sendBusy(2, "");
            await("the large event", Duration.ofMinutes(6), () -> readers.stream()
                    .allMatch(client -> client.expected() == 3));
            long wrong = readers.stream().mapToLong(SlowClient::wrong).sum();
            System.out.printf(
                    "large: readers=%d bytes=50000000 wrong=%d memory=%d MB of two replicas%n",
                    readers.size(), wrong, lab.residentMegabytes());
            int shortest = readers.stream().mapToInt(SlowClient::longest).min().orElse(0);
            readers.forEach(SlowClient::close);
            if (wrong > 0 || shortest < 50_000_000) {
                throw new IllegalStateException(
                        "wrong=" + wrong + ", the large event came with " + shortest + " characters");
            }
            return lab.finish();
        }
    }

    /** Redis comes back from a snapshot that two replicas have appended beyond. */
    private Lab.Result redisRolledBack() {
        try (RedisServer redis = RedisServer.v70("--appendonly", "no");
                Lab lab = begin("redis-rolled-back", standalone(redis.port()), 2)) {
            for (int i = 0; i < Math.min(size.rounds(), 5); i++) {
                lab.pass(1);
                ask(redis.uri(), RedisCommands::save);
                lab.pass(1 + 2 * random.nextDouble());
                redis.kill();
                redis.start();
                lab.pass(5);
            }
            return lab.finish();
        }
    }

    /** A replica is killed together with Redis's master, whose own replicas lag: who noticed the loss may be gone. */
    private Lab.Result bothKilled() {
        try (RedisSentinels redis = new RedisSentinels();
                Lab lab = begin("both-killed", sentinels(redis), 2)) {
            lab.pass(2);
            RedisServer master = redis.master();
            lagging(redis, master, () -> {
                lab.pass(0.5);
                master.kill();
                lab.killAndStart(lab.replicas().get(random.nextInt(2)));
            });
            await("a new master", () -> redis.master() != master);
            lab.pass(10);
            return lab.finish();
        }
    }

    /** A replica hands its partitions over, and Redis fails over at once. */
    private Lab.Result handedOver() {
        try (RedisSentinels redis = new RedisSentinels();
                Lab lab = begin("handed-over", sentinels(redis), 3)) {
            lab.pass(2);
            RedisServer master = redis.master();
            lagging(redis, master, () -> {
                lab.stop(lab.replicas().get(random.nextInt(3)));
                lab.pass(0.2);
                master.kill();
            });
            await("a new master", () -> redis.master() != master);
            lab.pass(10);
            return lab.finish();
        }
    }

    /** Redis's clock jumps an hour ahead, and back. */
    private Lab.Result redisClock() {
        try (RedisServer redis = RedisServer.withClock();
                Lab lab = begin("redis-clock", standalone(redis.port()), 2)) {
            lab.pass(2);
            redis.setClockAhead(Duration.ofHours(1));
            lab.pass(size.seconds());
            redis.setClockAhead(Duration.ZERO);
            lab.pass(size.seconds());
            return lab.finish();
        }
    }

    /** The master hangs until another one is there, and takes writes again before it learns of that. */
    private Lab.Result twoMasters() {
        try (RedisSentinels redis = new RedisSentinels();
                Lab lab = begin("two-masters", sentinels(redis), 2)) {
            for (int i = 0; i < Math.min(size.rounds(), 3); i++) {
                lab.pass(2);
                RedisServer master = redis.master();
                master.pause();
                await("a new master", () -> redis.master() != master);
                master.resume();
                lab.pass(10);
            }
            return lab.finish();
        }
    }

    /** Does something while the master's replicas take nothing, and have nothing in their sockets either. */
    private static void lagging(RedisSentinels redis, RedisServer master, Runnable something) {
        List<RedisServer> others =
                redis.servers().stream().filter(each -> each != master).toList();
        others.forEach(RedisServer::pause);
        ask(master.uri(), server -> server.clientKill(KillArgs.Builder.typeSlave()));
        something.run();
        others.forEach(RedisServer::resume);
    }

    /** All clients come back while Redis answers nobody. */
    private Lab.Result redisPausedStorm() {
        try (RedisServer redis = RedisServer.v70();
                Lab lab = begin("redis-paused-storm", standalone(redis.port()), 2, 4 * size.clients())) {
            lab.pass(2);
            redis.pause();
            lab.clients().all().stream().filter(client -> !client.measured).forEach(LabClients.One::cutAndReturn);
            lab.pass(size.seconds());
            redis.resume();
            lab.pass(10);
            return lab.finish();
        }
    }

    /** A slot that clients follow takes long to move. */
    private Lab.Result clusterSlotSlow() {
        try (RedisCluster redis = new RedisCluster();
                Lab lab = begin("cluster-slot-slow", cluster(redis), 2)) {
            lab.pass(2);
            int slot = redis.usedSlots().get(0);
            redis.move(slot, redis.otherMaster(slot), () -> lab.pass(size.seconds()));
            lab.pass(5);
            return lab.finish();
        }
    }

    private Lab begin(String name, Map<String, String> redis, int replicas) {
        return begin(name, redis, replicas, 0);
    }

    /** With others, whose delays do not count. Each client has a destination of its own. */
    private Lab begin(String name, Map<String, String> redis, int replicas, int others) {
        Lab lab = new Lab(name, kafka, redis, size.clients() + others, size.rate());
        for (int i = 0; i < replicas; i++) {
            lab.addReplica();
        }
        lab.begin(size.clients(), () -> settle(lab));
        return lab;
    }

    private void settle(Lab lab) {
        if (size.calm()) {
            lab.awaitCalm();
        } else {
            lab.pass(size.seconds() / 6.0);
        }
    }

    private static List<Integer> subscriptions(RedisServer redis) {
        List<Integer> ports = new ArrayList<>();
        for (String line : ask(redis.uri(), RedisCommands::clientList).lines().toList()) {
            if (line.matches(".* s?sub=[1-9].*")) {
                ports.add(Integer.parseInt(line.replaceAll(".* addr=127.0.0.1:([0-9]+) .*", "$1")));
            }
        }
        return ports;
    }

    private static <T> T ask(RedisURI uri, Function<RedisCommands<String, String>, T> command) {
        RedisClient client = RedisClient.create();
        try (StatefulRedisConnection<String, String> connection = client.connect(uri)) {
            return command.apply(connection.sync());
        } finally {
            client.shutdown();
        }
    }

    private static Map<String, String> standalone(int port) {
        return Map.of("SPRING_DATA_REDIS_HOST", "127.0.0.1", "SPRING_DATA_REDIS_PORT", Integer.toString(port));
    }

    private static Map<String, String> sentinels(RedisSentinels redis) {
        return Map.of(
                "SPRING_DATA_REDIS_SENTINEL_MASTER",
                redis.uri().getSentinelMasterId(),
                "SPRING_DATA_REDIS_SENTINEL_NODES",
                addresses(redis.uri().getSentinels()));
    }

    private static Map<String, String> cluster(RedisCluster redis) {
        return Map.of("SPRING_DATA_REDIS_CLUSTER_NODES", addresses(redis.uris()));
    }

    private static String addresses(List<RedisURI> uris) {
        return uris.stream().map(uri -> uri.getHost() + ":" + uri.getPort()).collect(Collectors.joining(","));
    }

    @Override
    public void close() {
        kafka.close();
    }
}
