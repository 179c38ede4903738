package io.eventsgateway.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadBudgetTest {

    private final Deque<Runnable> later = new ArrayDeque<>();
    private final List<Throwable> faults = new ArrayList<>();
    private final ReadBudget budget = new ReadBudget(10, later::add, new HubListener() {
        @Override
        public void failed(Throwable fault) {
            faults.add(fault);
        }
    });
    private final List<Integer> ran = new ArrayList<>();

    @Test
    void grantsInOrderAndNeverOneTaskOnTopOfAnother() {
        budget.take(10, () -> {});
        int[] depth = new int[1];
        for (int i = 0; i < 100_000; i++) {
            int n = i;
            budget.take(10, () -> {
                depth[0]++;
                assertThat(depth[0]).isEqualTo(1);
                ran.add(n);
                budget.give(10);
                depth[0]--;
            });
        }

        budget.give(10);

        assertThat(ran).hasSize(100_000).isSorted();
        assertThat(faults).isEmpty();
    }

    @Test
    void grantsAfterAFailureSomeMomentsLaterOrWhenAReadSucceeds() {
        budget.take(5, () -> {});
        budget.take(5, () -> {});
        budget.take(5, () -> ran.add(1));
        budget.take(5, () -> ran.add(2));

        budget.giveAfterFailure(5);
        assertThat(ran).isEmpty();
        budget.give(5);
        assertThat(ran).containsExactly(1, 2);

        budget.take(5, () -> ran.add(3));
        budget.giveAfterFailure(5);
        later.forEach(Runnable::run);
        assertThat(ran).containsExactly(1, 2, 3);
    }

    @Test
    void givesBackWhatATaskTookThatThrows() {
        budget.take(10, () -> {});
        budget.take(10, () -> {
            throw new LinkageError("told to");
        });
        budget.take(10, () -> ran.add(1));

        budget.give(10);
        later.forEach(Runnable::run);

        assertThat(faults).hasSize(1);
        assertThat(ran).containsExactly(1);
    }
}
