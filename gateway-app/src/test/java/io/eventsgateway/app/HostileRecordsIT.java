package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The short form of {@link HostileRecords}. */
class HostileRecordsIT {

    private static final int RECORDS = 20_000;
    private static final long SEED = Long.getLong("seed", System.nanoTime());

    @Test
    void stopsForNoneBuriesEveryBadOneAndDeliversEveryGoodOne() {
        HostileRecords.Result result;
        try (HostileRecords lab = new HostileRecords(RECORDS, SEED)) {
            result = lab.run();
        }
        System.out.println("hostile records: seed=" + SEED + " " + result);

        assertThat(result.stuck()).isEmpty();
        assertThat(result.restarted()).isFalse();
        assertThat(result.outOfMemory()).isZero();
        assertThat(result.delivered()).isEqualTo(result.good());
        assertThat(result.deadLetters() + result.givenUp()).isGreaterThanOrEqualTo(result.bad());
    }
}
