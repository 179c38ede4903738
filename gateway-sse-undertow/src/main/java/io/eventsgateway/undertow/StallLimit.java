package io.eventsgateway.undertow;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * When a client that accepts nothing is stalled, and not slow.
 *
 * @param maxAge how long it may accept nothing
 * @param multiplexed whether its connection has other streams. Such a client says that it has read a stream only when it has read a good
 *     part of its window, which may be megabytes; so it gets the time that this takes at 1 KB/s
 */
record StallLimit(Duration maxAge, boolean multiplexed) {

    private static final long SLOWEST_BYTES_PER_SECOND = 1024;
    private static final long LARGEST_WINDOW = 16 * 1024 * 1024;

    /**
     * Whether it is stalled.
     *
     * @param blockedNanos for how long it has accepted nothing
     * @param burstBytes the most that it accepted without a pause
     */
    boolean isStalled(long blockedNanos, long burstBytes) {
        long unread = multiplexed ? Math.min(burstBytes, LARGEST_WINDOW) : 0;
        return blockedNanos > maxAge.toNanos()
                && blockedNanos > TimeUnit.SECONDS.toNanos(unread / SLOWEST_BYTES_PER_SECOND);
    }
}
