package io.eventsgateway.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.Partitions;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A cluster. Lettuce routes commands and follows redirections. Pub/sub is not left to it: each master has a connection of its own for the
 * channels of its slots, so that a channel that moves can be subscribed at its new place before it is left at the old one.
 */
final class ClusterTopology implements Topology {

    private static final String ANY = "any";

    private final EventLoop loop;
    private final RedisOptions options;
    private final ClusterClient client;
    private final RedisClient nodes;

    /** What the last connection learned; null before the first. */
    private volatile @Nullable Known known;

    /**
     * A cluster as it was found.
     *
     * @param partitions its nodes and their slots, which Lettuce keeps up to date
     * @param sharded whether channels belong to slots
     */
    private record Known(Partitions partitions, boolean sharded) {}

    ClusterTopology(RedisOptions options, RedisListener listener) {
        this.loop = new EventLoop(listener);
        this.options = options;
        this.nodes = RedisClient.create(loop.resources());
        this.nodes.setOptions(options.applyTo(ClientOptions.builder())
                .autoReconnect(false)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .build());
        ClusterTopologyRefreshOptions.Builder refresh =
                ClusterTopologyRefreshOptions.builder().enablePeriodicRefresh(options.refresh());
        if (options.adaptive()) {
            refresh.adaptiveRefreshTriggersTimeout(Duration.ofSeconds(1));
        } else {
            refresh.disableAllAdaptiveRefreshTriggers();
        }
        ClusterViews views = new ClusterViews(nodes, options.servers().get(0));
        this.client = new ClusterClient(loop.resources(), options.servers(), views);
        this.client.setOptions(options.applyTo(ClusterClientOptions.builder())
                .maxRedirects(options.maxRedirects())
                .validateClusterNodeMembership(false)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .topologyRefreshOptions(refresh.build())
                .build());
    }

    @Override
    public CompletionStage<Commands> connect() {
        return client.refreshPartitionsAsync()
                .thenCompose(refreshed -> client.connectAsync(ByteArrayCodec.INSTANCE))
                .thenCompose(connection -> client.connectMasters(connection).thenApply(done -> connection))
                .thenCompose(this::learn);
    }

    private CompletionStage<Commands> learn(StatefulRedisClusterConnection<byte[], byte[]> connection) {
        return LettuceCommands.of(connection, connection.async()).thenApply(made -> {
            known = new Known(connection.getPartitions(), made.info().hasShardedChannels());
            return made;
        });
    }

    @Override
    public List<Integer> tagOfEach() {
        Map<String, Integer> tags = new HashMap<>();
        for (int tag = 0; tag < Keys.TAGS; tag++) {
            String node = node(known, tag);
            if (node != null) {
                tags.putIfAbsent(node, tag);
            }
        }
        return List.copyOf(tags.values());
    }

    @Override
    public @Nullable String pubSubServer(int tag) {
        Known now = known;
        return now == null || now.sharded() ? node(now, tag) : ANY;
    }

    private static @Nullable String node(@Nullable Known known, int tag) {
        RedisClusterNode node = known == null ? null : known.partitions().getPartitionBySlot(Keys.slot(tag));
        return node == null ? null : node.getNodeId();
    }

    @Override
    public CompletionStage<PubSubSession> connectPubSub(String server) {
        Known now = known;
        RedisClusterNode node = now == null
                ? null
                : now.partitions().stream()
                        .filter(each -> now.sharded()
                                ? each.getNodeId().equals(server)
                                : each.isConnected() && !each.getSlots().isEmpty())
                        .findFirst()
                        .orElse(null);
        if (now == null || node == null) {
            return CompletableFuture.failedStage(
                    new RedisConnectionException("no such node in the cluster: " + server));
        }
        return nodes.connectPubSubAsync(ByteArrayCodec.INSTANCE, node.getUri())
                .thenApply(connection -> new LettucePubSubSession(connection, now.sharded()));
    }

    @Override
    public boolean shardedPubSub() {
        Known now = known;
        return now != null && now.sharded();
    }

    @Override
    public boolean routesCommands() {
        return true;
    }

    @Override
    public void refresh() {
        client.refreshPartitionsAsync();
    }

    @Override
    public String address() {
        return "cluster of " + options.servers().get(0).getHost() + ":"
                + options.servers().get(0).getPort();
    }

    @Override
    public void close() {
        loop.end(client);
        loop.end(nodes);
        loop.close();
    }
}
