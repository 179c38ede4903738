package io.eventsgateway.load;

import java.time.Instant;

/** The time that all processes of one machine agree on. Any thread may ask. */
final class WallClock {

    private WallClock() {}

    /** Microseconds since 1970. */
    static long micros() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    }
}
