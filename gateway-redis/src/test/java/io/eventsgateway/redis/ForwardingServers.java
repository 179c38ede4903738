package io.eventsgateway.redis;

import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Does what other servers do, except where a test overrides it. */
class ForwardingServers implements Servers {

    private final Servers servers;

    ForwardingServers(Servers servers) {
        this.servers = servers;
    }

    @Override
    public CompletionStage<Commands> connect() {
        return servers.connect();
    }

    @Override
    public List<Integer> tagOfEach() {
        return servers.tagOfEach();
    }

    @Override
    public @Nullable String pushes(int tag) {
        return servers.pushes(tag);
    }

    @Override
    public CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>> connectPush(String server) {
        return servers.connectPush(server);
    }

    @Override
    public boolean sharded() {
        return servers.sharded();
    }

    @Override
    public boolean routes() {
        return servers.routes();
    }

    @Override
    public void refresh() {
        servers.refresh();
    }

    @Override
    public String address() {
        return servers.address();
    }

    @Override
    public void close() {
        servers.close();
    }
}
