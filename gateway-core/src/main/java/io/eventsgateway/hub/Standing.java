package io.eventsgateway.hub;

import io.eventsgateway.Destination;
import io.eventsgateway.EventId;
import org.jspecify.annotations.Nullable;

/**
 * Where a subscription is in one of its destinations.
 *
 * @param position up to which events were handed to the subscriber; {@link EventId#START} for none
 * @param behind how many events were appended after it, those included that have expired since; 0 where the destination was ended for the subject,
 *     which gets none of them; {@link #UNKNOWN} while that is not known
 */
public record Standing(Destination destination, EventId position, long behind) {

    /** The log's end is not known, or where to begin is not, or the position is of another life of the log. */
    public static final long UNKNOWN = -1;

    /** Where a reader is, of a log with this end; null while the end is not known. */
    static Standing of(Destination destination, EventId position, @Nullable EventId end) {
        if (end == null || !(position.equals(EventId.START) || position.epoch() == end.epoch())) {
            return new Standing(destination, position, UNKNOWN);
        }
        return new Standing(destination, position, Math.max(0, end.sequence() - position.sequence()));
    }
}
