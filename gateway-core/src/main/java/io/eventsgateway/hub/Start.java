package io.eventsgateway.hub;

import org.jspecify.annotations.Nullable;

/**
 * Where a stream begins.
 *
 * @param from what to send first when the client has no position
 * @param lastEventId the client's position, which wins; null for none
 */
public record Start(From from, @Nullable String lastEventId) {

    /** What to send first. */
    public enum From {
        /** What was not yet delivered to this subject, on any replica; all that is retained where nothing was. */
        PENDING,
        /** Everything that is retained. */
        EARLIEST,
        /** Only what comes from now on. */
        LATEST
    }
}
