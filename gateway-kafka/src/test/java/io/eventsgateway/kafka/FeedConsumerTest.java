package io.eventsgateway.kafka;

import static io.eventsgateway.kafka.FeedRig.ONE;
import static io.eventsgateway.kafka.FeedRig.TWO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsgateway.kafka.FeedConsumer.State;
import io.eventsgateway.lane.LaneCommit;
import io.eventsgateway.log.RefusedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Goes through the table of {@link FeedConsumer}: every event in every state. The test is the coordinator of its group. */
class FeedConsumerTest {

    /** What can happen to a consumer. */
    private enum Happening {
        BEGIN,
        TURN,
        TURN_WITH_A_SUSPECT,
        ASSIGNED,
        ASSIGNED_A_SUSPECT,
        REVOKED,
        LOST,
        OUT_OF_MEMORY,
        OTHER_FAILURE,
        END
    }

    /** What becomes of each state, in the order of {@link Happening}; null for what is illegal. */
    private static final Map<State, List<@Nullable State>> TABLE = new EnumMap<>(Map.of(
            State.NEW,
            row(State.TOGETHER, null, null, null, null, null, null, null, null, null),
            State.TOGETHER,
            row(
                    null,
                    State.TOGETHER,
                    State.ALONE,
                    State.TOGETHER,
                    State.ALONE,
                    State.TOGETHER,
                    State.TOGETHER,
                    State.TOGETHER,
                    State.TOGETHER,
                    State.ENDED),
            State.ALONE,
            row(
                    null,
                    State.TOGETHER,
                    State.ALONE,
                    State.ALONE,
                    State.ALONE,
                    State.ALONE,
                    State.ALONE,
                    State.ALONE,
                    State.ALONE,
                    State.ENDED),
            State.ENDED,
            row(null, null, null, null, null, State.ENDED, State.ENDED, null, null, null)));

    private static List<@Nullable State> row(@Nullable State... next) {
        return Arrays.asList(next);
    }

    private final FeedRig rig = new FeedRig();

    @Test
    void doesInEveryStateWhatItsTableSays() {
        int cells = 0;
        for (State state : State.values()) {
            for (Happening happening : Happening.values()) {
                FeedRig each = new FeedRig();
                bringTo(each, state);
                assertThat(each.loop.state()).as("brought to").isEqualTo(state);

                State next = TABLE.get(state).get(happening.ordinal());
                if (next == null) {
                    assertThatIllegalStateException()
                            .as("%s, %s", state, happening)
                            .isThrownBy(() -> have(each, happening))
                            .withMessageContaining("can't come in " + state);
                    next = state;
                } else {
                    have(each, happening);
                }

                assertThat(each.loop.state()).as("%s, %s", state, happening).isEqualTo(next);
                cells++;
            }
        }
        System.out.println("FeedConsumer: " + cells + " of " + State.values().length * Happening.values().length
                + " cells visited");
    }

    @Test
    void knowsHowFarEachOfItsPartitionsIsInTheLog() {
        rig.loop.begin();
        rig.consumer.rebalance(List.of(ONE, TWO));
        rig.send(ONE, 0);
        rig.send(ONE, 1);
        for (int i = 0; i < 40; i++) {
            rig.loop.turn();
        }

        assertThat(rig.loop.positions().get(ONE)).isEqualTo(new ReadPositions.Position(2, -1));
        assertThat(rig.loop.positions().get(TWO)).isEqualTo(new ReadPositions.Position(0, -1));

        rig.consumer.rebalance(List.of(TWO));
        rig.loop.turn();
        assertThat(rig.loop.positions()).containsOnlyKeys(TWO);
    }

    private static void bringTo(FeedRig rig, State state) {
        if (state == State.NEW) {
            return;
        }
        rig.loop.begin();
        rig.consumer.rebalance(List.of(ONE));
        switch (state) {
            case NEW, TOGETHER -> {}
            case ALONE -> have(rig, Happening.TURN_WITH_A_SUSPECT);
            case ENDED -> rig.loop.end();
        }
    }

    private static void have(FeedRig rig, Happening happening) {
        switch (happening) {
            case BEGIN -> rig.loop.begin();
            case TURN -> {
                rig.suspects.clear(ONE);
                rig.loop.turn();
            }
            case TURN_WITH_A_SUSPECT -> {
                rig.suspects.suspect(Map.of(ONE, 5L));
                rig.loop.turn();
            }
            case ASSIGNED -> assign(rig);
            case ASSIGNED_A_SUSPECT -> {
                rig.suspects.suspect(Map.of(TWO, 5L));
                assign(rig);
            }
            case REVOKED -> rig.loop.onPartitionsRevoked(List.of(ONE));
            case LOST -> rig.loop.onPartitionsLost(List.of(ONE));
            case OUT_OF_MEMORY -> rig.loop.failed(new OutOfMemoryError("on purpose"));
            case OTHER_FAILURE -> rig.loop.failed(new IllegalStateException("on purpose"));
            case END -> rig.loop.end();
        }
    }

