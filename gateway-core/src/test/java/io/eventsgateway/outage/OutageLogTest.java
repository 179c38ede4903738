package io.eventsgateway.outage;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.StateTable;
import io.eventsgateway.outage.OutageLog.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When an outage is logged, by a clock that does as it is told. */
class OutageLogTest {

    private static final String ADDRESS = " address=\"host:1\" setting=HOST";

    @Test
    void doesInEveryStateWhatItsTableSays() {
        new StateTable<>(OutageLog.class, State.class, Rig::new)
                .in(State.WORKS)
                .ignores("works")
                .on("fails", State.NOTICED)
                .on("fails, and it is time", State.NOTICED)
                .on("fails for another cause", State.NOTICED)
                .ignores("works for 2 s")
                .in(State.NOTICED)
                .on("works", State.WORKS)
                .ignores("fails")
                .on("fails, and it is time", State.LOGGED, "warn 60s away")
                .ignores("fails for another cause")
                .on("works for 2 s", State.WORKS)
                .in(State.LOGGED)
                .on("works", State.MENDED)
                .ignores("fails")
                .on("fails, and it is time", State.LOGGED, "warn 65s away")
                .on("fails for another cause", State.LOGGED, "warn 5s refused")
                .on("works for 2 s", State.MENDED)
                .in(State.MENDED)
                .ignores("works")
                .on("fails", State.LOGGED)
                .on("fails, and it is time", State.LOGGED, "warn 65s away")
                .on("fails for another cause", State.LOGGED, "warn 5s refused")
                .on("works for 2 s", State.WORKS, "inform 5s")
                .check();
    }

    @Test
    void logsALongOutageOnceThenEveryMinuteAndItsEnd() {
        Rig rig = new Rig();

        for (int second = 0; second < 130; second++) {
            rig.observe(1000, "away");
        }
        for (int second = 0; second < 5; second++) {
            rig.observe(1000, "");
        }

        assertThat(rig.seen).containsExactly("warn 5s away", "warn 65s away", "warn 125s away", "inform 130s");
    }

    @Test
    void namesServiceAddressAndSetting() {
        Rig rig = new Rig();

        rig.observe(1, "away");
        rig.observe(5040, "away");
        rig.observe(60, "");
        rig.observe(2000, "");

        assertThat(rig.lines)
                .containsExactly(
                        "Redis does not work" + ADDRESS + " for=5s cause=\"away\"",
                        "Redis works again" + ADDRESS + " after=5.1s");
    }

    @Test
    void logsNoOutageThatIsOverSoon() {
        Rig rig = new Rig();

        for (int second = 0; second < 100; second++) {
            rig.observe(1000, second % 5 == 4 ? "" : "away");
        }

        assertThat(rig.seen).isEmpty();
    }

    @Test
    void logsNoEndThatIsNone() {
        Rig rig = new Rig();

        for (int second = 0; second < 55; second++) {
            rig.observe(1000, second % 5 == 4 && second > 10 ? "" : "full");
        }

        assertThat(rig.seen).containsExactly("warn 5s full");
    }

    @Test
    void logsEachCauseOnceAMinuteAndNotManyOfThem() {
        Rig rig = new Rig();

        rig.observe(1, "connecting");
        rig.observe(5000, "connecting");
        for (int second = 0; second < 50; second++) {
            rig.observe(1000, second % 2 == 0 ? "refused" : "connecting");
        }
        for (int cause = 0; cause < 100; cause++) {
            rig.observe(1, "cause " + cause);
        }

        assertThat(rig.seen)
                .containsExactly(
                        "warn 5s connecting",
                        "warn 6s refused",
                        "warn 55s cause 0",
                        "warn 55s cause 1",
                        "warn 55s cause 2");
    }

    @Test
    void logsAnOutageAtOnceThatHasLasted() {
        Rig rig = new Rig();

        rig.outages.observe(rig.now, rig.now - Duration.ofSeconds(6).toNanos(), "away");

        assertThat(rig.seen).containsExactly("warn 6s away");
    }

    /** A log whose lines are kept. */
    private static final class Rig implements StateTable.Rig<State> {
        private final List<String> lines = new ArrayList<>();
        private final List<String> seen = new ArrayList<>();
        private final OutageLog outages = new OutageLog("Redis", "host:1", "HOST", this::warned, this::informed);
        private long now = Long.MAX_VALUE - 1;

        /** After some milliseconds, also where that is beyond the largest number. */
        void observe(long afterMillis, String cause) {
            now += Duration.ofMillis(afterMillis).toNanos();
            outages.observe(now, cause);
        }

        @Override
        public void bringTo(State state) {
            if (state != State.WORKS) {
                observe(0, "away");
            }
            if (state == State.LOGGED || state == State.MENDED) {
                observe(5000, "away");
            }
            if (state == State.MENDED) {
                observe(0, "");
            }
        }

        @Override
        public State state() {
            return outages.state();
        }

        @Override
        public boolean have(String event) {
            switch (event) {
                case "works" -> observe(1, "");
                case "fails" -> observe(1, "away");
                case "fails, and it is time" -> observe(60_000, "away");
                case "fails for another cause" -> observe(1, "refused");
                default -> observe(2000, "");
            }
            return true;
        }

        @Override
        public List<String> seen() {
            return seen;
        }

        private void warned(String line) {
            lines.add(line);
            seen.add("warn " + line.replaceAll(".* for=(\\S+) cause=\"(.*)\"", "$1 $2"));
        }

        private void informed(String line) {
            lines.add(line);
            seen.add("inform " + line.replaceAll(".* after=", ""));
        }
    }
}
