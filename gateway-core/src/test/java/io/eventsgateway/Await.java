package io.eventsgateway;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits in tests for what comes about by itself. */
public final class Await {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final long REST_NANOS = 10_000_000;

    private Await() {}

    /** Returns when the condition holds; fails when it does not for long. */
    public static void await(BooleanSupplier condition) {
        await("what the test waits for", condition);
    }

    /** The same, and says for what it waited. */
    public static void await(String what, BooleanSupplier condition) {
        await(what, PATIENCE, condition);
    }

    /** The same with more patience, for what takes several processes one after the other. */
    public static void await(String what, Duration patience, BooleanSupplier condition) {
        long until = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > until) {
                throw new AssertionError("waited too long for " + what);
            }
            LockSupport.parkNanos(REST_NANOS);
        }
    }
}
