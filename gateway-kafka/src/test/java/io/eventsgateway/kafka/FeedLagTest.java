package io.eventsgateway.kafka;

import static io.eventsgateway.kafka.FeedRig.ONE;
import static io.eventsgateway.kafka.FeedRig.TWO;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.kafka.ReadPositions.Position;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FeedLagTest {

    private long now = 1_000_000;
    private final FeedLag lag = new FeedLag(() -> now);

    @Test
    void sumsWhatIsNotRead() {
        lag.measure(Map.of(ONE, new Position(10, -1), TWO, new Position(5, -1)), Map.of(ONE, 12L, TWO, 105L));

        assertThat(lag.records()).isEqualTo(102);

        lag.measure(Map.of(ONE, new Position(12, -1)), Map.of(ONE, 12L));
        assertThat(lag.records()).isZero();
        assertThat(lag.oldestMillis()).isZero();
    }

    @Test
    void takesTheOldestRecordToBeNoOlderThanTheOneBeforeIt() {
        lag.measure(Map.of(ONE, new Position(10, now - 3_600_000)), Map.of(ONE, 10L));
        now += 5000;
        lag.measure(Map.of(ONE, new Position(10, now - 3_600_000)), Map.of(ONE, 11L));
        now += 60_000;
        assertThat(lag.oldestMillis()).as("came after an hour without any").isEqualTo(60_000);

        lag.measure(Map.of(ONE, new Position(10_000, now - 2000)), Map.of(ONE, 20_000L));
        assertThat(lag.oldestMillis()).as("one of many, read two seconds late").isEqualTo(2000);
    }

    @Test
    void measuresAnewWhatCameBack() {
        lag.measure(Map.of(ONE, new Position(1, -1)), Map.of(ONE, 2L));
        now += 60_000;
        lag.measure(Map.of(), Map.of());
        assertThat(lag.oldestMillis()).isZero();

        lag.measure(Map.of(ONE, new Position(1, -1)), Map.of(ONE, 2L));
        now += 1000;

        assertThat(lag.oldestMillis()).isEqualTo(1000);
    }

    @Test
    void leavesOutAPartitionWhoseEndIsNotKnown() {
        lag.measure(Map.of(ONE, new Position(10, -1)), Map.of());

        assertThat(lag.records()).isZero();
    }
}
