package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The short form of the {@link FaultLab}, two faults at a time, since most of it is waiting. It takes long, so {@code .ci/run} runs it apart. */
@Tag("faults")
class FaultLabIT {

    private static final long SEED = Long.getLong("seed", System.nanoTime());

    private static FaultLab lab;
    private static Map<String, Supplier<Lab.Result>> faults;

    @BeforeAll
    static void start() {
        lab = new FaultLab(FaultLab.Size.SHORT, SEED);
        faults = lab.faults();
        System.out.println("faults: seed=" + SEED + "\n" + Lab.Result.HEAD);
    }

    @AfterAll
    static void stop() {
        lab.close();
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @ValueSource(
            strings = {
                "kill",
                "rolling",
                "redis-down",
                "cluster-slots-moved",
                "push-silent",
                "redis-full",
                "topic-again",
                "slow-clients",
                "storm",
                "cluster-slot-slow",
                "redis-clock",
                "large"
            })
    void losesNothingAndNeedsNoReset(String fault) {
        Lab.Result result = run(fault);

        assertThat(result.lost()).isZero();
        assertThat(result.twice()).isZero();
        assertThat(result.resets()).isZero();
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @ValueSource(
            strings = {
                "redis-emptied",
                "sentinel-master-killed",
                "cluster-master-killed",
                "redis-rolled-back",
                "both-killed",
                "handed-over",
                "two-masters"
            })
    void losesNothingThatIsNotAnnounced(String fault) {
        Lab.Result result = run(fault);

        assertThat(result.lost()).isZero();
        assertThat(result.twice()).isZero();
        assertThat(result.announced()).isZero();
    }

    private static Lab.Result run(String fault) {
        Lab.Result result = faults.get(fault).get();
        System.out.println(result);
        return result;
    }
}
