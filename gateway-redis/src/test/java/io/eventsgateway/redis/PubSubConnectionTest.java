package io.eventsgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.redis.FakeTopology.FakeSession;
import io.eventsgateway.redis.PubSubConnection.State;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Goes through the table of {@link PubSubConnection}: every event in every state. */
class PubSubConnectionTest {

    private static final KeySpace SPACE = new KeySpace("eg", 0);

    /** What can happen to a connection. */
    private enum Happening {
        TICK,
        CONNECTED,
        FAILED,
        PROBE,
        SILENT_TICK,
        DEAD_TICK,
        BROKEN_TICK,
        CLOSE
    }

    /** What becomes of each state, in the order of {@link Happening}. */
    private static final Map<State, State[]> TABLE = new EnumMap<>(Map.of(
            State.DISCONNECTED,
            row(
                    State.CONNECTING,
                    State.DISCONNECTED,
                    State.DISCONNECTED,
                    State.DISCONNECTED,
                    State.CONNECTING,
                    State.CONNECTING,
                    State.CONNECTING,
                    State.CLOSED),
            State.CONNECTING,
            row(
                    State.CONNECTING,
                    State.UNHEARD,
                    State.DISCONNECTED,
                    State.CONNECTING,
                    State.CONNECTING,
                    State.CONNECTING,
                    State.CONNECTING,
                    State.CLOSED),
            State.UNHEARD,
            row(
                    State.UNHEARD,
                    State.UNHEARD,
                    State.UNHEARD,
                    State.HEARD,
                    State.UNHEARD,
                    State.DISCONNECTED,
                    State.CONNECTING,
                    State.CLOSED),
            State.HEARD,
            row(
                    State.HEARD,
                    State.HEARD,
                    State.HEARD,
                    State.HEARD,
                    State.SILENT,
                    State.DISCONNECTED,
                    State.CONNECTING,
                    State.CLOSED),
            State.SILENT,
            row(
                    State.SILENT,
                    State.SILENT,
                    State.SILENT,
                    State.HEARD,
                    State.SILENT,
                    State.DISCONNECTED,
                    State.CONNECTING,
                    State.CLOSED),
            State.CLOSED,
            row(
                    State.CLOSED,
                    State.CLOSED,
                    State.CLOSED,
                    State.CLOSED,
                    State.CLOSED,
                    State.CLOSED,
                    State.CLOSED,
                    State.CLOSED)));

    private static State[] row(State... next) {
        return next;
    }

    @Test
    void doesInEveryStateWhatItsTableSays() {
        int cells = 0;
        for (State state : State.values()) {
            for (Happening happening : Happening.values()) {
                Rig rig = new Rig();
                rig.bringTo(state);
                assertThat(rig.connection.state()).as("brought to").isEqualTo(state);

                rig.have(happening);

                assertThat(rig.connection.state())
                        .as("%s, %s", state, happening)
                        .isEqualTo(TABLE.get(state)[happening.ordinal()]);
                cells++;
            }
        }
        System.out.println("PubSubConnection: " + cells + " of " + State.values().length * Happening.values().length
                + " cells visited");
    }

    @Test
    void reportsItsWayToItsListener() {
        Rig rig = new Rig();

        rig.bringTo(State.SILENT);
        rig.probe();
        rig.have(Happening.DEAD_TICK);

        assertThat(rig.reported).containsExactly("connected", "heard", "heard", "disconnected");
        assertThat(rig.session.open).isFalse();
    }

    @Test
    void saysOnceThatItFellSilent() {
        Rig rig = new Rig();
        rig.bringTo(State.HEARD);
        rig.topology.pass(PubSubConnection.SILENT_NANOS + 1);

        assertThat(rig.connection.tick(3)).isTrue();
        assertThat(rig.connection.tick(3)).isFalse();
        assertThat(rig.connection.silentNanos()).isEqualTo(PubSubConnection.SILENT_NANOS + 1);
    }

    @Test
    void connectsAgainAfterAPause() {
        Rig rig = new Rig();
        rig.bringTo(State.CONNECTING);
        rig.have(Happening.FAILED);

        rig.connection.tick(3);
        assertThat(rig.connection.state()).isEqualTo(State.DISCONNECTED);
        assertThat(rig.connection.problem().last()).isEqualTo("refused by a test");

        rig.topology.pass(PubSubConnection.CONNECT_AGAIN_NANOS);
        rig.connection.tick(3);
        assertThat(rig.connection.state()).isEqualTo(State.CONNECTING);
    }

    @Test
    void closesASessionThatComesTooLate() {
        Rig rig = new Rig();
        rig.bringTo(State.CONNECTING);
        rig.connection.close();

        rig.have(Happening.CONNECTED);

        assertThat(rig.session.open).isFalse();
        assertThat(rig.reported).isEmpty();
    }

