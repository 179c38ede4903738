package io.eventsgateway.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.eventsgateway.lane.Explorer.Result;
import io.eventsgateway.lane.Scenario.Calls;
import io.eventsgateway.lane.Scenario.Layout;
import io.eventsgateway.lane.Scenario.Part;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Explores the rule of this package exhaustively, and shows that each part of it is needed: what finds no fault proves nothing about a model
 * that could not find one. {@code -Dfull=true} adds the large runs, which take 6 GB and many minutes.
 */
class LossModelTest {

    private static final boolean FULL = Boolean.getBoolean("full");

    static Stream<Scenario> small() {
        return Stream.of(
                new Scenario("failover, late call").late().serial(),
                new Scenario("failover, death").crash(),
                new Scenario("failover, move or zombie").zombies(1).serial());
    }

    static Stream<Scenario> large() {
        return Stream.of(
                new Scenario("failover, late call, three records")
                        .records(3, Layout.MIXED)
                        .late(),
                new Scenario("failover, death, late call").crash().late(),
                new Scenario("failover, move or zombie, late call").zombies(1).late(),
                new Scenario("failover, move or zombie, late call, a record of two tags")
                        .records(2, Layout.DOUBLE)
                        .zombies(0)
                        .late(),
                new Scenario("failover, move or zombie, death").zombies(1).crash(),
                new Scenario("two masters fail over, death, late call")
                        .masters(2)
                        .crash()
                        .late(),
                new Scenario("two masters fail over or are emptied, move or zombie, late call")
                        .masters(2)
                        .emptied()
                        .zombies(0)
                        .late(),
                new Scenario("failover, death, three records")
                        .records(3, Layout.MIXED)
                        .crash(),
                new Scenario("failover by 4 calls, move or zombie, death, one batch a reader")
                        .back(4)
                        .zombies(1)
                        .crash()
                        .serial(),
                new Scenario("failover, death, late call, calls in turn")
                        .calls(Calls.IN_TURN)
                        .crash()
                        .late(),
                new Scenario("failover, move or zombie, calls in turn")
                        .calls(Calls.IN_TURN)
                        .zombies(1),
                new Scenario("all together").zombies(1).crash().late());
    }

    @ParameterizedTest
    @MethodSource("small")
    void losesNothingAndEnds(Scenario scenario) {
        Result result = explore(scenario);

        assertThat(result.fault()).isNull();
        assertThat(result.refusals()).isPositive();
    }

    @ParameterizedTest
    @MethodSource("large")
    void losesNothingAndEndsInLargeRuns(Scenario scenario) {
        assumeTrue(FULL);

        losesNothingAndEnds(scenario);
    }

    @Test
    void needsWhatIsKnownCommittedBesideTheOffset() {
        Result result = explore(new Scenario("without what is known beside the offset")
                .without(Part.METADATA)
                .moves());

        assertThat(result.fault()).startsWith("lost for ever");
    }

    @Test
    void needsClaimsOfWhatOthersKnew() {
        Result result = explore(new Scenario("compared once at the takeover")
                .without(Part.CLAIMS_OF_OTHERS)
                .moves());

        assertThat(result.fault()).startsWith("lost for ever");
    }

    @Test
    void needsCommitsThatWaitForGoingBack() {
        Result result = explore(new Scenario("commits between a refusal and going back")
                .without(Part.COMMIT_WAITS)
                .crash());

        assertThat(result.fault()).startsWith("lost for ever");
    }

    @Test
    void needsClaimsInEachCall() {
        Result result = explore(new Scenario("calls without claims").without(Part.CLAIMS));

        assertThat(result.fault()).startsWith("lost for ever");
    }

    @Test
    void needsTheCheck() {
        Result result = explore(new Scenario("without the check").without(Part.CHECK));

        assertThat(result.fault()).startsWith("lost for ever");
    }

    @Test
    void needsLowerClaimsAfterGoingBack() {
        Result result = explore(new Scenario("goes back with the same claims").without(Part.LOWERED));

        assertThat(result.fault()).isEqualTo("stands still");
    }

    /** What is too much for one call may be sent in several, but not together. */
    @Test
    void needsCallsUnderOneTagInTurn() {
        Result inTurn = explore(divided(Calls.IN_TURN).late());
        Result together = explore(divided(Calls.TOGETHER));

        assertThat(inTurn.fault()).isNull();
        assertThat(together.fault()).startsWith("lost for ever");
    }

    private static Scenario divided(Calls calls) {
        return new Scenario("calls under one tag " + calls).calls(calls).serial();
    }

    @Test
    void wouldDoWithoutFencesOfDestinations() {
        Result result = explore(new Scenario("without fences of destinations")
                .without(Part.FENCES)
                .crash());

        assertThat(result.fault()).isNull();
    }

    /** A lane is handed over just before the failover: only its former owner's count is short. */
    @Test
    void seesWhatCountersOfWritersMissAtAHandover() {
        Result result =
                explore(new Scenario("counters, handover").counters(2).moves().serial());

        assertThat(result.fault()).startsWith("lost for ever");
    }

    /** The receipt names no tag of the master that lost something. */
    @Test
    void seesWhatReceiptsOfSomeTagsMiss() {
        Result ofAll = explore(receipt("counters, receipt of all tags", 2));
        Result ofSome = explore(receipt("counters, receipt of 1 of 2 tags", 1));

        assertThat(ofAll.fault()).isNull();
        assertThat(ofSome.fault()).startsWith("lost for ever");
    }

    private static Scenario receipt(String name, int tags) {
        return new Scenario(name)
                .counters(tags)
                .records(1, Layout.SPREAD)
                .masters(2)
                .crash()
                .failsFirst();
    }

    /** Calls that were under way at the failover count up to what was acknowledged. */
    @Test
    void seesWhatCallsWithOldCountsHide() {
        Result one = explore(
                new Scenario("counters, one batch under way").counters(2).serial());
        Result two = explore(new Scenario("counters, two batches under way").counters(2));

        assertThat(one.fault()).isNull();
        assertThat(two.fault()).startsWith("lost for ever");
    }

    private static Result explore(Scenario scenario) {
        long began = System.nanoTime();
        Result result = new Explorer(new LossModel(scenario)).explore();
        System.out.printf(
                Locale.ROOT,
                "model=\"%s\" states=%d seconds=%.1f fault=\"%s\" refusals=%d%n",
                scenario.name,
                result.states(),
                (System.nanoTime() - began) / 1e9,
                result.fault() == null ? "" : result.fault(),
                result.refusals());
        for (int i = 0; i < result.trace().size(); i++) {
            System.out.println("    " + (i + 1) + ". " + result.trace().get(i));
        }
        return result;
    }
}
