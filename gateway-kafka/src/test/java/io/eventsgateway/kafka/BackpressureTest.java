package io.eventsgateway.kafka;

import static io.eventsgateway.kafka.FeedRig.ONE;
import static io.eventsgateway.kafka.FeedRig.TOPIC;
import static io.eventsgateway.kafka.FeedRig.TWO;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.eventsgateway.kafka.Backpressure.State;
import io.eventsgateway.topic.Feed;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Goes through the table of {@link Backpressure}: every event in every state. */
class BackpressureTest {

    private static final String PAUSED = "Consumption paused feed=task-message at=t-1@5 cause=\"away\"";

    /** What can happen while records are on their way. */
    private enum Happening {
        IN_TIME,
        SLOW,
        POLL_DUE,
        POLL_NOT_DUE,
        FAILURE,
        ASSIGNED,
        RELEASE
    }

    /** What becomes of each state, in the order of {@link Happening}. */
    private static final Map<State, List<State>> TABLE = new EnumMap<>(Map.of(
            State.FLOWING,
            List.of(
                    State.FLOWING,
                    State.HOLDING,
                    State.HOLDING,
                    State.FLOWING,
                    State.FAILING,
                    State.FLOWING,
                    State.FLOWING),
            State.HOLDING,
            List.of(
                    State.HOLDING,
                    State.HOLDING,
                    State.HOLDING,
                    State.HOLDING,
                    State.FAILING,
                    State.HOLDING,
                    State.FLOWING),
            State.FAILING,
            List.of(
                    State.FAILING,
                    State.FAILING,
                    State.FAILING,
                    State.FAILING,
                    State.FAILING,
                    State.FAILING,
                    State.FLOWING)));

    @Test
    void doesInEveryStateWhatItsTableSays() throws ExecutionException {
        int cells = 0;
        for (State state : State.values()) {
            for (Happening happening : Happening.values()) {
                Rig rig = new Rig();
                rig.bringTo(state);
                assertThat(rig.backpressure.state()).as("brought to").isEqualTo(state);

                rig.have(happening);

                State next = TABLE.get(state).get(happening.ordinal());
                assertThat(rig.backpressure.state())
                        .as("%s, %s", state, happening)
                        .isEqualTo(next);
                assertThat(rig.consumer.paused())
                        .as("%s, %s: paused", state, happening)
                        .isEqualTo(next == State.FLOWING ? Set.of() : rig.consumer.assignment());
                assertThat(rig.backpressure.paused().isEmpty())
                        .as("%s, %s: not paused", state, happening)
                        .isEqualTo(next != State.FAILING);
                cells++;
            }
        }
        System.out.println("Backpressure: " + cells + " of " + State.values().length * Happening.values().length
                + " cells visited");
    }

    @Test
    void logsAFailureOnceAndThenOnceAMinute() {
        Rig rig = new Rig();
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(Backpressure.class);
        Level before = logger.getLevel();
        logger.setLevel(Level.INFO);
        lines.start();
        logger.addAppender(lines);
        try {
            rig.fail();
            rig.fail();
            assertThat(lines.list).hasSize(1);

            rig.now += Duration.ofSeconds(61).toNanos();
            rig.fail();
            assertThat(lines.list).hasSize(2);

            rig.backpressure.release();
            rig.backpressure.release();
            rig.fail();
            assertThat(lines.list).hasSize(4);
        } finally {
            logger.detachAppender(lines);
            logger.setLevel(before);
        }
        assertThat(lines.list.stream().map(ILoggingEvent::getFormattedMessage))
                .containsExactly(PAUSED, PAUSED, "Consumption goes on feed=task-message after=61.2s", PAUSED);
    }

    @Test
    void distinguishesWhatKafkaHoldsUpFromWhatTheLogDoes() {
        Rig rig = new Rig();

        rig.backpressure.fail("t-1@5", new ExecutionException(new IllegalStateException("away")), 0);
        assertThat(rig.backpressure.paused()).isEqualTo("paused at t-1@5: away");
        assertThat(rig.backpressure.problem()).isEmpty();

        rig.backpressure.fail("t-1@5", new CompletionException(new TopicAuthorizationException("letters")), 0);
        assertThat(rig.backpressure.paused()).isEmpty();
        assertThat(rig.backpressure.problem()).isEqualTo("paused at t-1@5: letters");

        rig.backpressure.release();
        assertThat(rig.backpressure.problem()).isEmpty();
    }

    @Test
    void pollsUntilThePauseAfterAFailureIsOverAndCommitsMeanwhile() {
        Rig rig = new Rig();

        rig.backpressure.fail("t-1@5", new IllegalStateException("away"), 100);

        assertThat(rig.commits).as("of 60 ms each").isEqualTo(2);
    }

    /** A consumer with a partition; each commit takes 60 ms of a time that nothing else takes any of. */
    private static final class Rig {

        private final FeedRig.GroupConsumer consumer = new FeedRig.GroupConsumer();
        private final Backpressure backpressure =
                new Backpressure(Feed.TASK_MESSAGE, consumer, this::commit, () -> this.now);
        private CompletableFuture<Void> stage = CompletableFuture.completedFuture(null);
        private long now = Long.MAX_VALUE;
        private int commits;

        Rig() {
            consumer.subscribe(List.of(TOPIC));
            consumer.rebalance(List.of(ONE));
            backpressure.polled();
        }

        private void commit() {
            commits++;
            now += Duration.ofMillis(60).toNanos();
            stage.complete(null);
        }

        void fail() {
            backpressure.fail("t-1@5", new IllegalStateException("away"), 0);
        }

        void bringTo(State state) throws ExecutionException {
            switch (state) {
                case FLOWING -> {}
                case HOLDING -> have(Happening.SLOW);
                case FAILING -> fail();
            }
        }

        void have(Happening happening) throws ExecutionException {
            switch (happening) {
                case IN_TIME -> backpressure.await(CompletableFuture.completedFuture(null));
                case SLOW -> {
                    stage = new CompletableFuture<>();
                    backpressure.await(stage);
                }
                case POLL_DUE -> {
                    now += Duration.ofSeconds(2).toNanos();
                    backpressure.stayInGroup();
                }
                case POLL_NOT_DUE -> backpressure.stayInGroup();
                case FAILURE -> fail();
                case ASSIGNED -> {
                    consumer.rebalance(List.of(ONE, TWO));
                    backpressure.assigned(List.of(TWO));
                }
                case RELEASE -> backpressure.release();
            }
        }
    }
}