    private static void assign(FeedRig rig) {
        if (rig.loop.state() == State.NEW) {
            // no group knows of it
            rig.loop.onPartitionsAssigned(List.of(TWO));
        } else {
            rig.consumer.rebalance(List.of(ONE, TWO));
        }
    }

    @Test
    void appendsWhatItPollsAndCommitsIt() {
        bringTo(rig, State.TOGETHER);
        rig.send(ONE, 0);
        rig.send(ONE, 1);

        rig.loop.turn();

        assertThat(rig.sink.accepted).containsExactly("tasks-1@0", "tasks-1@1");
        assertThat(rig.committed(ONE)).isEqualTo(2);
    }

    @Test
    void runsUntilItIsStopped() {
        rig.sink.answer = batch -> {
            rig.consumer.schedulePollTask(rig.loop::stop);
            return CompletableFuture.completedStage(null);
        };
        rig.consumer.schedulePollTask(() -> {
            rig.consumer.rebalance(List.of(ONE));
            rig.send(ONE, 0);
        });

        rig.loop.run();

        assertThat(rig.loop.state()).isEqualTo(State.ENDED);
        assertThat(rig.committed(ONE)).isEqualTo(1);
    }

    @Test
    void canBeStoppedWhileTheLogIsAwayAndCommitsNothing() {
        rig.sink.answer = batch -> {
            rig.consumer.schedulePollTask(rig.loop::stop);
            return CompletableFuture.failedStage(new IllegalStateException("away"));
        };
        rig.consumer.schedulePollTask(() -> {
            rig.consumer.rebalance(List.of(ONE));
            rig.send(ONE, 0);
        });

        rig.loop.run();

        assertThat(rig.loop.state()).isEqualTo(State.ENDED);
        assertThat(rig.committed(ONE)).isZero();
    }

    @Test
    void givesBackWhatIsAcknowledgedOfAPartitionThatIsRevoked() {
        bringTo(rig, State.TOGETHER);
        holdUpTheSecondRecordUntil(() -> rig.consumer.rebalance(List.of()));

        rig.loop.turn();

        rig.consumer.rebalance(List.of(ONE));
        assertThat(rig.committed(ONE)).isEqualTo(1);
    }

    @Test
    void commitsNothingOfAPartitionThatIsLost() {
        bringTo(rig, State.TOGETHER);
        holdUpTheSecondRecordUntil(() -> rig.loop.onPartitionsLost(List.of(ONE)));

        rig.loop.turn();

        assertThat(rig.committed(ONE)).isZero();
    }

    /** Sends two records. The first is acknowledged, then the other one fails, and while it is held up something happens. */
    private void holdUpTheSecondRecordUntil(Runnable rebalance) {
        rig.send(ONE, 0);
        rig.send(ONE, 1);
        rig.sink.answer = batch -> {
            if (batch.size() == 2) {
                return CompletableFuture.failedStage(new RefusedException("one of them"));
            }
            if (batch.get(0).source().offset() == 0) {
                return CompletableFuture.completedStage(null);
            }
            rig.consumer.schedulePollTask(rebalance);
            return CompletableFuture.failedStage(new IllegalStateException("away"));
        };
    }

    @Test
    void takesNoRecordsOfPartitionsThatComeWhileTheLogTakesLong() {
        bringTo(rig, State.TOGETHER);
        rig.send(ONE, 0);
        CompletableFuture<Void> slow = new CompletableFuture<>();
        List<TopicPartition> paused = new ArrayList<>();
        rig.sink.answer = batch -> {
            rig.consumer.schedulePollTask(() -> {
                rig.consumer.rebalance(List.of(ONE, TWO));
                paused.addAll(rig.consumer.paused());
                slow.complete(null);
            });
            return slow;
        };

        rig.loop.turn();

        assertThat(paused).containsExactlyInAnyOrder(ONE, TWO);
        assertThat(rig.consumer.paused()).isEmpty();
    }

    @Test
    void buriesTheOneRecordThatTheLogRefuses() {
        bringTo(rig, State.TOGETHER);
        for (int offset = 0; offset < 3; offset++) {
            rig.send(ONE, offset);
        }
        rig.sink.answer = batch -> batch.stream().anyMatch(in -> in.source().offset() == 1)
                ? CompletableFuture.failedStage(new RefusedException("no"))
                : CompletableFuture.completedStage(null);

        rig.loop.turn();

        assertThat(rig.sink.rejected).containsExactly("tasks-1@1 refused by the log: no");
        assertThat(rig.committed(ONE)).isEqualTo(3);
    }

