package io.eventsgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsgateway.redis.CommandConnection.State;
import io.eventsgateway.redis.FakeTopology.FakeCommands;
import io.eventsgateway.redis.Problems.Need;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Goes through the table of {@link CommandConnection}: every event in every state. */
class CommandConnectionTest {

    private static final String READONLY = "READONLY You can't write against a read only replica.";

    /** What can happen to a connection. */
    private enum Happening {
        TICK,
        CONNECTED,
        FAILED,
        UNFIT,
        BROKEN_TICK,
        UNANSWERED_TICK,
        ANSWER_TO_RECONNECT,
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
                    State.DISCONNECTED,
                    State.CLOSED),
            State.CONNECTING,
            row(
                    State.CONNECTING,
                    State.CONNECTED,
                    State.DISCONNECTED,
                    State.DISCONNECTED,
                    State.CONNECTING,
                    State.CONNECTING,
                    State.CONNECTING,
                    State.CLOSED),
            State.CONNECTED,
            row(
                    State.CONNECTED,
                    State.CONNECTED,
                    State.CONNECTED,
                    State.CONNECTED,
                    State.CONNECTING,
                    State.DISCONNECTED,
                    State.DISCONNECTED,
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
                assertThat(rig.connection.isOpen()).isEqualTo(rig.connection.state() == State.CONNECTED);
                cells++;
            }
        }
        System.out.println("CommandConnection: " + cells + " of " + State.values().length * Happening.values().length
                + " cells visited");
    }

    @Test
    void closesWhatIsUnfitAndSaysWhy() {
        Rig rig = new Rig();
        rig.bringTo(State.CONNECTING);

        rig.have(Happening.UNFIT);

        assertThat(rig.made.open).isFalse();
        assertThat(rig.problems.first()).isEqualTo("unfit for a test");
    }

    @Test
    void namesWhatAServerLacksUntilOneIsFit() {
        Rig rig = new Rig();
        rig.bringTo(State.CONNECTING);
        rig.have(Happening.UNFIT);

        rig.connectAgain();
        rig.have(Happening.FAILED);
        assertThat(rig.problems.first()).isEqualTo("unfit for a test; since then: refused by a test");

        rig.connectAgain();
        rig.found = Fitness.FIT;
        rig.have(Happening.CONNECTED);
        assertThat(rig.problems.first()).isEmpty();
    }

    @Test
    void namesTheRightThatACommandLackedUntilAServerIsFit() {
        Rig rig = new Rig();
        rig.bringTo(State.CONNECTED);
        rig.connection.run(redis -> CompletableFuture.failedStage(
                new RedisCommandExecutionException("NOPERM this user has no permissions to run the 'hset' command")));

        rig.connectAgain();
        rig.have(Happening.FAILED);

        assertThat(rig.problems.first())
                .startsWith("the Redis user needs +hset")
                .endsWith("since then: refused by a test");
    }

    @Test
    void doesNotTakeAServerThatDidNotAnswerForOneThatWorks() {
        Rig rig = new Rig();
        rig.bringTo(State.CONNECTING);
        rig.found = Fitness.unknown("one did not answer");

        rig.have(Happening.CONNECTED);

        assertThat(rig.connection.isOpen()).isTrue();
        assertThat(rig.problems.has(Need.WRITING)).isTrue();
        assertThat(rig.problems.first()).isEqualTo("one did not answer");
    }

    @Test
    void closesAConnectionThatComesTooLate() {
        Rig rig = new Rig();
        rig.bringTo(State.CONNECTING);
        rig.connection.close();

        rig.have(Happening.CONNECTED);

        assertThat(rig.made.open).isFalse();
        assertThat(rig.connection.isOpen()).isFalse();
    }

    @Test
    void connectsAgainAfterAPause() {
        Rig rig = new Rig();
        rig.bringTo(State.CONNECTING);
        rig.have(Happening.FAILED);

        rig.topology.passMillis(499);
        assertThat(rig.connection.tick()).isFalse();
        assertThat(rig.connection.state()).isEqualTo(State.DISCONNECTED);

        rig.topology.passMillis(1);
        rig.connection.tick();
        assertThat(rig.connection.state()).isEqualTo(State.CONNECTING);
    }

    @Test
    void waitsAlsoAfterAConnectionThatBrokeAtOnce() {
        Rig rig = new Rig();
        rig.bringTo(State.CONNECTING);
        rig.have(Happening.CONNECTED);

        rig.have(Happening.BROKEN_TICK);
        assertThat(rig.connection.state()).isEqualTo(State.DISCONNECTED);

        rig.topology.passMillis(500);
        rig.connection.tick();
        assertThat(rig.connection.state()).isEqualTo(State.CONNECTING);
    }

    @Test
    void replacesNoConnectionBecauseOfAnAnswerThatAnEarlierOneGave() {
        Rig rig = new Rig();
        rig.bringTo(State.CONNECTED);
        CompletableFuture<String> late = new CompletableFuture<>();
        CompletionStage<String> command = rig.connection.change(redis -> late);
        rig.have(Happening.BROKEN_TICK);
        rig.made = new FakeCommands();
        rig.have(Happening.CONNECTED);

        late.completeExceptionally(new RedisCommandExecutionException(READONLY));

        assertThat(command.toCompletableFuture()).isCompletedExceptionally();
        assertThat(rig.connection.isOpen()).isTrue();
        assertThat(rig.problems.first()).isEmpty();
    }

    @Test
    void staysWhileItIsAnswered() {
        Rig rig = new Rig();
        rig.bringTo(State.CONNECTED);

        for (int second = 0; second < 10; second += 4) {
            rig.topology.passMillis(4000);
            assertThat(rig.connection.run(redis -> CompletableFuture.completedStage("a")))
                    .isCompleted();
            assertThat(rig.connection.tick()).isTrue();
        }
    }

    @Test
    void failsWhatThrowsAndWhatHasNoConnection() {
        Rig rig = new Rig();
        assertThatThrownBy(() -> rig.connection
                        .run(redis -> CompletableFuture.completedStage("a"))
                        .toCompletableFuture()
                        .join())
                .hasRootCauseInstanceOf(RedisConnectionException.class)
                .hasRootCauseMessage("no answer yet");

        rig.bringTo(State.CONNECTED);
        assertThatThrownBy(() -> rig.connection
                        .change(redis -> {
                            throw new IllegalArgumentException("thrown by a test");
                        })
                        .toCompletableFuture()
                        .join())
                .hasRootCauseInstanceOf(IllegalArgumentException.class);

        assertThat(rig.connection.isOpen()).isTrue();
        assertThat(rig.problems.first()).isEmpty();
    }

    @Test
    void reportsWhetherANeedIsMet() {
        Rig rig = new Rig();
        rig.bringTo(State.CONNECTED);

        rig.connection.change(redis -> CompletableFuture.failedStage(new RedisCommandExecutionException("OOM full")));
        assertThat(rig.problems.has(Need.CHANGING)).isTrue();

        rig.connection.change(redis -> CompletableFuture.completedStage("a"));
        assertThat(rig.problems.first()).isEmpty();
    }

    @Test
    void replacesAConnectionWhoseServerIsFoundUnfitLater() {
        Rig rig = new Rig();
        rig.bringTo(State.CONNECTED);
        rig.connection.recheck(redis -> CompletableFuture.completedStage(""));
        assertThat(rig.connection.isOpen()).isTrue();

        rig.connection.recheck(redis -> CompletableFuture.completedStage("of another format"));

        assertThat(rig.connection.state()).isEqualTo(State.DISCONNECTED);
        assertThat(rig.made.open).isFalse();
        assertThat(rig.problems.first()).isEqualTo("of another format");
    }

    /** A connection among stand-ins. */
    private static final class Rig {
        private final FakeTopology topology = new FakeTopology();
        private final Problems problems = new Problems(topology::time);
        private Fitness found = Fitness.FIT;
        private final CommandConnection connection = new CommandConnection(
                topology,
                made -> CompletableFuture.completedStage(found),
                problems,
                new KeySpace("eg", 0),
                topology::time);
        private FakeCommands made = new FakeCommands();

        void bringTo(State state) {
            switch (state) {
                case DISCONNECTED -> {}
                case CONNECTING -> connection.tick();
                case CONNECTED -> {
                    connection.tick();
                    have(Happening.CONNECTED);
                    topology.passMillis(600);
                }
                case CLOSED -> {
                    bringTo(State.CONNECTED);
                    connection.close();
                }
            }
        }

        void connectAgain() {
            topology.passMillis(500);
            connection.tick();
            assertThat(connection.state()).isEqualTo(State.CONNECTING);
        }

        void have(Happening happening) {
            switch (happening) {
                case TICK -> connection.tick();
                case CONNECTED -> topology.connecting.forEach(each -> each.complete(made));
                case FAILED ->
                    topology.connecting.forEach(
                            each -> each.completeExceptionally(new RedisConnectionException("refused by a test")));
                case UNFIT -> {
                    found = Fitness.unfit("unfit for a test");
                    have(Happening.CONNECTED);
                }
                case BROKEN_TICK -> {
                    made.open = false;
                    connection.tick();
                }
                case UNANSWERED_TICK -> {
                    topology.passMillis(5001);
                    connection.tick();
                }
                case ANSWER_TO_RECONNECT ->
                    connection.run(
                            redis -> CompletableFuture.failedStage(new RedisCommandExecutionException(READONLY)));
                case CLOSE -> connection.close();
            }
        }
    }
}
