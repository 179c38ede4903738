package io.eventsgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.redis.OutageLog.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Goes through the table of {@link OutageLog}: every event in every state. */
class OutageLogTest {

    /** What can be observed. */
    private enum Happening {
        WORKS,
        DOES_NOT,
        DOES_NOT_AND_IT_IS_TIME
    }

    /** What becomes of each state, in the order of {@link Happening}. */
    private static final Map<State, State[]> TABLE = new EnumMap<>(Map.of(
            State.NONE, row(State.NONE, State.NOTICED, State.NOTICED),
            State.NOTICED, row(State.NONE, State.NOTICED, State.LOGGED),
            State.LOGGED, row(State.NONE, State.LOGGED, State.LOGGED)));

    /** What is logged on the way. */
    private static final Map<State, String[]> LINES = new EnumMap<>(Map.of(
            State.NONE, new String[] {"", "", ""},
            State.NOTICED, new String[] {"", "", "lasts PT1M away"},
            State.LOGGED, new String[] {"over PT5.001S", "", "lasts PT1M5S away"}));

    private static State[] row(State... next) {
        return next;
    }

    @Test
    void doesInEveryStateWhatItsTableSays() {
        int cells = 0;
        for (State state : State.values()) {
            for (Happening happening : Happening.values()) {
                Rig rig = new Rig();
                rig.bringTo(state);
                assertThat(rig.outages.state()).as("brought to").isEqualTo(state);
                rig.lines.clear();

                rig.have(happening);

                assertThat(rig.outages.state())
                        .as("%s, %s", state, happening)
                        .isEqualTo(TABLE.get(state)[happening.ordinal()]);
                assertThat(String.join(";", rig.lines))
                        .as("%s, %s", state, happening)
                        .isEqualTo(LINES.get(state)[happening.ordinal()]);
                cells++;
            }
        }
        System.out.println(
                "OutageLog: " + cells + " of " + State.values().length * Happening.values().length + " cells visited");
    }

    @Test
    void logsALongOutageOnceThenEveryMinuteAndItsEnd() {
        Rig rig = new Rig();

        for (int second = 0; second < 130; second++) {
            rig.observe(1000, "away");
        }
        rig.observe(1000, "");
        rig.observe(1000, "");

        assertThat(rig.lines)
                .containsExactly("lasts PT5S away", "lasts PT1M5S away", "lasts PT2M5S away", "over PT2M10S");
    }

    @Test
    void logsNoOutageThatIsOverSoon() {
        Rig rig = new Rig();

        for (int second = 0; second < 100; second++) {
            rig.observe(1000, second % 5 == 4 ? "" : "away");
        }

        assertThat(rig.lines).isEmpty();
    }

    /** A log whose lines are kept. */
    private static final class Rig implements OutageLog.Lines {
        private final OutageLog outages = new OutageLog(this);
        private final List<String> lines = new ArrayList<>();
        private long now = Long.MAX_VALUE - 1;

        /** After some milliseconds, also where that is beyond the largest number. */
        void observe(long afterMillis, String cause) {
            now += Duration.ofMillis(afterMillis).toNanos();
            outages.observe(now, cause);
        }

        void bringTo(State state) {
            switch (state) {
                case NONE -> {}
                case NOTICED -> observe(1, "away");
                case LOGGED -> {
                    observe(1, "away");
                    observe(5000, "away");
                }
            }
        }

        void have(Happening happening) {
            switch (happening) {
                case WORKS -> observe(1, "");
                case DOES_NOT -> observe(1, "away");
                case DOES_NOT_AND_IT_IS_TIME -> observe(60_000, "away");
            }
        }

        @Override
        public void lasts(Duration since, String cause) {
            lines.add("lasts " + since + " " + cause);
        }

        @Override
        public void over(Duration after) {
            lines.add("over " + after);
        }
    }
}