    @Test
    void readsAgainAfterALossBeforeAnythingElse() {
        bringTo(rig, State.TOGETHER);
        rig.send(ONE, 0);
        rig.send(ONE, 1);
        rig.loop.turn();
        rig.log.lose(1);
        rig.send(ONE, 2);

        rig.loop.turn();

        assertThat(rig.consumer.position(ONE)).isEqualTo(1);
        assertThat(rig.log.complete(rig.lane(ONE))).isEqualTo(1);
        rig.sink.accepted.clear();
        rig.send(ONE, 1);
        rig.send(ONE, 2);
        rig.loop.turn();
        assertThat(rig.sink.accepted).containsExactly("tasks-1@1", "tasks-1@2");
        assertThat(rig.committed(ONE)).isEqualTo(3);
    }

    @Test
    void noticesALossOfWhatAnotherOneCommitted() {
        FeedRig before = new FeedRig();
        bringTo(before, State.TOGETHER);
        before.send(ONE, 0);
        before.send(ONE, 1);
        before.loop.turn();
        OffsetAndMetadata left = before.consumer.committed(Set.of(ONE)).get(ONE);
        rig.loop.begin();
        rig.consumer.commitSync(Map.of(ONE, left));

        rig.consumer.rebalance(List.of(ONE));
        rig.loop.turn();

        assertThat(rig.consumer.position(ONE)).isZero();
    }

    @Test
    void noticesALossFromTheFirstCheckOnWhereNothingIsKnownOfWhoeverCommitted() {
        rig.loop.begin();
        rig.consumer.commitSync(Map.of(ONE, new OffsetAndMetadata(5, "of another version")));
        rig.consumer.rebalance(List.of(ONE));
        rig.loop.turn();
        assertThat(rig.log.complete(rig.lane(ONE))).isEqualTo(5);
        rig.log.lose(3);
        rig.send(ONE, 5);

        rig.loop.turn();

        assertThat(rig.consumer.position(ONE)).isEqualTo(3);
    }

    @Test
    void goesOnWhereKafkaHasLessThanWasCommitted() {
        rig.loop.begin();
        rig.consumer.commitSync(Map.of(
                ONE,
                new OffsetAndMetadata(
                        50, Handover.of(new LaneCommit("id", 50, new long[1])).metadata())));
        rig.consumer.rebalance(List.of(ONE));
        rig.consumer.seek(ONE, 3);
        rig.send(ONE, 3);

        rig.loop.turn();

        assertThat(rig.sink.accepted).containsExactly("tasks-1@3");
    }

    @Test
    void readsASuspectedPartitionAloneUntilItIsPastTheSuspect() {
        bringTo(rig, State.TOGETHER);
        rig.consumer.rebalance(List.of(ONE, TWO));
        rig.consumer.setMaxPollRecords(Poller.POLL_RECORDS);
        for (int offset = 0; offset < 3; offset++) {
            rig.send(ONE, offset);
        }
        rig.send(TWO, 0);
        rig.suspects.suspect(Map.of(ONE, 1L));

        rig.loop.turn();
        assertThat(rig.loop.state()).isEqualTo(State.ALONE);
        assertThat(rig.consumer.paused()).containsExactly(TWO);
        assertThat(rig.sink.accepted).containsExactly("tasks-1@0");
        rig.loop.turn();
        assertThat(rig.sink.accepted).containsExactly("tasks-1@0", "tasks-1@1");
        rig.loop.turn();

        assertThat(rig.loop.state()).isEqualTo(State.TOGETHER);
        assertThat(rig.consumer.paused()).isEmpty();
        assertThat(rig.sink.accepted).containsExactlyInAnyOrder("tasks-1@0", "tasks-1@1", "tasks-1@2", "tasks-2@0");
    }

    @Test
    void takesNoRecordsOfPartitionsThatComeWhileOneIsReadAlone() {
        bringTo(rig, State.ALONE);

        rig.consumer.rebalance(List.of(ONE, TWO));

        assertThat(rig.consumer.paused()).contains(TWO);
    }

    @Test
    void buriesACondemnedRecordUnread() {
        bringTo(rig, State.TOGETHER);
        rig.suspects.condemn(ONE, 0);

        rig.loop.turn();

        assertThat(rig.sink.rejected)
                .containsExactly("tasks-1@0 could not be read: it needs more memory than there is");
        assertThat(rig.committed(ONE)).isEqualTo(1);
    }

    @Test
    void suspectsWhatItWasAboutToReadWhenMemoryRanOut() {
        rig.consumer.schedulePollTask(() -> rig.consumer.rebalance(List.of(ONE)));
        rig.consumer.schedulePollTask(() -> {
            throw new OutOfMemoryError("on purpose");
        });

        assertThatThrownBy(rig.loop::run).isInstanceOf(OutOfMemoryError.class);

        assertThat(rig.suspects.among(List.of(ONE))).isEqualTo(ONE);
        assertThat(rig.loop.state()).isEqualTo(State.ENDED);
    }
}
