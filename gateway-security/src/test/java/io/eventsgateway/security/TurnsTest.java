package io.eventsgateway.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

class TurnsTest {

    private static final Duration LONG = Duration.ofMinutes(10);

    /** Calls in the order that they began, to be ended by the test. */
    private final List<String> begun = new ArrayList<>();

    private final Map<String, CompletableFuture<String>> calls = new HashMap<>();

    @Test
    void letsNobodyHaveMoreThanAShare() {
        Turns turns = new Turns(4, 2, 10, LONG);
        for (int i = 0; i < 5; i++) {
            take(turns, "eve", "eve" + i);
        }

        take(turns, "ann", "ann0");

        assertThat(begun).containsExactly("eve0", "eve1", "ann0");
        end("eve1");
        assertThat(begun).containsExactly("eve0", "eve1", "ann0", "eve2");
    }

    @Test
    void letsThoseWhoWaitTakeTurns() {
        Turns turns = new Turns(1, 1, 10, LONG);
        for (int i = 0; i < 4; i++) {
            take(turns, "eve", "eve" + i);
        }
        take(turns, "ann", "ann0");
        take(turns, "bob", "bob0");
        take(turns, "ann", "ann1");

        for (int i = 0; i < 7; i++) {
            end(begun.get(i));
        }

        assertThat(begun).containsExactly("eve0", "ann0", "bob0", "eve1", "ann1", "eve2", "eve3");
    }

    @Test
    void refusesWhoHasTooManyWaitingAndNobodyElse() {
        Turns turns = new Turns(1, 1, 2, LONG);
        take(turns, "eve", "eve0");
        take(turns, "eve", "eve1");
        take(turns, "eve", "eve2");

        assertThat(take(turns, "eve", "eve3")).isCompletedExceptionally();
        assertThat(take(turns, "ann", "ann0")).isNotDone();
    }

    @Test
    void neverMakesACallThatWaitedTooLong() {
        Turns turns = new Turns(1, 1, 10, Duration.ofNanos(-1));

        CompletableFuture<String> late = take(turns, "ann", "ann0");

        assertThat(begun).isEmpty();
        assertThat(late.handle((done, failure) -> failure).join()).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void goesOnThoughCallsThrowOrFail() {
        Turns turns = new Turns(1, 1, 10, LONG);
        for (int i = 0; i < 5; i++) {
            assertThat(turns.<String>take("eve", () -> {
                        throw new IllegalArgumentException("told to");
                    }))
                    .isCompletedExceptionally();
            assertThat(turns.<String>take(
                            "eve", () -> CompletableFuture.failedStage(new CompletionException("told to", null))))
                    .isCompletedExceptionally();
        }

        take(turns, "eve", "eve0");
        assertThat(begun).containsExactly("eve0");
    }

    @Test
    void keepsWithinItsBoundsWhateverHappens() {
        Turns turns = new Turns(5, 2, 3, LONG);
        Map<String, Integer> underWay = new HashMap<>();
        List<CompletableFuture<Void>> open = new ArrayList<>();
        int[] made = {0};
        for (int round = 0; round < 20_000; round++) {
            if (ThreadLocalRandom.current().nextInt(3) > 0) {
                String asker = "a" + ThreadLocalRandom.current().nextInt(10);
                turns.take(asker, () -> {
                    made[0]++;
                    assertThat(underWay.merge(asker, 1, Integer::sum)).isLessThanOrEqualTo(2);
                    CompletableFuture<Void> call = new CompletableFuture<>();
                    open.add(call);
                    assertThat(open).hasSizeLessThanOrEqualTo(5);
                    return call.whenComplete((done, failure) -> underWay.merge(asker, -1, Integer::sum));
                });
            } else if (!open.isEmpty()) {
                open.remove(ThreadLocalRandom.current().nextInt(open.size())).complete(null);
            }
        }
        while (!open.isEmpty()) {
            open.remove(0).complete(null);
        }

        assertThat(made[0]).isGreaterThan(1000);
        assertThat(underWay.values()).containsOnly(0);
        take(turns, "ann", "ann0");
        assertThat(begun).containsExactly("ann0");
    }

    private CompletableFuture<String> take(Turns turns, String asker, String name) {
        return turns.take(asker, () -> {
            begun.add(name);
            return calls.computeIfAbsent(name, each -> new CompletableFuture<>());
        });
    }

    private void end(String name) {
        calls.get(name).complete(name);
    }
}
