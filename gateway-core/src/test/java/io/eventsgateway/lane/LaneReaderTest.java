package io.eventsgateway.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsgateway.lane.LaneReader.State;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LaneReaderTest {

    private static final Lane LANE = new Lane("g", "t", 0);

    private final LaneReader reader = LaneReader.takeOver(LANE, new LaneCommit("t", 10, new long[] {4, 7, 10}));

    @Test
    void knowsAfterATakeoverWhatWasCommitted() {
        assertThat(reader.position()).isEqualTo(10);
        assertThat(reader.known(0)).isEqualTo(4);
        assertThat(reader.commit()).isEqualTo(new LaneCommit("t", 10, new long[] {4, 7, 10}));
    }

    @Test
    void claimsWhatItKnowsUpToTheEndOfTheBatch() {
        reader.begin(15);

        assertThat(reader.claims().of(1)).isEqualTo(new Claim(LANE, 1, 7, 15));
    }

    @Test
    void movesOnlyWhenAllOfABatchIsAcknowledged() {
        reader.begin(15);
        reader.acknowledged(reader.claims().of(1));

        assertThat(reader.position()).isEqualTo(10);
        assertThat(reader.known(1)).isEqualTo(15);
        assertThat(reader.commit()).isEqualTo(new LaneCommit("t", 10, new long[] {4, 10, 10}));

        reader.completed();

        assertThat(reader.position()).isEqualTo(15);
        assertThat(reader.commit()).isEqualTo(new LaneCommit("t", 15, new long[] {4, 15, 10}));
    }

    @Test
    void keepsWhatWasAcknowledgedOfABatchThatIsGivenUp() {
        reader.begin(15);
        reader.acknowledged(reader.claims().of(1));
        reader.giveUp();

        assertThat(reader.position()).isEqualTo(10);
        reader.begin(12);
        assertThat(reader.claims().of(1)).isEqualTo(new Claim(LANE, 1, 15, 12));
    }

    @Test
    void goesBackInOneStepToTheLeastThatIsLeft() {
        reader.begin(15);
        Claim first = reader.claims().of(0);
        Claim second = reader.claims().of(1);
        Claim third = reader.claims().of(2);
        reader.refused(new Found(second, 5));
        reader.refused(new Found(first, 2));
        reader.acknowledged(third);

        assertThat(reader.state()).isEqualTo(State.REFUSED);
        assertThat(reader.commit()).isNull();
        assertThat(reader.known(0)).isEqualTo(4);

        assertThat(reader.goBack(0, 0)).isEqualTo(2);
        assertThat(reader.state()).isEqualTo(State.READING);
        assertThat(reader.commit()).isEqualTo(new LaneCommit("t", 2, new long[] {2, 2, 2}));
        assertThat(reader.known(1)).isEqualTo(5);
        assertThat(reader.known(2)).isEqualTo(15);
    }

    @Test
    void doesNotGoBackForAnotherLaneOfItsCall() {
        reader.begin(15);
        reader.refused(new Found(reader.claims().of(1), 7));

        assertThat(reader.state()).isEqualTo(State.SENDING);
        reader.giveUp();
        assertThat(reader.position()).isEqualTo(10);
    }

    @Test
    void goesBackToTheBeginningOfTheBatchAtLeast() {
        reader.begin(15);
        reader.acknowledged(reader.claims().of(1));
        reader.completed();
        reader.begin(20);
        reader.acknowledged(reader.claims().of(1));
        reader.giveUp();
        reader.begin(16);
        // lost in part what is above the batch
        reader.refused(new Found(reader.claims().of(1), 18));

        assertThat(reader.goBack(0, 0)).isEqualTo(15);
        assertThat(reader.known(1)).isEqualTo(18);
    }

    @Test
    void checksWithABatchOfNothing() {
        reader.begin(10);
        Claim claim = reader.claims().of(0);
        assertThat(claim).isEqualTo(new Claim(LANE, 0, 4, 10));
        reader.acknowledged(claim);
        reader.completed();

        assertThat(reader.position()).isEqualTo(10);
        assertThat(reader.known(0)).isEqualTo(10);
    }

    /** A check within a batch must not state that the batch is in the store. */
    @Test
    void claimsNothingOfARefusedBatchWhereItChecks() {
        reader.begin(15);
        reader.refused(new Found(reader.claims().of(1), 3));

        assertThat(reader.checkClaims().of(0)).isEqualTo(new Claim(LANE, 0, 4, 10));
    }

    @Test
    void doesNotGoBackToWhatHasExpired() {
        reader.begin(15);
        reader.refused(new Found(reader.claims().of(1), 3));

        assertThat(reader.goBack(6, 0)).isEqualTo(6);
        assertThat(reader.known(1)).isEqualTo(3);
    }

    @Test
    void goesBackABoundedWayWhereNothingIsLeftAtAll() {
        reader.begin(15);
        for (int tag = 0; tag < 3; tag++) {
            reader.refused(new Found(reader.claims().of(tag), 0));
        }

        assertThat(reader.goBack(2, 8)).isEqualTo(8);
        assertThat(reader.known(0)).isZero();
    }

    /** Nothing was known of the first tag, so that an emptied store takes its claim: that it has something since then is no sign. */
    @Test
    void takesAStoreForEmptiedThatTookTheClaimOfATagOfWhichNothingWasKnown() {
        LaneReader fresh = LaneReader.takeOver(LANE, new LaneCommit("t", 10, new long[] {0, 7, 10}));
        fresh.begin(10);
        fresh.acknowledged(fresh.claims().of(0));
        fresh.refused(new Found(fresh.claims().of(1), 0));
        fresh.refused(new Found(fresh.claims().of(2), 0));

        assertThat(fresh.goBack(2, 8)).isEqualTo(8);
    }

    @Test
    void takesNoStoreForEmptiedThatHasTheBeginningOfWhatWasAppendedJustNow() {
        LaneReader fresh = LaneReader.takeOver(LANE, new LaneCommit("t", 10, new long[] {0, 7, 10}));
        fresh.begin(15);
        fresh.acknowledged(fresh.claims().of(0));
        fresh.refused(new Found(fresh.claims().of(0), 12));
        fresh.refused(new Found(fresh.claims().of(1), 0));
        fresh.refused(new Found(fresh.claims().of(2), 0));

        assertThat(fresh.goBack(2, 8)).isEqualTo(2);
    }

    @Test
    void goesBackToTheBeginningWhereNothingIsLeftUnderOneTag() {
        reader.begin(15);
        reader.refused(new Found(reader.claims().of(0), 0));

        assertThat(reader.goBack(2, 8)).isEqualTo(2);
    }

    @Test
    void neverGoesForward() {
        reader.begin(15);
        reader.refused(new Found(reader.claims().of(0), 0));

        assertThat(reader.goBack(12, 14)).isEqualTo(10);
    }

    private void leaves12And14() {
        reader.begin(15);
        reader.acknowledged(reader.claims().of(2));
        reader.completed(Map.of(1, Set.of(12L, 14L)));
    }

    @Test
    void commitsNothingBehindARecordThatWaits() {
        leaves12And14();

        assertThat(reader.next()).isEqualTo(15);
        assertThat(reader.position()).isEqualTo(12);
        assertThat(reader.isWaiting(12)).isTrue();
        assertThat(reader.isWaiting(13)).isFalse();
        assertThat(reader.commit()).isEqualTo(new LaneCommit("t", 12, new long[] {4, 7, 12}));
    }

    @Test
    void closesATagUntilWhatWaitsUnderItIsSentAgain() {
        leaves12And14();
        reader.begin(20);
        assertThat(reader.claims().isClosed(1)).isTrue();
        assertThat(reader.claims().isClosed(2)).isFalse();
        assertThat(reader.claims().of(2)).isEqualTo(new Claim(LANE, 2, 15, 20));
        reader.completed(Map.of(1, Set.of(17L)));

        reader.retry();
        assertThat(reader.claims().isClosed(1)).isFalse();
        Claim all = reader.claims().of(1);
        assertThat(all).isEqualTo(new Claim(LANE, 1, 7, 20));
        reader.acknowledged(all);
        reader.completed();

        assertThat(reader.position()).isEqualTo(20);
        assertThat(reader.isWaiting(12)).isFalse();
        reader.begin(22);
        assertThat(reader.claims().isClosed(1)).isFalse();
    }

    @Test
    void keepsWhatIsLeftAgain() {
        leaves12And14();
        reader.retry();
        reader.completed(Map.of(1, Set.of(14L)));

        assertThat(reader.position()).isEqualTo(14);
        assertThat(reader.next()).isEqualTo(15);
    }

    @Test
    void keepsAllThatWaitsWhereItIsNotTaken() {
        leaves12And14();
        reader.retry();
        reader.giveUp();

        assertThat(reader.position()).isEqualTo(12);
        assertThat(reader.isWaiting(14)).isTrue();
    }

    /** Below what waits everything is acknowledged, and behind it not. */
    @Test
    void statesNothingBehindWhatWaitsWhereItChecks() {
        leaves12And14();
        reader.begin(15);

        assertThat(reader.checkClaims().of(0)).isEqualTo(new Claim(LANE, 0, 4, 12));
    }

    @Test
    void goesBackNoLessFarThanToWhatWaits() {
        leaves12And14();
        reader.begin(15);
        reader.refused(new Found(reader.claims().of(2), 14));

        assertThat(reader.goBack(0, 0)).isEqualTo(12);
        assertThat(reader.next()).isEqualTo(12);
        assertThat(reader.isWaiting(12)).isFalse();
    }

    @Test
    void readsAgainWhatWaits() {
        leaves12And14();
        reader.rewind();

        assertThat(reader.next()).isEqualTo(12);
        assertThat(reader.position()).isEqualTo(12);
        reader.begin(13);
        assertThat(reader.claims().isClosed(1)).isFalse();
    }

    @Test
    void beginsWithWhatTheStoreHas() {
        LaneReader fresh = LaneReader.begin(LANE, 3, new long[] {5, 0});

        assertThat(fresh.position()).isEqualTo(3);
        fresh.begin(8);
        assertThat(fresh.claims().of(0)).isEqualTo(new Claim(LANE, 0, 5, 8));
        assertThat(fresh.claims().of(1)).isEqualTo(new Claim(LANE, 1, 0, 8));
    }

    @ParameterizedTest
    @EnumSource
    void takesNoEventThatHasNoPlaceInItsState(State state) {
        Claim claim = new Claim(LANE, 0, 4, 15);
        Map<String, Consumer<LaneReader>> events = Map.of(
                "begin",
                each -> each.begin(20),
                "claims",
                LaneReader::claims,
                "checkClaims",
                LaneReader::checkClaims,
                "acknowledged",
                each -> each.acknowledged(claim),
                "refused",
                each -> each.refused(new Found(claim, 0)),
                "retry",
                LaneReader::retry,
                "rewind",
                LaneReader::rewind,
                "completed",
                LaneReader::completed,
                "giveUp",
                LaneReader::giveUp,
                "goBack",
                each -> each.goBack(0, 0));
        Map<State, String> allowed = Map.of(
                State.READING, "begin retry rewind",
                State.SENDING, "claims checkClaims acknowledged refused completed giveUp",
                State.REFUSED, "claims checkClaims acknowledged refused goBack");

        events.forEach((name, event) -> {
            LaneReader in = in(state);
            if ((" " + Objects.requireNonNull(allowed.get(state)) + " ").contains(" " + name + " ")) {
                event.accept(in);
            } else {
                assertThatThrownBy(() -> event.accept(in))
                        .as("%s while %s", name, state)
                        .isInstanceOf(IllegalStateException.class);
            }
        });
    }

    private static LaneReader in(State state) {
        LaneReader reader = LaneReader.begin(LANE, 10, new long[] {4, 4});
        if (state != State.READING) {
            reader.begin(15);
        }
        if (state == State.REFUSED) {
            reader.refused(new Found(reader.claims().of(1), 3));
        }
        return reader;
    }

    @Test
    void refusesABatchThatEndsBeforeItBegins() {
        assertThatThrownBy(() -> reader.begin(9)).isInstanceOf(IllegalArgumentException.class);
    }
}
