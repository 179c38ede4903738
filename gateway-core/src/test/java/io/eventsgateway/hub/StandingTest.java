package io.eventsgateway.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Destination;
import io.eventsgateway.EventId;
import org.junit.jupiter.api.Test;

class StandingTest {

    private static final Destination DESTINATION = new Destination("acme", "view", "1");

    @Test
    void countsTheEventsAfterThePosition() {
        assertThat(behind(new EventId(7, 1, 3), new EventId(7, 9, 12))).isEqualTo(9);
        assertThat(behind(new EventId(7, 9, 12), new EventId(7, 9, 12))).isZero();
        assertThat(behind(EventId.START, new EventId(7, 9, 12))).isEqualTo(12);
        assertThat(behind(EventId.START, EventId.START)).isZero();
    }

    @Test
    void isNotBehindWhereItHasReadMoreThanTheTailKnowsOf() {
        assertThat(behind(new EventId(7, 9, 13), new EventId(7, 9, 12))).isZero();
    }

    @Test
    void doesNotKnowHowFarBehindItIsOfAnotherLifeOrAnUnknownEnd() {
        assertThat(behind(new EventId(8, 9, 1), new EventId(7, 9, 12))).isEqualTo(Standing.UNKNOWN);
        assertThat(behind(new EventId(7, 9, 1), null)).isEqualTo(Standing.UNKNOWN);
    }

    private static long behind(EventId position, EventId end) {
        return Standing.of(DESTINATION, position, end).behind();
    }
}
