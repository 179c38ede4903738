package io.eventsgateway.redis;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection for pub/sub to one server. It works as long as it is heard: a probe is published to it at each tick, because a connection
 * may be dead without an error. One that stays silent is replaced. Any thread may call, except where a method says otherwise.
 *
 * <table>
 * <caption>States, and what becomes of them</caption>
 * <tr><th>state<th>tick<th>connected<th>failed<th>probe came<th>tick: silent 0.75 s<th>tick: silent 5 s<th>tick: broken<th>close
 * <tr><td>DISCONNECTED<td>CONNECTING, 0.5 s after a failure<td>–<td>–<td>–<td>–<td>–<td>–<td>CLOSED
 * <tr><td>CONNECTING<td>–<td>UNHEARD<td>DISCONNECTED<td>–<td>–<td>–<td>–<td>CLOSED
 * <tr><td>UNHEARD<td>probe<td>–<td>–<td>HEARD<td>probe<td>DISCONNECTED<td>CONNECTING<td>CLOSED
 * <tr><td>HEARD<td>probe<td>–<td>–<td>–<td>SILENT, probe<td>DISCONNECTED<td>CONNECTING<td>CLOSED
 * <tr><td>SILENT<td>probe<td>–<td>–<td>HEARD<td>probe<td>DISCONNECTED<td>CONNECTING<td>CLOSED
 * <tr><td>CLOSED<td>–<td>the new session is closed<td>–<td>–<td>–<td>–<td>–<td>–
 * </table>
 *
 * <p>A dash is an event that can't come in that state or changes nothing. A column's head says "silent" for so long without a probe, or
 * since the session was made. The way to DISCONNECTED, UNHEARD and HEARD is reported to the listener.
 */
final class PubSubConnection implements PubSubSession.Receiver {

    private static final Logger LOG = LoggerFactory.getLogger(PubSubConnection.class);

    /** Three probes have been missed. */
    static final long SILENT_NANOS = TimeUnit.MILLISECONDS.toNanos(750);

    static final long DEAD_NANOS = TimeUnit.SECONDS.toNanos(5);
    static final long CONNECT_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final String server;
    private final Topology topology;
    private final Probes probes;
    private final PubSubListener listener;
    private final LongSupplier time;
    private final PubSubProblem problem;

    // written under the lock
    private volatile State state = State.DISCONNECTED;
    private volatile long heardAt;
    private volatile long connectAt;

    /** There is one while UNHEARD, HEARD or SILENT. */
    private volatile @Nullable PubSubSession session;

    // owned by the clock's thread
    private int probed = -1;

    /** See the table above. */
    enum State {
        /** Without a session. */
        DISCONNECTED,
        /** A session is being made. */
        CONNECTING,
        /** With a session on which nothing was heard yet. */
        UNHEARD,
        /** What is published arrives. */
        HEARD,
        /** Nothing arrives any more. */
        SILENT,
        /** Its server publishes nothing for the log any more. */
        CLOSED
    }

    /**
     * Without a session; {@link #tick} makes it.
     *
     * @param server as {@link Topology} names it
     * @param time like {@link System#nanoTime}
     */
    PubSubConnection(String server, Topology topology, Probes probes, PubSubListener listener, LongSupplier time) {
        this.server = server;
        this.topology = topology;
        this.probes = probes;
        this.listener = listener;
        this.time = time;
        this.problem = new PubSubProblem(() -> topology.address() + "/" + server);
        this.heardAt = time.getAsLong();
        this.connectAt = heardAt;
    }

    State state() {
        return state;
    }

    /** Whether what is published arrives, as far as one can know. */
    boolean works() {
        return state == State.HEARD;
    }

    /** What is wrong with it, as far as is known. */
    PubSubProblem problem() {
        return problem;
    }

    /** For how many nanoseconds nothing was heard: since the last probe, or since the session or this was made; 0 while it works. */
    long silentNanos() {
        return works() ? 0 : time.getAsLong() - heardAt;
    }

