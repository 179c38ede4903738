package io.eventsgateway.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.ByteArrayCodec;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * One server, or the master that sentinels name. A connection that is lost is not mended but replaced by {@link CommandConnection}, so
 * that the sentinels are asked anew.
 */
final class SingleTopology implements Topology {

    private static final String ONLY = "server";

    private final EventLoop loop;
    private final RedisClient client;
    private final RedisURI uri;

    SingleTopology(RedisOptions options) {
        this(options, RedisListener.NONE);
    }

    SingleTopology(RedisOptions options, RedisListener listener) {
        this.loop = new EventLoop(listener);
        this.client = RedisClient.create(loop.resources());
        this.client.setOptions(options.applyTo(ClientOptions.builder())
                .autoReconnect(false)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .build());
        this.uri = options.servers().get(0);
    }

    @Override
    public CompletionStage<Commands> connect() {
        return client.connectAsync(ByteArrayCodec.INSTANCE, uri)
                .thenCompose(connection -> LettuceCommands.of(connection, connection.async()));
    }

    @Override
    public List<Integer> tagOfEach() {
        return List.of(0);
    }

    @Override
    public String pubSubServer(int tag) {
        return ONLY;
    }

    @Override
    public CompletionStage<PubSubSession> connectPubSub(String server) {
        return client.connectPubSubAsync(ByteArrayCodec.INSTANCE, uri)
                .thenApply(connection -> new LettucePubSubSession(connection, false));
    }

    @Override
    public boolean shardedPubSub() {
        return false;
    }

    @Override
    public boolean routesCommands() {
        return false;
    }

    @Override
    public void refresh() {
        // the sentinels are asked whenever a connection is made
    }

    @Override
    public String address() {
        return uri.getSentinels().isEmpty()
                ? uri.getHost() + ":" + uri.getPort()
                : uri.getSentinelMasterId() + " by " + uri.getSentinels().size() + " sentinels";
    }

    @Override
    public void close() {
        loop.end(client);
        loop.close();
    }
}
