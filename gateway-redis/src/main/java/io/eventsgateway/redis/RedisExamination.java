package io.eventsgateway.redis;

import io.eventsgateway.EventId;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.cluster.api.async.RedisAdvancedClusterAsyncCommands;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the Redis of a log as somebody would who wants to know why it is slow or does not work, on connections of its own. Changes
 * nothing but a key that expires at once. Any thread may call; stages complete on Lettuce's threads, and fail with what
 * {@link #cause} puts into words.
 */
public final class RedisExamination implements AutoCloseable {

    private static final byte[] PUSHED = Keys.bytes("examined");

    private final KeySpace space;
    private final Topology topology;
    private final String writer = EventId.epochText(ThreadLocalRandom.current().nextLong(1, 1L << 32));
    private final CompletableFuture<Commands> connection;

    /**
     * What a server says of itself.
     *
     * @param problem why the log can't work on it; empty where it can
     * @param evicts whether it drops events when its memory is full
     * @param usedBytes of its memory
     * @param maxBytes of its memory; 0 for no limit
     * @param replicas how many replicas it has
     * @param replicaLagBytes by how many bytes the replica lags that lags most
     * @param replicaWarning which one lags too far; empty for none
     */
    public record Server(
            String version,
            String mode,
            String role,
            String policy,
            String problem,
            boolean evicts,
            long usedBytes,
            long maxBytes,
            long replicas,
            long replicaLagBytes,
            String replicaWarning) {}

    /** Connects, which {@link #connected} is the end of. */
    public RedisExamination(RedisOptions options) {
        this.space = new KeySpace(options.keyPrefix(), options.servers().get(0).getDatabase());
        this.topology = options.cluster()
                ? new ClusterTopology(options, RedisListener.NONE)
                : new SingleTopology(options, RedisListener.NONE);
        this.connection = Stages.attempt(topology::connect).toCompletableFuture();
    }

    /** Where the servers are. */
    public String address() {
        return topology.address();
    }

    /** Completes when there is a connection. */
    public CompletionStage<?> connected() {
        return connection;
    }

    /** Why a stage failed, with what to look at where that is known. */
    public String cause(Throwable failure) {
        return RedisProblem.of(failure).text(space);
    }

    /** What the server says of itself; of a cluster each master. */
    public CompletionStage<List<Server>> servers() {
        return connection
                .thenCompose(made -> infos(made.async()))
                .thenApply(infos -> infos.stream().map(this::server).toList());
    }

    private static CompletionStage<List<String>> infos(RedisClusterAsyncCommands<byte[], byte[]> redis) {
        List<CompletableFuture<String>> asked = new ArrayList<>();
        if (redis instanceof RedisAdvancedClusterAsyncCommands<?, ?> cluster) {
            cluster.upstream()
                    .commands()
                    .info()
                    .asMap()
                    .values()
                    .forEach(each -> asked.add(each.toCompletableFuture()));
        } else {
            asked.add(redis.info().toCompletableFuture());
        }
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                .thenApply(all -> asked.stream().map(CompletableFuture::join).toList());
    }

    private Server server(String text) {
        ServerInfo info = ServerInfo.of(text);
        Replication replication = Replication.of(text);
        return new Server(
                info.version(),
                ServerInfo.field(text, "redis_mode:"),
                info.role(),
                info.policy(),
                problem(info),
                info.evicts(),
                number(ServerInfo.field(text, "used_memory:")),
                number(ServerInfo.field(text, "maxmemory:")),
                number(ServerInfo.field(text, "connected_slaves:")),
                replication.lagBytes(),
                replication.warning());
    }

    private String problem(ServerInfo info) {
        if (info.isTooOld()) {
            return "Redis " + info.version() + " is too old, 6.2 or later is needed";
        }
        return info.isReplica() && !topology.routesCommands() ? "this Redis is a replica and refuses writes" : "";
    }

    private static long number(String text) {
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }

    /** The rules of an access control list that the user lacks; fails where none is known to be missing and a server did not answer. */
    public CompletionStage<List<String>> missingRights() {
        return connection
                .thenCompose(made ->
                        new Rights(space, writer).ask(made.async(), topology.tagOfEach(), topology.shardedPubSub()))
                .thenCompose(found -> {
                    Throwable unanswered = found.unanswered();
                    return unanswered == null || !found.missing().isEmpty()
                            ? CompletableFuture.completedStage(found.missing())
                            : CompletableFuture.failedStage(unanswered);
                });
    }

    /** The nanoseconds that each of so many round trips took, one after the other; the shortest first. */
    public CompletionStage<long[]> roundTrips(int count) {
        return connection
                .thenCompose(made -> next(made.async(), new long[count], 0))
                .thenApply(taken -> {
                    Arrays.sort(taken);
                    return taken;
                });
    }

    private static CompletionStage<long[]> next(
            RedisClusterAsyncCommands<byte[], byte[]> redis, long[] taken, int number) {
        if (number == taken.length) {
            return CompletableFuture.completedStage(taken);
        }
        long begun = System.nanoTime();
        return redis.ping().thenCompose(pong -> {
            taken[number] = System.nanoTime() - begun;
            return next(redis, taken, number + 1);
        });
    }

    /** The nanoseconds between publishing a message and hearing it, which is how streams hear of events. */
    public CompletionStage<Long> push() {
        return connection.thenCompose(made -> {
            int tag = topology.tagOfEach().get(0);
            String server = topology.pubSubServer(tag);
            return server == null
                    ? CompletableFuture.failedStage(new RedisConnectionException("no server to subscribe at"))
                    : topology.connectPubSub(server)
                            .thenCompose(session -> push(made, session, space.probe(tag, writer)));
        });
    }

    private CompletionStage<Long> push(Commands made, PubSubSession session, String channel) {
        CompletableFuture<Long> heard = new CompletableFuture<>();
        AtomicReference<@Nullable Long> begun = new AtomicReference<>();
        session.receive(new PubSubSession.Receiver() {
            @Override
            public void message(String name, byte[] message) {
                Long sent = begun.get();
                if (sent != null) {
                    heard.complete(System.nanoTime() - sent);
                }
            }

            @Override
            public void subscribed(String name) {
                begun.set(System.nanoTime());
                byte[] to = Keys.bytes(channel);
                CompletionStage<Long> published = topology.shardedPubSub()
                        ? made.async().spublish(to, PUSHED)
                        : made.async().publish(to, PUSHED);
                published.whenComplete((receivers, failure) -> fail(heard, failure));
            }

            @Override
            public void unsubscribed(String name) {
                // the connection ends
            }
        });
        session.subscribe(List.of(channel)).whenComplete((done, failure) -> fail(heard, failure));
        return heard.whenComplete((taken, failure) -> session.close());
    }

    private static void fail(CompletableFuture<?> stage, @Nullable Throwable failure) {
        if (failure != null) {
            stage.completeExceptionally(failure);
        }
    }

    /** What the server's clock shows. */
    public CompletionStage<Instant> time() {
        return connection.thenCompose(made -> made.async().time()).thenApply(parts -> {
            long seconds = Long.parseLong(Replies.text(parts.get(0)));
            long micros = Long.parseLong(Replies.text(parts.get(1)));
            return Instant.ofEpochSecond(seconds, micros * 1000);
        });
    }

    @Override
    public void close() {
        topology.close();
    }
}
