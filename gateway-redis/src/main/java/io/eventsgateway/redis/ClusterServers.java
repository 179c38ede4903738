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
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A cluster. Lettuce routes commands and follows redirections. Pushing is not left to it: each master has a connection of its own for
 * the channels of its slots, so that what moves can be subscribed at its new place before it is left at the old one.
 */
final class ClusterServers implements Servers {

    private static final String ANY = "any";

    private final EventLoop loop = new EventLoop();
    private final RedisOptions options;
    private final ClusterClient client;
    private final RedisClient nodes;
    private volatile @Nullable Partitions partitions;
    private volatile boolean sharded;

    ClusterServers(RedisOptions options) {
        this.options = options;
        this.nodes = RedisClient.create(loop.resources());
        this.nodes.setOptions(Servers.configure(ClientOptions.builder(), options)
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
        ClusterTopology topology = new ClusterTopology(nodes, options.servers().get(0));
        this.client = new ClusterClient(loop.resources(), options.servers(), topology);
        this.client.setOptions(Servers.configure(ClusterClientOptions.builder(), options)
                .maxRedirects(options.maxRedirects())
                .validateClusterNodeMembership(false)
                // what was sent and not answered is for the log to repeat, with what it knows by then
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .topologyRefreshOptions(refresh.build())
                .build());
    }

    @Override
    public CompletionStage<Commands> connect() {
        return client.refreshPartitionsAsync()
                .thenCompose(known -> client.connectAsync(ByteArrayCodec.INSTANCE))
                .thenCompose(connection -> client.connectMasters(connection).thenApply(done -> connection))
                .thenCompose(this::learn);
    }

    private CompletionStage<Commands> learn(StatefulRedisClusterConnection<byte[], byte[]> connection) {
        return Servers.introduce(connection, connection.async()).thenApply(made -> {
            sharded = made.info().hasShardedChannels();
            partitions = connection.getPartitions();
            return made;
        });
    }

    @Override
    public List<Integer> tagOfEach() {
        Map<String, Integer> tags = new HashMap<>();
        for (int tag = 0; tag < Keys.TAGS; tag++) {
            String node = node(tag);
            if (node != null) {
                tags.putIfAbsent(node, tag);
            }
        }
        return List.copyOf(tags.values());
    }

    @Override
    public @Nullable String pushes(int tag) {
        return sharded || partitions == null ? node(tag) : ANY;
    }

    private @Nullable String node(int tag) {
        Partitions known = partitions;
        RedisClusterNode node = known == null ? null : known.getPartitionBySlot(Keys.slot(tag));
        return node == null ? null : node.getNodeId();
    }

    @Override
    public CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>> connectPush(String server) {
        Partitions known = partitions;
        RedisClusterNode node = known == null
                ? null
                : known.stream()
                        .filter(each -> sharded
                                ? each.getNodeId().equals(server)
                                : each.isConnected() && !each.getSlots().isEmpty())
                        .findFirst()
                        .orElse(null);
        if (node == null) {
            return CompletableFuture.failedStage(
                    new RedisConnectionException("no such node in the cluster: " + server));
        }
        return nodes.connectPubSubAsync(ByteArrayCodec.INSTANCE, node.getUri());
    }

    @Override
    public boolean sharded() {
        return sharded;
    }

    @Override
    public boolean routes() {
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
        Servers.shutdown(client);
        Servers.shutdown(nodes);
        loop.close();
    }
}
