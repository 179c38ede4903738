package io.eventsgateway.redis;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Does what another topology does, except where a test overrides it. */
class ForwardingTopology implements Topology {

    private final Topology topology;

    ForwardingTopology(Topology topology) {
        this.topology = topology;
    }

    @Override
    public CompletionStage<Commands> connect() {
        return topology.connect();
    }

    @Override
    public List<Integer> tagOfEach() {
        return topology.tagOfEach();
    }

    @Override
    public @Nullable String pubSubServer(int tag) {
        return topology.pubSubServer(tag);
    }

    @Override
    public CompletionStage<PubSubSession> connectPubSub(String server) {
        return topology.connectPubSub(server);
    }

    @Override
    public boolean shardedPubSub() {
        return topology.shardedPubSub();
    }

    @Override
    public boolean routesCommands() {
        return topology.routesCommands();
    }

    @Override
    public void refresh() {
        topology.refresh();
    }

    @Override
    public String address() {
        return topology.address();
    }

    @Override
    public void close() {
        topology.close();
    }
}
