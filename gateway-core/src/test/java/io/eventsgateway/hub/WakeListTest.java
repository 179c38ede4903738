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
 * A {@link WakeList}.
 *
 * <table>
 * <caption>States, and what they do on each event</caption>
 * <tr><th>state<th>news<th>news, and its executor refuses<th>executor runs it
 * <tr><td>IDLE<td>DUE<td>throw<td>–
 * <tr><td>DUE<td>–<td>–<td>IDLE; wake each reader once
 * </table>
 */
class WakeListTest {

    private enum State {
        IDLE,
        DUE
    }

    @Test
    void doesInEveryStateWhatItsTableSays() {
        new StateTable<>(WakeListTest.class, State.class, Rig::new)
                .in(State.IDLE)
                .on("news", State.DUE)
                .on("news, and its executor refuses", State.IDLE, "refused")
                .never("executor runs it")
                .in(State.DUE)
                .ignores("news", "news, and its executor refuses")
                .on("executor runs it", State.IDLE, "wake 2", "wake 1")
                .on("executor runs it", rig -> rig.leaves = 2, State.IDLE, "wake 2", "wake 1")
                .on("executor runs it", rig -> rig.newsWithin = 2, State.IDLE, "wake 2", "wake 1", "wake 2", "wake 1")
                .check();
    }

    @Test
    void wakesThoseWhoAreLeft() {
        Rig rig = new Rig();
        rig.leaves = 2;
        rig.bringTo(State.DUE);
        rig.have("executor runs it");
        rig.seen.clear();

        rig.have("news");
        rig.have("executor runs it");

        assertThat(rig.seen).containsExactly("wake 1");
    }

    /** A list of two readers, of which one may leave, or hear other news, when it is woken. */
    private static final class Rig implements StateTable.Rig<State> {
        private final List<String> seen = new ArrayList<>();
        private final Deque<Runnable> scheduled = new ArrayDeque<>();
        private final WakeList list = new WakeList(new SerialExecutor(this::schedule));
        private boolean refuses;
        private int leaves;
        private int newsWithin;

        Rig() {
            add(1);
            add(2);
        }

        private void add(int number) {
            ReaderRig of = new ReaderRig() {
                @Override
                public void pump(DestinationReader reader) {
                    Rig.this.seen.add("wake " + number);
                    if (number == leaves) {
                        list.remove(reader);
                    }
                    if (number == newsWithin) {
                        newsWithin = 0;
                        list.wake();
                    }
                }
            };
            list.add(of.reader);
        }

        private void schedule(Runnable task) {
            if (refuses) {
                throw new RejectedExecutionException("told to");
            }
            scheduled.add(task);
        }

        @Override
        public void bringTo(State state) {
            if (state == State.DUE) {
                list.wake();
            }
        }

        @Override
        public State state() {
            return scheduled.isEmpty() ? State.IDLE : State.DUE;
        }

        @Override
        public boolean have(String event) {
            return switch (event) {
                case "news" -> wake(false);
                case "news, and its executor refuses" -> wake(true);
                case "executor runs it" -> run();
                default -> throw new AssertionError(event);
            };
        }

        private boolean wake(boolean refused) {
            refuses = refused;
            try {
                list.wake();
            } catch (RejectedExecutionException thrown) {
                seen.add("refused");
            }
            refuses = false;
            return true;
        }

        private boolean run() {
            Runnable next = scheduled.poll();
            if (next != null) {
                next.run();
            }
            return next != null;
        }

        @Override
        public List<String> seen() {
            return seen;
        }
    }
}
