package io.eventsgateway.redis;

import io.lettuce.core.api.async.BaseRedisAsyncCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.pubsub.api.async.RedisPubSubAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection on which one server pushes. It works as long as it is heard: the log publishes a probe to itself, again and again,
 * because a connection may be dead without a word. One that stays silent is replaced. The clock's thread calls, except where a method
 * says otherwise.
 */
final class PushLink extends RedisPubSubAdapter<byte[], byte[]> {

    private static final Logger LOG = LoggerFactory.getLogger(PushLink.class);
    private static final byte[] PROBE = Keys.bytes("probe");

    /** Three probes have been missed. */
    private static final long SILENT_NANOS = TimeUnit.MILLISECONDS.toNanos(750);

    private static final long DEAD_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final String server;
    private final KeySpace space;
    private final String writer;
    private final Servers servers;
    private final Push push;

    private volatile @Nullable StatefulRedisPubSubConnection<byte[], byte[]> connection;
    private volatile boolean heard;
    private volatile long heardAt = System.nanoTime();
    private volatile boolean closed;

    // set by whoever connects, which is one at a time
    private volatile boolean connecting;
    private volatile String problem = "";
    private volatile long connectAt = System.nanoTime();
    private volatile int probed = -1;

    PushLink(String server, KeySpace space, String writer, Servers servers, Push push) {
        this.server = server;
        this.space = space;
        this.writer = writer;
        this.servers = servers;
        this.push = push;
    }

    /** Whether what is subscribed here is pushed, as far as one can know. Any thread. */
    boolean works() {
        return heard;
    }

    /** When it was last heard, by {@link System#nanoTime}; only of use after it was. Any thread. */
    long heardAt() {
        return heardAt;
    }

    /**
     * Sees that there is a connection, that it is heard, and probes it.
     *
     * @return whether it is not heard any more, as of now
     */
    boolean tick(int tag, BaseRedisAsyncCommands<byte[], byte[]> commands) {
        long now = System.nanoTime();
        StatefulRedisPubSubConnection<byte[], byte[]> current = connection;
        if (current != null && !current.isOpen()) {
            drop(current);
            current = null;
        }
        if (current == null) {
            connect(now);
            return false;
        }
        boolean fellSilent = heard && now - heardAt > SILENT_NANOS;
        if (fellSilent) {
            heard = false;
            LOG.warn("Push is silent, queries take its place server={}", name());
        }
        if (!heard && now - heardAt > DEAD_NANOS) {
            LOG.warn("Push stays silent, connection replaced server={}", name());
            drop(current);
            return false;
        }
        String channel = space.probe(tag, writer);
        if (probed != tag) {
            probed = tag;
            subscribe(List.of(channel));
        }
        if (servers.sharded()) {
            commands.spublish(Keys.bytes(channel), PROBE);
        } else {
            commands.publish(Keys.bytes(channel), PROBE);
        }
        return fellSilent;
    }

    private void connect(long now) {
        if (connecting || now - connectAt < 0) {
            return;
        }
        connecting = true;
        servers.connectPush(server).whenComplete((made, failure) -> {
            if (failure != null) {
                tell(RedisProblem.of(failure).text());
                connectAt = System.nanoTime() + AGAIN_NANOS;
            } else {
                problem = "";
                made.addListener(this);
                heardAt = System.nanoTime();
                probed = -1;
                connection = made;
                if (closed) {
                    made.closeAsync();
                } else {
                    push.connected();
                }
            }
            connecting = false;
        });
    }

    /** Tells what is wrong, once as long as it is the same. */
    private void tell(String cause) {
        if (!cause.equals(problem)) {
            problem = cause;
            LOG.warn("Push not connected, queries take its place server={} cause=\"{}\"", name(), cause);
        }
    }

    private void drop(StatefulRedisPubSubConnection<byte[], byte[]> dead) {
        connection = null;
        heard = false;
        dead.removeListener(this);
        dead.closeAsync();
        push.disconnected(this);
    }

    /** Asks to be pushed; nothing when there is no connection. All channels of one tag where channels are sharded. Any thread. */
    void subscribe(List<String> channels) {
        RedisPubSubAsyncCommands<byte[], byte[]> async = async();
        if (async != null) {
            byte[][] names = channels.stream().map(Keys::bytes).toArray(byte[][]::new);
            (servers.sharded() ? async.ssubscribe(names) : async.subscribe(names)).whenComplete((done, failure) -> {
                if (failure != null) {
                    servers.refresh();
                }
            });
        }
    }

    /** Asks to be pushed no more. Any thread. */
    void unsubscribe(String channel) {
        RedisPubSubAsyncCommands<byte[], byte[]> async = async();
        if (async != null && servers.sharded()) {
            async.sunsubscribe(Keys.bytes(channel));
        } else if (async != null) {
            async.unsubscribe(Keys.bytes(channel));
        }
    }

    private @Nullable RedisPubSubAsyncCommands<byte[], byte[]> async() {
        StatefulRedisPubSubConnection<byte[], byte[]> current = connection;
        return current == null || !current.isOpen() ? null : current.async();
    }

    /** Any thread. */
    void close() {
        closed = true;
        heard = false;
        StatefulRedisPubSubConnection<byte[], byte[]> current = connection;
        if (current != null) {
            current.closeAsync();
        }
    }

    private String name() {
        return servers.address() + "/" + server;
    }

    @Override
    public void message(byte[] channel, byte[] message) {
        if (message.length == PROBE.length && isProbe(channel)) {
            heardAt = System.nanoTime();
            if (!heard) {
                heard = true;
                push.heard(this);
            }
        } else {
            push.message(this, text(channel), message);
        }
    }

    /** Whether it is a probe's channel: its name ends with this log's own. */
    private boolean isProbe(byte[] channel) {
        return text(channel).endsWith("}:probe:" + writer);
    }

    @Override
    public void subscribed(byte[] channel, long count) {
        push.subscribed(this, text(channel));
    }

    @Override
    public void unsubscribed(byte[] channel, long count) {
        push.unsubscribed(this, text(channel));
    }

    @Override
    public void smessage(byte[] channel, byte[] message) {
        message(channel, message);
    }

    @Override
    public void ssubscribed(byte[] channel, long count) {
        subscribed(channel, count);
    }

    @Override
    public void sunsubscribed(byte[] channel, long count) {
        unsubscribed(channel, count);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
