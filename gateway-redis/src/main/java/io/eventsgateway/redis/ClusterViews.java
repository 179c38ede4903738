package io.eventsgateway.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.models.partitions.ClusterPartitionParser;
import io.lettuce.core.cluster.models.partitions.Partitions;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode.NodeFlag;
import io.lettuce.core.codec.StringCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What the nodes of a cluster say about it. A node may be known by an address, a host name, or neither; the endpoint that the cluster
 * prefers ({@code cluster-preferred-endpoint-type}) decides, as it does in redirections. CLUSTER NODES, which Lettuce reads by itself,
 * lists addresses and names without saying which; CLUSTER SLOTS says. Any thread may call.
 */
final class ClusterViews {

    /** Which endpoint of its nodes a cluster prefers. */
    private enum Endpoint {
        ADDRESS,
        HOST_NAME,

        /** None: all nodes have the host that is connected to, and ports of their own. */
        SAME_HOST
    }

    private final RedisClient client;
    private final RedisURI login;

    /**
     * Does not connect yet.
     *
     * @param client connects to nodes
     * @param login how one gets into each of them
     */
    ClusterViews(RedisClient client, RedisURI login) {
        this.client = client;
        this.login = login;
    }

    /**
     * The views of those nodes that can be asked.
     *
     * @param seed where nodes are known to be
     * @param discovery whether the nodes that these know are asked too
     * @return fails, naming the hosts, where none of the seed can be asked
     */
    CompletionStage<Map<RedisURI, Partitions>> views(Iterable<RedisURI> seed, boolean discovery) {
        List<RedisURI> nodes = new ArrayList<>();
        seed.forEach(nodes::add);
        Map<RedisURI, String> failures = new ConcurrentHashMap<>();
        return views(nodes, failures).thenCompose(views -> {
            if (views.isEmpty()) {
                return CompletableFuture.failedStage(
                        new RedisConnectionException(String.join("; ", new TreeSet<>(failures.values()))));
            }
            List<RedisURI> discovered = views.values().stream()
                    .flatMap(Partitions::stream)
                    .map(RedisClusterNode::getUri)
                    .distinct()
                    .filter(uri -> !nodes.contains(uri))
                    .toList();
            if (!discovery || discovered.isEmpty()) {
                return CompletableFuture.completedStage(views);
            }
            return views(discovered, failures).thenApply(more -> {
                more.putAll(views);
                return more;
            });
        });
    }

    private CompletionStage<Map<RedisURI, Partitions>> views(List<RedisURI> nodes, Map<RedisURI, String> failures) {
        Map<RedisURI, Partitions> views = new ConcurrentHashMap<>();
        CompletableFuture<?>[] asked = nodes.stream()
                .map(node -> Stages.attempt(() -> view(node))
                        .handle((view, failure) ->
                                failure == null ? views.put(node, view) : failures.put(node, reason(failure)))
                        .toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(asked).thenApply(done -> views);
    }

    private static String reason(Throwable failure) {
        RedisProblem problem = RedisProblem.of(failure);
        return problem.kind() == RedisProblem.Kind.DENIED
                ? "the Redis user needs " + problem.lacking() + " (" + problem.cause() + ")"
                : problem.cause();
    }

    /** The way into a node: a cluster says where it is, and not how one gets in. */
    private RedisURI uri(String host, int port) {
        return RedisURI.builder(login).withHost(host).withPort(port).build();
    }

    private CompletionStage<Partitions> view(RedisURI node) {
        return client.connectAsync(StringCodec.UTF8, node).thenCompose(connection -> connection
                .async()
                .clusterNodes()
                .thenCombine(connection.async().clusterSlots(), (nodes, slots) -> partitions(node, nodes, slots))
                .whenComplete((view, failure) -> connection.closeAsync()));
    }

    /** One node's view, by what it answered to CLUSTER NODES and CLUSTER SLOTS. */
    private Partitions partitions(RedisURI asked, String nodes, List<Object> slots) {
        Map<String, Line> lines = nodes.lines().map(Line::of).collect(Collectors.toMap(Line::id, Function.identity()));
        Endpoint preferred = preferred(slots, lines);
        List<RedisClusterNode> known = new ArrayList<>();
        for (RedisClusterNode node : ClusterPartitionParser.parse(nodes)) {
            Line line = lines.get(node.getNodeId());
            if (line != null && !node.is(NodeFlag.NOADDR) && !node.is(NodeFlag.HANDSHAKE)) {
                String host = line.host(preferred);
                // a node that never met another one does not know its own address
                node.setUri(uri(host.isEmpty() ? asked.getHost() : host, line.port));
                known.add(node);
            }
        }
        Partitions view = new Partitions();
        view.addAll(known);
        return view;
    }

    /** By the first node that is listed: its endpoint, port and id come after the bounds of its slots. */
    private static Endpoint preferred(List<Object> slots, Map<String, Line> lines) {
        if (slots.isEmpty()) {
            return Endpoint.ADDRESS;
        }
        List<?> node = (List<?>) ((List<?>) slots.get(0)).get(2);
        Object endpoint = node.get(0);
        if (endpoint == null || endpoint.equals("")) {
            return Endpoint.SAME_HOST;
        }
        Line line = lines.get(String.valueOf(node.get(2)));
        return line == null || endpoint.equals(line.address) ? Endpoint.ADDRESS : Endpoint.HOST_NAME;
    }

    /** Where a node is, by its line of CLUSTER NODES: {@code id address:port@bus[,name] …}. */
    private record Line(String id, String address, String name, int port) {

        static Line of(String text) {
            String[] fields = text.split(" ", 3);
            String[] endpoint = fields[1].split(",", 3);
            String addressAndPort = endpoint[0].split("@", 2)[0];
            int colon = addressAndPort.lastIndexOf(':');
            return new Line(
                    fields[0],
                    addressAndPort.substring(0, colon),
                    endpoint.length > 1 ? endpoint[1] : "",
                    Integer.parseInt(addressAndPort.substring(colon + 1)));
        }

        String host(Endpoint preferred) {
            return switch (preferred) {
                case ADDRESS -> address;
                case HOST_NAME -> name.isEmpty() ? address : name;
                case SAME_HOST -> "";
            };
        }
    }
}
