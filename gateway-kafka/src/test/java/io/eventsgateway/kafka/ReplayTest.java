package io.eventsgateway.kafka;

import static io.eventsgateway.kafka.FeedRig.ONE;
import static io.eventsgateway.kafka.FeedRig.TOPIC;
import static io.eventsgateway.kafka.FeedRig.TWO;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Source;
import io.eventsgateway.kafka.Replay.State;
import io.eventsgateway.route.InboundRecord;
import io.eventsgateway.topic.Feed;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;

/** Goes through the table of {@link Replay}: every event in every state. */
class ReplayTest {

    /** What can happen to a log, or to what is read into it. */
    private enum Happening {
        LOSS,
        GOING_BACK,
        TAKING_OVER_WHAT_THE_LOG_HAS,
        TAKING_OVER_WHAT_IT_LACKS,
        RECREATION
    }

    /** What becomes of a state, and which offset is read next where 10 was. */
    private record Outcome(State state, long next) {}

    /** What becomes of each state, in the order of {@link Happening}. */
    private static final Map<State, List<Outcome>> TABLE = new EnumMap<>(Map.of(
            State.IN_STEP,
            List.of(
                    new Outcome(State.BEHIND, 10),
                    new Outcome(State.IN_STEP, 7),
                    new Outcome(State.IN_STEP, 10),
                    new Outcome(State.IN_STEP, 3),
                    new Outcome(State.IN_STEP, 0)),
            State.BEHIND,
            List.of(
                    new Outcome(State.BEHIND, 10),
                    new Outcome(State.IN_STEP, 7),
                    new Outcome(State.BEHIND, 10),
                    new Outcome(State.BEHIND, 3),
                    new Outcome(State.BEHIND, 0))));

    @Test
    void doesInEveryStateWhatItsTableSays() {
        int cells = 0;
        for (State state : State.values()) {
            for (Happening happening : Happening.values()) {
                Rig rig = new Rig();
                rig.bringTo(state);
                assertThat(rig.replay.state()).as("brought to").isEqualTo(state);

                rig.have(happening);

                Outcome outcome = new Outcome(rig.replay.state(), rig.consumer.position(ONE));
                assertThat(outcome)
                        .as("%s, %s", state, happening)
                        .isEqualTo(TABLE.get(state).get(happening.ordinal()));
                cells++;
            }
        }
        System.out.println(
                "Replay: " + cells + " of " + State.values().length * Happening.values().length + " cells visited");
    }

    @Test
    void goesBackToTheFirstRecordThatIsNotAcknowledgedWhereNothingWasAppendedLately() {
        Rig rig = new Rig();
        rig.tracker.forget(List.of(ONE));

        rig.replay.goBack(List.of(record(9), record(8)));

        assertThat(rig.consumer.position(ONE)).isEqualTo(8);
    }

    @Test
    void leavesPartitionsThatAreAnothersAlone() {
        Rig rig = new Rig();
        rig.assignment.remove(List.of(ONE));

        rig.replay.goBack(List.of(record(9)));

        assertThat(rig.consumer.position(ONE)).isEqualTo(10);
    }

    @Test
    void doesNotReadAgainWhatIsOlderThanTheRetention() {
        Rig rig = new Rig();
        Instant old = Instant.now().minus(rig.feed.options.retention()).minusSeconds(1);

        rig.takeOver(new Handover(old, "id", 3, "lost"));

        assertThat(rig.consumer.position(ONE)).isEqualTo(10);
    }

    @Test
    void noticesAtOnceALossWhileItGoesBack() {
        Rig rig = new Rig();
        rig.bringTo(State.BEHIND);
        rig.consumer.beforeSeek = () -> rig.feed.log.lose(Instant.now());

        rig.replay.goBack(List.of(record(9)));

        assertThat(rig.replay.state()).isEqualTo(State.BEHIND);
    }

    private static InboundRecord record(long offset) {
        Source source = new Source(TOPIC, "id", ONE.partition(), offset);
        return InboundRecord.unread(Feed.TASK_MESSAGE, source);
    }

    /** A consumer that has appended offset 7 lately and is about to read offset 10 of its partition. */
    private static final class Rig {

        private final FeedRig feed = new FeedRig();
        private final FeedRig.GroupConsumer consumer = feed.consumer;
        private final CommitTracker tracker = new CommitTracker(feed.log, Duration.ofSeconds(30));
        private final Assignment assignment = new Assignment();
        private final Replay replay = new Replay(
                Feed.TASK_MESSAGE, consumer, feed.topics, feed.log, tracker, assignment, feed.options.retention());

        Rig() {
            consumer.subscribe(List.of(TOPIC));
            consumer.rebalance(List.of(ONE, TWO));
            consumer.seek(ONE, 10);
            assignment.add(List.of(ONE));
            tracker.reads(ONE, "id");
            tracker.appended(ONE, 7, Instant.now());
        }

        void bringTo(State state) {
            if (state == State.BEHIND) {
                feed.log.lose(Instant.now());
            }
        }

        void takeOver(Handover handover) {
            replay.goBackForOthers(Map.of(ONE, new OffsetAndMetadata(10, handover.metadata())));
        }

        void have(Happening happening) {
            switch (happening) {
                case LOSS -> feed.log.lose(Instant.now());
                case GOING_BACK -> replay.goBack(List.of(record(9)));
                case TAKING_OVER_WHAT_THE_LOG_HAS -> takeOver(new Handover(Instant.now(), "id", 3, feed.log.receipt()));
                case TAKING_OVER_WHAT_IT_LACKS -> takeOver(new Handover(Instant.now(), "id", 3, "lost"));
                case RECREATION -> {
                    feed.topics.ids.put(TOPIC, "another id");
                    assertThat(replay.restartRecreated()).containsExactly(ONE);
                }
            }
        }
    }
}
