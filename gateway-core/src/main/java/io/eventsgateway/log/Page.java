package io.eventsgateway.log;

import io.eventsgateway.EventId;
import java.util.List;

/**
 * Events in the order of the log. After {@link Gap#REPLACED} they begin with the oldest that the log has.
 *
 * @param gap whether something is missing between the position asked for and the first of them; never {@link Gap#UNKNOWN}
 * @param base the position directly before the first of them; where there is none, the log's end
 * @param events the events, each following the one before
 * @param more whether the log had more after the last of them
 */
public record Page(Gap gap, EventId base, List<StoredEvent> events, boolean more) {

    /** Copies the events. */
    public Page {
        events = List.copyOf(events);
    }

    /** The position after the page. */
    public EventId end() {
        return events.isEmpty() ? base : events.get(events.size() - 1).id();
    }

    /** A page of a log that ends at {@code end}; its base is told by its first event, or by the end. */
    public static Page of(Gap gap, EventId end, List<StoredEvent> events, boolean more) {
        return new Page(gap, events.isEmpty() ? end : events.get(0).id().previous(), events, more);
    }
}
