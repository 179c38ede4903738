package io.eventsgateway.redis;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.pubsub.api.async.RedisPubSubAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
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

    /**
     * Where a link is. From APART to CONNECTED with each connection, from there to HEARD and, as often as probes do not come and come
     * again, to SILENT and back; to APART with the connection's end; from everywhere to CLOSED, for good.
     */
    private enum State {
        /** Without a connection; one is made as soon as it can be. */
        APART,

        /** With a connection on which nothing was heard yet. */
        CONNECTED,
        HEARD,
        SILENT,
        CLOSED
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.APART);
    private volatile @Nullable StatefulRedisPubSubConnection<byte[], byte[]> connection;
    private volatile long heardAt = System.nanoTime();
    private volatile long connectAt = System.nanoTime();
    private volatile String problem = "";
    private volatile String denied = "";
    private volatile int probed = -1;

    /** Owned by the clock's thread. */
    private @Nullable CompletionStage<?> connecting;

    PushLink(String server, KeySpace space, String writer, Servers servers, Push push) {
        this.server = server;
        this.space = space;
        this.writer = writer;
        this.servers = servers;
        this.push = push;
    }

    /** Whether what is subscribed here is pushed, as far as one can know. Any thread. */
    boolean works() {
        return state.get() == State.HEARD;
    }

    /** What was wrong last; empty since it was heard. Any thread. */
    String problem() {
        return problem;
    }

    /** What the user of Redis is not allowed; empty where nothing is known to be missing. Any thread. */
    String denied() {
        return denied;
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
    boolean tick(int tag, Connections connections) {
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
        long quiet = now - heardAt;
        boolean fellSilent = quiet > SILENT_NANOS && state.compareAndSet(State.HEARD, State.SILENT);
        if (fellSilent) {
            LOG.warn("Push is silent, queries take its place server={}", name());
        }
        if (quiet > DEAD_NANOS && state.get() != State.HEARD) {
            tell("nothing arrives, connections are replaced");
            drop(current);
            return false;
        }
        String name = space.probe(tag, writer);
        byte[] channel = Keys.bytes(name);
        if (probed != tag) {
            probed = tag;
            subscribe(List.of(name));
        }
        connections.run(redis -> servers.sharded() ? redis.spublish(channel, PROBE) : redis.publish(channel, PROBE));
        return fellSilent;
    }

    private void connect(long now) {
        if (Stages.isUnderWay(connecting) || now - connectAt < 0) {
            return;
        }
        connecting = Stages.attempt(() -> servers.connectPush(server))
                .thenAccept(this::connected)
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        tell(RedisProblem.of(failure).text(space));
                        connectAt = System.nanoTime() + AGAIN_NANOS;
                    }
                });
    }

    private void connected(StatefulRedisPubSubConnection<byte[], byte[]> made) {
        made.addListener(this);
        heardAt = System.nanoTime();
        probed = -1;
        connection = made;
        if (state.compareAndSet(State.APART, State.CONNECTED)) {
            push.connected();
        } else {
            made.closeAsync();
        }
    }

    /** Logs what is wrong, once as long as it is the same and nothing is heard. */
    private void tell(String cause) {
        String why = denied.isEmpty() ? cause : denied;
        if (!why.equals(problem)) {
            problem = why;
            LOG.warn("Push does not work, queries take its place server={} cause=\"{}\"", name(), why);
        }
    }

    private void drop(StatefulRedisPubSubConnection<byte[], byte[]> dead) {
        connection = null;
        state.updateAndGet(now -> now == State.CLOSED ? now : State.APART);
        dead.removeListener(this);
        dead.closeAsync();
        push.disconnected(this);
    }

    /** Asks to be pushed; nothing when there is no connection. All channels of one tag where channels are sharded. Any thread. */
    void subscribe(List<String> channels) {
        RedisPubSubAsyncCommands<byte[], byte[]> async = async();
        if (async == null) {
            return;
        }
        byte[][] names = channels.stream().map(Keys::bytes).toArray(byte[][]::new);
        Stages.attempt(() -> servers.sharded() ? async.ssubscribe(names) : async.subscribe(names))
                .whenComplete((done, failure) -> {
                    if (failure == null) {
                        denied = "";
                        return;
                    }
                    RedisProblem refused = RedisProblem.of(failure);
                    if (refused.kind() == RedisProblem.Kind.DENIED) {
                        denied = refused.text(space);
                        tell(denied);
                    } else {
                        servers.refresh();
                    }
                });
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
        state.set(State.CLOSED);
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
            if (state.compareAndSet(State.CONNECTED, State.HEARD) || state.compareAndSet(State.SILENT, State.HEARD)) {
                problem = "";
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
