package io.eventsgateway.log;

import io.eventsgateway.EventId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Events in the order of the log. After {@link Gap#REPLACED} they begin with the oldest that the log has.
 *
 * @param gap whether something is missing between the position asked for and the first of them; never {@link Gap#UNKNOWN}
 * @param base the position directly before the first of them; where there is none, the one before the next event, or the log's end
 * @param events the events, each following the one before
 * @param more whether the log had more after the last of them
 * @param large the next event, where there is none in the page because it alone is larger than asked for
 */
public record Page(
        Gap gap,
        EventId base,
        List<StoredEvent> events,
        boolean more,
        @Nullable Large large) {

    /**
     * An event that did not fit.
     *
     * @param size bytes that have to be asked for to get it
     */
    public record Large(EventId id, int size) {}

    /** Copies the events. */
    public Page {
        events = List.copyOf(events);
    }

    /** The position after the page. */
    public EventId end() {
        return events.isEmpty() ? base : events.get(events.size() - 1).id();
    }

    /** The same with another gap. */
    public Page with(Gap other) {
        return new Page(other, base, events, more, large);
    }

    /** A page of a log that ends at {@code end}; its base is told by its first event, or by the large one, or by the end. */
    public static Page of(Gap gap, EventId end, List<StoredEvent> events, boolean more, @Nullable Large large) {
        EventId base = large != null
                ? large.id().previous()
                : events.isEmpty() ? end : events.get(0).id().previous();
        return new Page(gap, base, events, more, large);
    }
}
