package io.eventsgateway.redis;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode.NodeFlag;
import io.lettuce.core.cluster.topology.ClusterTopologyRefresh;
import io.lettuce.core.resource.ClientResources;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client of a cluster that reads the topology once at a time and at most once a second, whoever asks: the log, or Lettuce for a
 * redirection or because its period is over. Any thread may call.
 */
final class ClusterClient extends RedisClusterClient {

    private static final long APART = TimeUnit.SECONDS.toNanos(1);

    private final ClientResources resources;
    private final ClusterViews nodes;
    private final Object lock = new Object();

    // owned by the lock
    private CompletionStage<Void> last = CompletableFuture.completedStage(null);
    private @Nullable CompletableFuture<Void> next;
    private long lastAt = System.nanoTime() - APART;

    ClusterClient(ClientResources resources, List<RedisURI> servers, ClusterViews nodes) {
        super(resources, servers);
        this.resources = resources;
        this.nodes = nodes;
    }

    @Override
    protected ClusterTopologyRefresh createTopologyRefresh() {
        // called before this class has its fields
        return (seed, connectTimeout, discovery) -> nodes.views(seed, discovery);
    }

    /** The next refresh. It begins after it was asked for, so that it sees what made somebody ask. */
    @Override
    public CompletionStage<Void> refreshPartitionsAsync() {
        CompletableFuture<Void> asked = new CompletableFuture<>();
        CompletionStage<Void> before;
        synchronized (lock) {
            if (next != null) {
                return next;
            }
            next = asked;
            before = last;
        }
        before.whenComplete((done, failure) -> begin(asked));
        return asked;
    }

    private void begin(CompletableFuture<Void> asked) {
        long wait;
        synchronized (lock) {
            wait = Math.max(0, lastAt + APART - System.nanoTime());
        }
        try {
            resources.eventExecutorGroup().schedule(() -> refresh(asked), wait, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closed) {
            asked.completeExceptionally(closed);
        }
    }

    private void refresh(CompletableFuture<Void> asked) {
        synchronized (lock) {
            last = asked;
            next = null;
            lastAt = System.nanoTime();
        }
        Stages.attempt(super::refreshPartitionsAsync).whenComplete((done, failure) -> {
            if (failure == null) {
                forEachClusterConnection(this::connectMasters);
                asked.complete(null);
            } else {
                asked.completeExceptionally(failure);
            }
        });
    }

    /**
     * Connects to the masters, because what is sent to one that is not connected yet is rejected.
     *
     * @return completes when it is known of each whether it can be reached
     */
    CompletionStage<?> connectMasters(StatefulRedisClusterConnection<?, ?> connection) {
        CompletableFuture<?>[] masters = connection.getPartitions().stream()
                .filter(node -> node.is(NodeFlag.UPSTREAM) && !node.hasNoSlots())
                .map(RedisClusterNode::getUri)
                .map(uri -> connection.getConnectionAsync(uri.getHost(), uri.getPort()))
                .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(masters).handle((done, failure) -> null);
    }
}
