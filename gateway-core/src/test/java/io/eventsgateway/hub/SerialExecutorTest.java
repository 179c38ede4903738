package io.eventsgateway.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.StateTable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/**
 * A {@link SerialExecutor}.
 *
 * <table>
 * <caption>States, and what they do on each event</caption>
 * <tr><th>state<th>task<th>task, refused<th>executor runs it
 * <tr><td>IDLE<td>SCHEDULED<td>throw<td>–
 * <tr><td>SCHEDULED<td>wait behind the others<td>wait behind the others<td>run all in order; IDLE, or SCHEDULED for the rest where one throws
 * </table>
 */
class SerialExecutorTest {

    private enum State {
        IDLE,
        SCHEDULED
    }

    @Test
    void doesInEveryStateWhatItsTableSays() {
        new StateTable<>(SerialExecutorTest.class, State.class, Rig::new)
                .in(State.IDLE)
                .on("task", State.SCHEDULED)
                .on("task, refused", State.IDLE, "refused")
                .never("executor runs it")
                .in(State.SCHEDULED)
                .on("task", State.SCHEDULED)
                .on("task, refused", State.SCHEDULED)
                .on("executor runs it", State.IDLE, "run 1")
                .on("executor runs it", Rig::add, State.IDLE, "run 1", "run 2")
                .on("executor runs it", Rig::addOneThatAddsOne, State.IDLE, "run 1", "run 2", "run 3")
                .on("executor runs it", Rig::addOneThatThrows, State.SCHEDULED, "run 1", "thrown")
                .check();
    }

    @Test
    void doesNotRunATaskThatWasRefused() {
        Rig rig = new Rig();
        rig.have("task, refused");

        rig.have("task");
        rig.have("executor runs it");

        assertThat(rig.seen).containsExactly("refused", "run 2");
    }

    /** An executor whose tasks have numbers, on one that runs them when the test does. */
    private static final class Rig implements StateTable.Rig<State> {
        private final List<String> seen = new ArrayList<>();
        private final Deque<Runnable> scheduled = new ArrayDeque<>();
        private final SerialExecutor executor = new SerialExecutor(this::schedule);
        private boolean refuses;
        private int tasks;

        private void schedule(Runnable task) {
            if (refuses) {
                throw new RejectedExecutionException("told to");
            }
            scheduled.add(task);
        }

        @Override
        public void bringTo(State state) {
            if (state == State.SCHEDULED) {
                add();
            }
        }

        private void add() {
            add(() -> {});
        }

        private void add(Runnable more) {
            int number = ++tasks;
            executor.execute(() -> {
                seen.add("run " + number);
                more.run();
            });
        }

        private void addOneThatAddsOne() {
            add(this::add);
        }

        private void addOneThatThrows() {
            executor.execute(() -> {
                throw new IllegalStateException("told to");
            });
            add();
        }

        @Override
        public State state() {
            return scheduled.isEmpty() ? State.IDLE : State.SCHEDULED;
        }

        @Override
        public boolean have(String event) {
            return switch (event) {
                case "task" -> task(false);
                case "task, refused" -> task(true);
                case "executor runs it" -> run();
                default -> throw new AssertionError(event);
            };
        }

        private boolean task(boolean refused) {
            refuses = refused;
            try {
                add();
            } catch (RejectedExecutionException thrown) {
                seen.add("refused");
            }
            refuses = false;
            return true;
        }

        private boolean run() {
            Runnable next = scheduled.poll();
            if (next == null) {
                return false;
            }
            try {
                next.run();
            } catch (IllegalStateException thrown) {
                seen.add("thrown");
            }
            return true;
        }

        @Override
        public List<String> seen() {
            return seen;
        }
    }
}
