package io.eventsgateway.redis;

import io.eventsgateway.redis.Problems.Need;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection of a log for commands: made as soon as a server can be reached, checked, and replaced when it fails. Any thread may call,
 * except where a method says otherwise; nothing blocks.
 *
 * <table>
 * <caption>States, and what becomes of them</caption>
 * <tr><th>state<th>tick<th>connected<th>failed<th>tick: broken<th>tick: no answer for 5 s<th>answer to reconnect<th>close
 * <tr><td>DISCONNECTED<td>CONNECTING, 0.5 s after the last attempt<td>–<td>–<td>–<td>–<td>–<td>CLOSED
 * <tr><td>CONNECTING<td>–<td>CONNECTED<td>DISCONNECTED<td>–<td>–<td>–<td>CLOSED
 * <tr><td>CONNECTED<td>ping<td>–<td>–<td>CONNECTING, or DISCONNECTED within 0.5 s<td>DISCONNECTED<td>DISCONNECTED<td>CLOSED
 * <tr><td>CLOSED<td>–<td>the new connection is closed<td>–<td>–<td>–<td>–<td>–
 * </table>
 *
 * <p>A dash is an event that can't come in that state or changes nothing. A connection that does not pass its check has failed. Answers to
 * reconnect are those of {@link RedisProblem#isToReconnect}.
 */
final class CommandConnection implements CommandRunner {

    private static final Logger LOG = LoggerFactory.getLogger(CommandConnection.class);
    private static final long CONNECT_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long DEAD_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Topology topology;
    private final Function<Commands, CompletionStage<Fitness>> check;
    private final Problems problems;
    private final KeySpace space;
    private final LongSupplier time;
    private volatile String warning = "";

    // written under the lock
    private volatile State state = State.DISCONNECTED;
    private volatile long connectAt;

    /** There is one while CONNECTED. */
    private volatile @Nullable Session session;

    // owned by the lock
    /** For what reason a server's last answer left the log without a connection; empty since one passed the check. */
    private String answer = "";

    /** See the table above. */
    enum State {
        /** Without a connection. */
        DISCONNECTED,
        /** One is made or checked. */
        CONNECTING,
        /** There is one; whether it is broken is seen at the next tick. */
        CONNECTED,
        /** The log was closed. */
        CLOSED
    }

    /**
     * Without a connection; {@link #tick} makes it.
     *
     * @param check what is wrong with a new connection's servers; fails where none answers
     * @param problems learns what the log does not get
     * @param space for texts
     * @param time like {@link System#nanoTime}
     */
    CommandConnection(
            Topology topology,
            Function<Commands, CompletionStage<Fitness>> check,
            Problems problems,
            KeySpace space,
            LongSupplier time) {
        this.topology = topology;
        this.check = check;
        this.problems = problems;
        this.space = space;
        this.time = time;
        this.connectAt = time.getAsLong();
        problems.failed(Need.CONNECTION, "no answer yet");
    }

    State state() {
        return state;
    }

    /** Whether there is a connection that is not broken. */
    boolean isOpen() {
        return open() != null;
    }

    /** What may go wrong with the server; empty where nothing is known to. */
    String warning() {
        return warning;
    }

    /**
     * Sees that there is a connection and that it answers. The clock's thread.
     *
     * @return whether there is one to work with
     */
    boolean tick() {
        Session current = session;
        if (current != null && !current.commands.isOpen()) {
            leave(current);
            current = null;
        }
        if (current == null) {
            connect();
            return false;
        }
        if (time.getAsLong() - current.answeredAt > DEAD_NANOS) {
            LOG.warn("Redis does not answer, connection replaced server=\"{}\"", topology.address());
            replace(current, "does not answer", false);
            return false;
        }
        current.run(redis -> redis.ping());
        return true;
    }

    private void connect() {
        synchronized (this) {
            if (state != State.DISCONNECTED || time.getAsLong() - connectAt < 0) {
                return;
            }
            state = State.CONNECTING;
        }
        try {
            Stages.attempt(topology::connect).thenCompose(this::checked).whenComplete((done, failure) -> {
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

    private CompletionStage<?> checked(Commands made) {
        return Stages.attempt(() -> check.apply(made))
                .thenAccept(found -> {
                    if (found.problem().isEmpty()) {
                        connected(made, found.unknown());
                    } else {
                        made.close();
                        giveUp(found.problem(), true);
                    }
                })
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        made.close();
                    }
                });
    }

    /** @param unknown why nothing is known of some servers; empty where all have answered */
    private void connected(Commands made, String unknown) {
        ServerInfo info = made.info();
        Session fresh = new Session(made);
        warning = info.evicts()
                ? "maxmemory-policy " + info.policy() + " lets Redis drop events; it should be noeviction"
                : "";
        synchronized (this) {
            if (state != State.CONNECTING) {
                throw new RedisConnectionException("closed meanwhile");
            }
            for (Need need : Need.values()) {
                problems.works(need);
            }
            if (!unknown.isEmpty()) {
                problems.failed(Need.WRITING, unknown);
            }
            answer = "";
            connectAt = time.getAsLong() + CONNECT_AGAIN_NANOS;
            session = fresh;
            state = State.CONNECTED;
        }
        if (info.evicts()) {
            LOG.warn("Redis may drop events server=\"{}\" maxmemory-policy={}", topology.address(), info.policy());
        }
    }

    private void failed(Throwable failure) {
        RedisProblem problem = RedisProblem.of(failure);
        giveUp(problem.text(space), problem.isAnswer());
    }

    /** Ends an attempt to connect. */
    private synchronized void giveUp(String why, boolean isAnswer) {
        if (state == State.CONNECTING) {
            state = State.DISCONNECTED;
            connectAt = time.getAsLong() + CONNECT_AGAIN_NANOS;
            report(why, isAnswer);
        }
    }

    /** Reports why there is no connection. That no server answers any more does not end what one answered before. Under the lock. */
    private void report(String why, boolean isAnswer) {
        answer = isAnswer ? why : answer;
        problems.failed(Need.CONNECTION, isAnswer || answer.isEmpty() ? why : answer + "; since then: " + why);
    }

    /** Leaves a connection, unless that was done before. */
    private synchronized boolean leave(Session dead) {
        if (session != dead) {
            return false;
        }
        session = null;
        state = State.DISCONNECTED;
        return true;
    }

    private void replace(Session dead, String why, boolean isAnswer) {
        synchronized (this) {
            if (!leave(dead)) {
                return;
            }
            report(why, isAnswer);
        }
        dead.commands.close();
    }

    @Override
    public <T> CompletionStage<T> run(Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> command) {
        Session to = open();
        return to == null ? notConnected() : to.run(command);
    }

    /** Runs a command that changes something; whether that can be done is what {@link Problems} reports. */
    <T> CompletionStage<T> change(Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> command) {
        return meet(Need.CHANGING, to -> to.run(command)).whenComplete((reply, failure) -> {
            if (failure == null && !topology.routesCommands()) {
                // the one server takes changes
                problems.works(Need.WRITING);
            }
        });
    }

    /**
     * Does something that meets a need, on one connection: that it was done or failed is what {@link Problems} reports. What a connection
     * that was replaced meanwhile did or did not do says nothing about the one that there is now.
     */
    <T> CompletionStage<T> meet(Need need, Function<CommandRunner, CompletionStage<T>> work) {
        Session to = open();
        if (to == null) {
            return notConnected();
        }
        return work.apply(to).whenComplete((done, failure) -> {
            RedisProblem problem = failure == null ? null : RedisProblem.of(failure);
            if (to == session && problem == null) {
                problems.works(need);
            } else if (problem != null && problem.isOfTheServer()) {
                failed(to, need, problem);
            }
        });
    }

    private synchronized void failed(Session to, Need need, RedisProblem problem) {
        if (to == session) {
            problems.failed(need, problem.text(space));
        }
    }

    /** Asks the server what is wrong with it, and replaces the connection where the answer is not empty. */
    CompletionStage<?> recheck(Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<String>> question) {
        Session to = open();
        if (to == null) {
            return notConnected();
        }
        return to.run(question).thenAccept(problem -> {
            if (!problem.isEmpty()) {
                replace(to, problem, true);
            }
        });
    }

    private <T> CompletionStage<T> notConnected() {
        String problem = problems.first();
        return CompletableFuture.failedStage(
                new RedisConnectionException(problem.isEmpty() ? "connection lost" : problem));
    }

    private @Nullable Session open() {
        Session current = session;
        return current != null && current.commands.isOpen() ? current : null;
    }

    /** Makes no connection any more; the one that there is ends with its topology. */
    synchronized void close() {
        session = null;
        state = State.CLOSED;
    }

    /** A connection from when it passed its check until it is replaced. */
    private final class Session implements CommandRunner {

        private final Commands commands;
        private volatile long answeredAt = time.getAsLong();

        Session(Commands commands) {
            this.commands = commands;
        }

        @Override
        public <T> CompletionStage<T> run(
                Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> command) {
            return Stages.attempt(() -> command.apply(commands.async())).whenComplete((reply, failure) -> {
                RedisProblem problem = failure == null ? null : RedisProblem.of(failure);
                if (problem == null || problem.isAnswer()) {
                    answeredAt = time.getAsLong();
                }
                if (problem != null && problem.isToReconnect()) {
                    replace(this, problem.text(space), true);
                }
            });
        }
    }
}
