package io.eventsgateway.app;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A value that takes a while to find, and is found anew once it is older than an age. Any thread may call. */
final class RecentValue<T> {

    private final Supplier<T> source;
    private final long maxAgeNanos;
    private final LongSupplier clock;

    // guarded by this
    private @Nullable T value;
    private long foundAt;

    /**
     * A value.
     *
     * @param source finds it; called by one thread at a time
     * @param clock as {@link System#nanoTime}
     */
    RecentValue(Supplier<T> source, Duration maxAge, LongSupplier clock) {
        this.source = source;
        this.maxAgeNanos = maxAge.toNanos();
        this.clock = clock;
    }

    /** The value; others wait for the one that finds it. */
    synchronized T get() {
        T known = value;
        if (known == null || clock.getAsLong() - foundAt > maxAgeNanos) {
            known = requireNonNull(source.get());
            value = known;
            foundAt = clock.getAsLong();
        }
        return known;
    }
}