    @Test
    void subscribesToItsProbesOnEachSessionAndPublishesThemAtEachTick() {
        Rig rig = new Rig();
        rig.bringTo(State.UNHEARD);
        rig.connection.tick(3);
        rig.connection.tick(3);

        assertThat(rig.session.subscribed).containsExactly(SPACE.probe(3, "w"));
        assertThat(rig.published).isEqualTo(2);

        rig.session.open = false;
        rig.connection.tick(3);
        rig.session = new FakeSession();
        rig.have(Happening.CONNECTED);
        rig.connection.tick(3);
        assertThat(rig.session.subscribed).containsExactly(SPACE.probe(3, "w"));
    }

    @Test
    void subscribesToNothingWithoutASession() {
        Rig rig = new Rig();
        rig.connection.subscribe(List.of("a"));
        rig.bringTo(State.HEARD);
        rig.session.open = false;

        rig.connection.subscribe(List.of("b"));
        rig.connection.unsubscribe("b");

        assertThat(rig.session.subscribed).doesNotContain("a", "b");
        assertThat(rig.session.unsubscribed).isEmpty();
    }

    @Test
    void remembersWhatTheUserIsNotAllowedUntilItIs() {
        Rig rig = new Rig();
        rig.bringTo(State.HEARD);
        rig.session.answer = CompletableFuture.failedStage(new RedisCommandExecutionException(
                "NOPERM this user has no permissions to access one of the channels"));
        rig.connection.subscribe(List.of("a"));
        assertThat(rig.connection.problem().denied()).startsWith("the Redis user needs &eg:*");

        rig.session.answer = CompletableFuture.completedStage(null);
        rig.connection.subscribe(List.of("a"));

        assertThat(rig.connection.problem().denied()).isEmpty();
        assertThat(rig.topology.refreshes).isZero();
    }

    @Test
    void asksWhereTheServersAreWhenASubscriptionIsRefused() {
        Rig rig = new Rig();
        rig.bringTo(State.HEARD);
        rig.session.answer = CompletableFuture.failedStage(new RedisCommandExecutionException("MOVED 1 127.0.0.1:1"));

        rig.connection.subscribe(List.of("a"));

        assertThat(rig.topology.refreshes).isEqualTo(1);
    }

    /** A connection among stand-ins. */
    private static final class Rig implements PubSubListener, CommandRunner {
        private final FakeTopology topology = new FakeTopology();
        private final List<String> reported = new ArrayList<>();
        private final PubSubConnection connection =
                new PubSubConnection("one", topology, new Probes(SPACE, "w", topology, this), this, topology::time);
        private FakeSession session = new FakeSession();
        private int published;

        void bringTo(State state) {
            switch (state) {
                case DISCONNECTED -> {}
                case CONNECTING -> connection.tick(3);
                case UNHEARD -> {
                    connection.tick(3);
                    have(Happening.CONNECTED);
                }
                case HEARD -> {
                    bringTo(State.UNHEARD);
                    probe();
                }
                case SILENT -> {
                    bringTo(State.HEARD);
                    have(Happening.SILENT_TICK);
                }
                case CLOSED -> {
                    bringTo(State.HEARD);
                    connection.close();
                }
            }
        }

        void have(Happening happening) {
            switch (happening) {
                case TICK -> connection.tick(3);
                case CONNECTED -> topology.connectingPubSub.forEach(each -> each.complete(session));
                case FAILED ->
                    topology.connectingPubSub.forEach(
                            each -> each.completeExceptionally(new RedisConnectionException("refused by a test")));
                case PROBE -> probe();
                case SILENT_TICK -> {
                    topology.pass(PubSubConnection.SILENT_NANOS + 1);
                    connection.tick(3);
                }
                case DEAD_TICK -> {
                    topology.pass(PubSubConnection.DEAD_NANOS + 1);
                    connection.tick(3);
                }
                case BROKEN_TICK -> {
                    session.open = false;
                    connection.tick(3);
                }
                case CLOSE -> connection.close();
            }
        }

        void probe() {
            connection.message(SPACE.probe(3, "w"), "probe".getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public <T> CompletionStage<T> run(
                Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> command) {
            published++;
            return new CompletableFuture<>();
        }

        @Override
        public void connected(PubSubConnection by) {
            reported.add("connected");
        }

        @Override
        public void disconnected(PubSubConnection by) {
            reported.add("disconnected");
        }

        @Override
        public void heard(PubSubConnection by) {
            reported.add("heard");
        }

        @Override
        public void subscribed(PubSubConnection by, String channel) {
            reported.add("subscribed");
        }

        @Override
        public void unsubscribed(PubSubConnection by, String channel) {
            reported.add("unsubscribed");
        }

        @Override
        public void message(PubSubConnection by, String channel, byte[] message) {
            reported.add("message");
        }
    }
}
