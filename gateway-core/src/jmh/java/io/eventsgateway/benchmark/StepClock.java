package io.eventsgateway.benchmark;

import java.time.Instant;
import java.time.InstantSource;

/** A clock that goes on by a millisecond when told, so that a log's retention bounds how many events it keeps. One thread steps. */
public final class StepClock implements InstantSource {

    private volatile long millis = 1_763_000_000_000L;

    /** Goes on. */
    public void step() {
        millis++;
    }

    @Override
    public long millis() {
        return millis;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis);
    }
}
