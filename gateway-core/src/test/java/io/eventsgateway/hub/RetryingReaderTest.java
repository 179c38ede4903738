package io.eventsgateway.hub;

import static io.eventsgateway.hub.HeldLog.DESTINATION;
import static io.eventsgateway.hub.HeldLog.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.StateTable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * A question to a log by a {@link RetryingReader}, within its budget.
 *
 * <table>
 * <caption>States, and what they do on each event</caption>
 * <tr><th>state<th>budget is free<th>answer<th>failure<th>some moments later
 * <tr><td>WAITING<td>ask; ASKED, or OVER where nobody waits<td>–<td>–<td>–
 * <tr><td>ASKED<td>–<td>OVER; give it to who waits, or FAILED where that is refused<td>FAILED<td>–
 * <tr><td>FAILED<td>–<td>–<td>–<td>ask; ASKED, or OVER where nobody waits
 * <tr><td>OVER<td>–<td>–<td>–<td>–
 * </table>
 */
class RetryingReaderTest {

    private enum State {
        WAITING,
        ASKED,
        FAILED,
        OVER
    }

    @Test
    void doesInEveryStateWhatItsTableSays() {
        new StateTable<>(RetryingReaderTest.class, State.class, Rig::new)
                .in(State.WAITING)
                .on("budget is free", State.ASKED, "read from the oldest")
                .on("budget is free", rig -> rig.waits = false, State.OVER)
                .never("answer", "failure", "some moments later")
                .in(State.ASKED)
                .never("budget is free", "some moments later")
                .on("answer", State.OVER, "taken")
                .on("answer", rig -> rig.waits = false, State.OVER)
                .on("answer", rig -> rig.ended = true, State.FAILED)
                .on("failure", State.FAILED)
                .in(State.FAILED)
                .never("budget is free", "answer", "failure")
                .on("some moments later", State.ASKED, "read from the oldest")
                .on("some moments later", rig -> rig.waits = false, State.OVER)
                .in(State.OVER)
                .never("budget is free", "answer", "failure", "some moments later")
                .check();
    }

    @Test
    void givesItsBytesBackHoweverItEnds() {
        for (Consumer<Rig> end : List.<Consumer<Rig>>of(
                rig -> rig.have("answer"),
                rig -> {
                    rig.waits = false;
                    rig.have("answer");
                },
                rig -> {
                    rig.ended = true;
                    rig.have("answer");
                },
                rig -> rig.have("failure"))) {
            Rig rig = new Rig();
            rig.bringTo(State.ASKED);
            end.accept(rig);
            rig.seen.clear();

            rig.ask(new Rig());

            assertThat(rig.seen).containsExactly("read from the oldest");
        }
    }

    /** A question that needs the whole budget, which another has until it is free. */
    private static final class Rig implements StateTable.Rig<State>, RetryingReader.Asker {
        private final List<String> seen = new ArrayList<>();
        private final HeldLog log = new HeldLog(seen);
        private final RetryingReader reader = new RetryingReader(log, log, HubOptions.DEFAULT, log, HubListener.NONE);
        private boolean blocked;
        private boolean waits = true;
        private boolean ended;

        @Override
        public void bringTo(State state) {
            switch (state) {
                case WAITING -> {
                    blocked = true;
                    ask(new Rig());
                    ask(this);
                }
                case ASKED -> ask(this);
                case FAILED -> {
                    ask(this);
                    log.fail();
                }
                case OVER -> {
                    ask(this);
                    log.answerPage(page(1, false));
                }
            }
        }

        private void ask(Rig asker) {
            reader.page(asker, DESTINATION, null, 1, Integer.MAX_VALUE, page -> asker.seen.add("taken"));
        }

        @Override
        public State state() {
            if (blocked) {
                return State.WAITING;
            }
            return log.isAsked() ? State.ASKED : log.hasLater() ? State.FAILED : State.OVER;
        }

        @Override
        public boolean have(String event) {
            return switch (event) {
                case "budget is free" -> blocked && free();
                case "answer" -> !blocked && log.answerPage(page(1, false));
                case "failure" -> !blocked && log.fail();
                case "some moments later" -> log.runLater();
                default -> throw new AssertionError(event);
            };
        }

        private boolean free() {
            blocked = false;
            return log.answerPage(page(1, false));
        }

        @Override
        public boolean waits() {
            return waits;
        }

        @Override
        public void execute(Runnable step) {
            if (ended) {
                throw new RejectedExecutionException("told to");
            }
            step.run();
        }

        @Override
        public List<String> seen() {
            return seen;
        }
    }
}