    /**
     * Sees that there is a session and that it is heard, and probes it. The clock's thread.
     *
     * @param tag whose probes this server publishes
     * @return whether it is not heard any more, as of now
     */
    boolean tick(int tag) {
        PubSubSession current = session;
        if (current != null && !current.isOpen()) {
            leave(current);
            current = null;
        }
        if (current == null) {
            connect();
            return false;
        }
        long quiet = time.getAsLong() - heardAt;
        boolean fellSilent = quiet > SILENT_NANOS && fallSilent();
        if (fellSilent) {
            LOG.warn("Push is silent, queries take its place server={}/{}", topology.address(), server);
        }
        if (quiet > DEAD_NANOS && !works()) {
            problem.report("nothing arrives, connections are replaced");
            leave(current);
            return false;
        }
        if (probed != tag) {
            probed = tag;
            subscribe(List.of(probes.channel(tag)));
        }
        probes.publish(tag);
        return fellSilent;
    }

    private void connect() {
        synchronized (this) {
            if (state != State.DISCONNECTED || time.getAsLong() - connectAt < 0) {
                return;
            }
            state = State.CONNECTING;
        }
        try {
            Stages.attempt(() -> topology.connectPubSub(server))
                    .thenAccept(this::connected)
                    .whenComplete((done, failure) -> {
                        if (failure != null) {
                            failed(failure);
                        }
                    });
        } catch (Throwable fault) {
            // no memory to go on: the next tick tries again
            failed(fault);
            throw fault;
        }
    }

    private void connected(PubSubSession made) {
        made.receive(this);
        boolean closed;
        synchronized (this) {
            closed = state != State.CONNECTING;
            if (!closed) {
                heardAt = time.getAsLong();
                session = made;
                state = State.UNHEARD;
            }
        }
        if (closed) {
            made.close();
        } else {
            listener.connected(this);
        }
    }

    private void failed(Throwable failure) {
        synchronized (this) {
            if (state != State.CONNECTING) {
                return;
            }
            state = State.DISCONNECTED;
            connectAt = time.getAsLong() + CONNECT_AGAIN_NANOS;
        }
        problem.report(RedisProblem.of(failure).text(probes.space()));
    }

    private synchronized boolean fallSilent() {
        if (state != State.HEARD) {
            return false;
        }
        state = State.SILENT;
        return true;
    }

    private void leave(PubSubSession dead) {
        synchronized (this) {
            if (!dead.equals(session)) {
                return;
            }
            session = null;
            state = State.DISCONNECTED;
        }
        probed = -1;
        dead.close();
        listener.disconnected(this);
    }

    /** Subscribes to channels, which have one tag where channels are sharded; nothing happens where there is no session. */
    void subscribe(List<String> channels) {
        PubSubSession current = open();
        if (current == null) {
            return;
        }
        Stages.attempt(() -> current.subscribe(channels)).whenComplete((done, failure) -> {
            RedisProblem refused = failure == null ? null : RedisProblem.of(failure);
            if (refused == null) {
                problem.allowed();
            } else if (refused.kind() == RedisProblem.Kind.DENIED) {
                problem.denied(refused.text(probes.space()));
            } else {
                topology.refresh();
            }
        });
    }

    /** Ends a subscription; nothing happens where there is no session. */
    void unsubscribe(String channel) {
        PubSubSession current = open();
        if (current != null) {
            current.unsubscribe(channel);
        }
    }

    private @Nullable PubSubSession open() {
        PubSubSession current = session;
        return current == null || !current.isOpen() ? null : current;
    }

    /** For good; is not reported. */
    void close() {
        PubSubSession current;
        synchronized (this) {
            current = session;
            session = null;
            state = State.CLOSED;
        }
        if (current != null) {
            current.close();
        }
    }

    @Override
    public void message(String channel, byte[] message) {
        if (probes.isProbe(channel, message)) {
            hear();
        } else {
            listener.message(this, channel, message);
        }
    }

    private void hear() {
        boolean news;
        synchronized (this) {
            if (session == null) {
                return;
            }
            heardAt = time.getAsLong();
            news = state != State.HEARD;
            state = State.HEARD;
        }
        if (news) {
            problem.heard();
            listener.heard(this);
        }
    }

    @Override
    public void subscribed(String channel) {
        listener.subscribed(this, channel);
    }

    @Override
    public void unsubscribed(String channel) {
        listener.unsubscribed(this, channel);
    }
}
