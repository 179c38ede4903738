package io.eventsgateway.redis;

import io.eventsgateway.TestKeys;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.models.slots.ClusterSlotsParser;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.IntStream;

/** A real cluster of three masters and three replicas, for tests. Used by one thread. */
public final class RedisCluster implements AutoCloseable {

    private static final int MASTERS = 3;
    private static final int SLOTS = 16384;

    private final RedisClient client = RedisClient.create();
    private final List<RedisServer> nodes = new ArrayList<>();
    private int asked;

    /** A cluster of 7.0. The options are redis-server's, as {@code --cluster-announce-hostname}. */
    public RedisCluster(String... options) {
        this(RedisServer::v70, options);
    }

    /** A cluster of 7.0 that takes TLS too and whose nodes speak it with each other. */
    public static RedisCluster secured(TestKeys keys, String... options) {
        return new RedisCluster(all -> RedisServer.secured(keys, all), options);
    }

    /** A cluster of 6.2, in which channels belong to no slot. */
    static RedisCluster v62() {
        return new RedisCluster(RedisServer::v62);
    }

    /** Starts the nodes and waits until they serve all slots. */
    private RedisCluster(Function<String[], RedisServer> version, String... options) {
        List<String> all = new ArrayList<>(List.of(
                "--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--repl-diskless-sync-delay", "0"));
        all.addAll(List.of(options));
        for (int i = 0; i < 2 * MASTERS; i++) {
            nodes.add(version.apply(all.toArray(String[]::new)));
        }
        for (int i = 0; i < MASTERS; i++) {
            int[] slots = IntStream.range(i * SLOTS / MASTERS, (i + 1) * SLOTS / MASTERS)
                    .toArray();
            ask(nodes.get(i), redis -> redis.clusterAddSlots(slots));
            ask(nodes.get(i), redis -> redis.clusterSetConfigEpoch(nodes.size() + 1L));
        }
        await(60, () -> {
            // again after a while: on a busy machine a node gives up an introduction that took too long
            for (RedisServer node : nodes.subList(1, nodes.size())) {
                ask(node, redis -> redis.clusterMeet("127.0.0.1", nodes.get(0).peerPort()));
            }
            return holds(5, () -> nodes.stream().allMatch(this::knowsAll));
        });
        for (int i = 0; i < MASTERS; i++) {
            String master = ask(nodes.get(i), RedisCommands::clusterMyId);
            ask(nodes.get(MASTERS + i), redis -> redis.clusterReplicate(master));
        }
        awaitOk();
    }

    private boolean knowsAll(RedisServer node) {
        List<String> known = ask(node, RedisCommands::clusterNodes).lines().toList();
        return known.size() == nodes.size()
                && known.stream().allMatch(line -> line.contains(" connected") && !line.contains("handshake"));
    }

    /** All of them, the first three of which were made masters. */
    public List<RedisServer> nodes() {
        return nodes;
    }

    /** Where they are. */
    public List<RedisURI> uris() {
        return nodes.stream().map(RedisServer::uri).toList();
    }

    /** Waits until every node that runs serves all slots and every replica follows its master. */
    public void awaitOk() {
        await(30, () -> nodes.stream()
                .filter(RedisServer::isRunning)
                .allMatch(node -> ask(node, RedisCommands::clusterInfo).contains("cluster_state:ok")));
        await(30, () -> nodes.stream().filter(RedisServer::isRunning).allMatch(node -> {
            String info = ask(node, redis -> redis.info("replication"));
            return info.contains("role:master") || info.contains("master_link_status:up");
        }));
    }

    /** The node that is master of a slot. */
    public RedisServer masterOf(int slot) {
        RedisServer asked =
                nodes.stream().filter(RedisServer::isRunning).findFirst().orElseThrow();
        int port = ClusterSlotsParser.parse(ask(asked, RedisCommands::clusterSlots)).stream()
                .filter(range -> range.getFrom() <= slot && slot <= range.getTo())
                .map(range -> range.getUpstream().getUri().getPort())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nobody serves slot " + slot));
        return nodes.stream().filter(node -> node.port() == port).findFirst().orElseThrow();
    }

    /** A master that is not the slot's. */
    public RedisServer otherMaster(int slot) {
        RedisServer master = masterOf(slot);
        return nodes.stream()
                .filter(RedisServer::isRunning)
                .filter(node -> node != master
                        && ask(node, redis -> redis.info("replication")).contains("role:master"))
                .findFirst()
                .orElseThrow();
    }

    /** Moves a slot with all its keys to another master, while it is used. */
    public void move(int slot, RedisServer to) {
        move(slot, to, () -> {});
    }

    private void migrate(RedisServer from, RedisServer to, List<String> keys) {
        for (String key : keys) {
            ask(from, redis -> redis.migrate("127.0.0.1", to.port(), key, 0, 5000));
        }
    }

    /** The same; something is done when half of the slot's keys are there. */
    public void move(int slot, RedisServer to, Runnable halfway) {
        RedisServer from = masterOf(slot);
        String source = ask(from, RedisCommands::clusterMyId);
        String target = ask(to, RedisCommands::clusterMyId);
        ask(to, redis -> redis.clusterSetSlotImporting(slot, source));
        ask(from, redis -> redis.clusterSetSlotMigrating(slot, target));
        List<String> first = keys(from, slot);
        migrate(from, to, first.subList(0, first.size() / 2));
        halfway.run();
        for (List<String> keys = keys(from, slot); !keys.isEmpty(); keys = keys(from, slot)) {
            migrate(from, to, keys);
        }
        for (RedisServer node : List.of(to, from)) {
            ask(node, redis -> redis.clusterSetSlotNode(slot, target));
        }
    }

    /** Slots in which there are keys now. */
    public List<Integer> usedSlots() {
        return nodes.stream()
                .filter(RedisServer::isRunning)
                .flatMap(node -> ask(node, redis -> redis.keys("*")).stream())
                .map(SlotHash::getSlot)
                .distinct()
                .toList();
    }

    private List<String> keys(RedisServer node, int slot) {
        return ask(node, redis -> redis.clusterGetKeysInSlot(slot, 100));
    }

    /** What a node answers to a command. */
    public <T> T ask(RedisServer node, Function<RedisCommands<String, String>, T> command) {
        asked++;
        try (StatefulRedisConnection<String, String> connection = client.connect(node.uri())) {
            return command.apply(connection.sync());
        }
    }

    /** How many connections have been made to the nodes that run, without this object's own and those between nodes. */
    long connections() {
        long all = 0;
        for (RedisServer node : nodes) {
            if (node.isRunning()) {
                String stats = ask(node, redis -> redis.info("stats"));
                all += Long.parseLong(stats.replaceAll("(?s).*total_connections_received:(\\d+).*", "$1"));
            }
        }
        return all - asked;
    }

    private static void await(int seconds, BooleanSupplier condition) {
        if (!holds(seconds, condition)) {
            throw new IllegalStateException("the cluster does not form");
        }
    }

    private static boolean holds(int seconds, BooleanSupplier condition) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > until) {
                return false;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        return true;
    }

    @Override
    public void close() {
        client.shutdown();
        nodes.forEach(RedisServer::close);
    }
}
