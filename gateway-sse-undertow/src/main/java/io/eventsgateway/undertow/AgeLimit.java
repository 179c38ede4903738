package io.eventsgateway.undertow;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How old a stream may become. Immutable.
 *
 * @param beganNanos when it began, by {@link System#nanoTime}
 * @param nanos how old it may become; 0 for any age
 */
record AgeLimit(long beganNanos, long nanos) {

    /** The part of the age by which streams end earlier than others, so that those that began together do not come back together. */
    private static final double SPREAD = 0.1;

    /** The limit of a stream that begins: the age that is given, less up to a tenth of it; none where that is zero. */
    static AgeLimit of(Duration maxAge, long beganNanos, RandomGenerator random) {
        double earlier = SPREAD * random.nextDouble();
        return new AgeLimit(beganNanos, Math.round(maxAge.toNanos() * (1 - earlier)));
    }

    boolean isOver(long now) {
        return nanos > 0 && now - beganNanos >= nanos;
    }
}
