package io.eventsgateway.hub;

import java.time.Duration;

/**
 * How a hub spends its time and memory.
 *
 * @param retryAfter how long it waits before it asks a log again that failed
 * @param saveEvery how long a subject's progress may go unsaved while its stream moves
 * @param lingerFor how long a destination is followed after its last client left, since a page that is loaded again comes back at once
 * @param maxReadBytes bytes of events being read from the log at one time, for all subscribers that fell behind
 * @param maxKeptBytes bytes of the newest events kept for all destinations
 */
public record HubOptions(
        Duration retryAfter, Duration saveEvery, Duration lingerFor, long maxReadBytes, long maxKeptBytes) {

    private static final long BUDGET =
            Math.min(64L * 1024 * 1024, Runtime.getRuntime().maxMemory() / 8);

    /** One second, ten, half a one; an eighth of the heap each, 64 MB at most. */
    public static final HubOptions DEFAULT =
            new HubOptions(Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofMillis(500), BUDGET, BUDGET);

    /** The same with other times. */
    public HubOptions withTimes(Duration retry, Duration save, Duration linger) {
        return new HubOptions(retry, save, linger, maxReadBytes, maxKeptBytes);
    }
}
