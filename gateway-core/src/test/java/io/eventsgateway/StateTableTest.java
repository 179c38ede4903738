package io.eventsgateway;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A lamp whose bulb burns out when it is switched on.
 *
 * <table>
 * <caption>States, and what they do on each event</caption>
 * <tr><th>state<th>switched<th>burns
 *     out
 * <tr><td>DARK<td>shine; {@link State LIT}, or BROKEN<td>–
 * <tr><td>LIT<td>DARK<td>BROKEN
 * <tr><td>BROKEN<td>–<td>–
 * </table>
 */
class StateTableTest {

    private enum State {
        DARK,
        LIT,
        BROKEN
    }

    @Test
    void passesATestThatVisitsEveryCell() {
        assertThatCode(() -> dark().in(State.LIT)
                        .on("switched", State.DARK)
                        .on("burns out", State.BROKEN)
                        .in(State.BROKEN)
                        .ignores("switched")
                        .never("burns out")
                        .check())
                .doesNotThrowAnyException();
    }

    @Test
    void namesACellThatIsNotVisited() {
        assertWrong(dark().in(State.LIT).on("switched", State.DARK), "LIT, burns out: not visited");
    }

    @Test
    void namesAnEventThatTheTableDoesNotHave() {
        assertWrong(dark().on("stolen", State.DARK), "DARK, stolen: not in the table");
    }

    @Test
    void namesAStateThatTheTableDoesNotName() {
        assertWrong(
                dark().in(State.LIT).on("switched", State.BROKEN), "LIT, switched: expected BROKEN [], the table says");
    }

    @Test
    void namesAStateOfTheTableThatIsNotReached() {
        assertWrong(
                lamp().in(State.DARK).on("switched", State.LIT, "shine"),
                "DARK, switched: reaches [LIT], the table says");
    }

    @Test
    void namesADashThatIsNone() {
        assertWrong(
                dark().in(State.BROKEN).on("switched", State.BROKEN),
                "BROKEN, switched: expected BROKEN [], the table says");
        assertWrong(dark().in(State.LIT).ignores("switched"), "LIT, switched: expected IGNORED, the table says");
    }

    @Test
    void namesWhatIsDoneOtherwise() {
        assertWrong(
                lamp().in(State.DARK).on("switched", State.LIT, "glow"),
                "DARK, switched: expected LIT [glow], was LIT [shine]");
        assertWrong(lamp().in(State.DARK).ignores("burns out"), "DARK, burns out: did not come");
        assertWrong(lamp().in(State.BROKEN).never("switched"), "BROKEN, switched: came");
    }

    private static void assertWrong(StateTable<State, Lamp> table, String message) {
        assertThatThrownBy(table::check).isInstanceOf(AssertionError.class).hasMessageContaining(message);
    }

    private static StateTable<State, Lamp> lamp() {
        return new StateTable<>(StateTableTest.class, State.class, Lamp::new);
    }

    private static StateTable<State, Lamp> dark() {
        return lamp().in(State.DARK)
                .on("switched", State.LIT, "shine")
                .on("switched", lamp -> lamp.old = true, State.BROKEN)
                .never("burns out");
    }

    private static final class Lamp implements StateTable.Rig<State> {
        private final List<String> seen = new ArrayList<>();
        private State state = State.DARK;
        private boolean old;

        @Override
        public void bringTo(State to) {
            state = to;
        }

        @Override
        public State state() {
            return state;
        }

        @Override
        public boolean have(String event) {
            if (event.equals("burns out")) {
                boolean lit = state == State.LIT;
                state = lit ? State.BROKEN : state;
                return lit;
            }
            if (state == State.DARK && old) {
                state = State.BROKEN;
            } else if (state == State.DARK) {
                state = State.LIT;
                seen.add("shine");
            } else if (state == State.LIT) {
                state = State.DARK;
            }
            return true;
        }

        @Override
        public List<String> seen() {
            return seen;
        }
    }
}
