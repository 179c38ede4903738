package io.eventsgateway.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.StateTable;
import io.eventsgateway.undertow.TokenClock.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokenClockTest {

    private static final Instant EXPIRY = Instant.parse("2026-01-01T00:10:00Z");

    @Test
    void doesInEveryStateWhatItsTableSays() {
        String more = "more than 60 s are left";
        String less = "60 s or less are left";
        String none = "none are left";
        new StateTable<>(TokenClock.class, State.class, Rig::new)
                .in(State.VALID)
                .ignores(more)
                .on(less, State.EXPIRING, "EXPIRING")
                .on(none, State.EXPIRED, "EXPIRED")
                .in(State.EXPIRING)
                .ignores(more, less)
                .on(none, State.EXPIRED, "EXPIRED")
                .in(State.EXPIRED)
                .ignores(more, less, none)
                .check();
    }

    /** A clock, and what it says. */
    private static final class Rig implements StateTable.Rig<State> {
        private final List<String> seen = new ArrayList<>();
        private final TokenClock clock = new TokenClock(EXPIRY);

        @Override
        public void bringTo(State state) {
            switch (state) {
                case VALID -> tick(61);
                case EXPIRING -> tick(59);
                case EXPIRED -> tick(-1);
            }
        }

        private boolean tick(int left) {
            State said = clock.tick(EXPIRY.minusSeconds(left));
            if (said != null) {
                seen.add(said.name());
            }
            return true;
        }

        @Override
        public State state() {
            return clock.state();
        }

        @Override
        public boolean have(String event) {
            return switch (event) {
                case "more than 60 s are left" -> tick(61);
                case "60 s or less are left" -> tick(60);
                case "none are left" -> tick(0);
                default -> throw new AssertionError(event);
            };
        }

        @Override
        public List<String> seen() {
            return seen;
        }
    }

    @Test
    void neverEndsWithoutAnExpiry() {
        TokenClock clock = new TokenClock(null);

        assertThat(clock.tick(Instant.MAX)).isNull();
        assertThat(clock.isOver(Instant.MAX)).isFalse();
    }
}
