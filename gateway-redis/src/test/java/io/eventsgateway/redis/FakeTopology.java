package io.eventsgateway.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Servers that are not there: a test makes their connections, or lets them fail, and moves the time. Used by one thread. */
class FakeTopology implements Topology {

    final List<CompletableFuture<Commands>> connecting = new ArrayList<>();
    final List<CompletableFuture<PubSubSession>> connectingPubSub = new ArrayList<>();
    private long now = -1;
    String server = "one";
    int refreshes;

    /** Like {@link System#nanoTime}, also in that it may be negative. */
    long time() {
        return now;
    }

    void pass(long nanos) {
        now += nanos;
    }

    void passMillis(long millis) {
        pass(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /** A connection of a server that answers nothing by itself. */
    static class FakeCommands implements Commands {
        boolean open = true;

        @Override
        @SuppressWarnings("unchecked")
        public RedisClusterAsyncCommands<byte[], byte[]> async() {
            return (RedisClusterAsyncCommands<byte[], byte[]>) Proxy.newProxyInstance(
                    FakeTopology.class.getClassLoader(),
                    new Class<?>[] {RedisClusterAsyncCommands.class},
                    (proxy, method, arguments) -> {
                        throw new RedisException("no answer");
                    });
        }

        @Override
        public ServerInfo info() {
            return new ServerInfo("7.0.0", "noeviction", "master");
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void close() {
            open = false;
        }
    }

    /** A session of a server that sends nothing by itself. */
    static final class FakeSession implements PubSubSession {
        final List<String> subscribed = new ArrayList<>();
        final List<String> unsubscribed = new ArrayList<>();
        CompletionStage<?> answer = CompletableFuture.completedStage(null);
        boolean open = true;
        Receiver receiver;

        @Override
        public void receive(Receiver to) {
            receiver = to;
        }

        @Override
        public CompletionStage<?> subscribe(List<String> channels) {
            subscribed.addAll(channels);
            return answer;
        }

        @Override
        public void unsubscribe(String channel) {
            unsubscribed.add(channel);
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void close() {
            open = false;
        }
    }

    @Override
    public CompletionStage<Commands> connect() {
        CompletableFuture<Commands> made = new CompletableFuture<>();
        connecting.add(made);
        return made;
    }

    @Override
    public CompletionStage<PubSubSession> connectPubSub(String name) {
        CompletableFuture<PubSubSession> made = new CompletableFuture<>();
        connectingPubSub.add(made);
        return made;
    }

    /** The last of some. */
    static <T> T last(List<T> some) {
        return some.get(some.size() - 1);
    }

    @Override
    public List<Integer> tagOfEach() {
        return List.of(0);
    }

    @Override
    public String pubSubServer(int tag) {
        return server;
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
        refreshes++;
    }

    @Override
    public String address() {
        return "nowhere";
    }

    @Override
    public void close() {}
}
