package io.eventsgateway.log;

import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Events in the order of the log. After {@link Gap#REPLACED} they begin with the oldest that the log has.
 *
 * @param gap whether something is missing between the position asked for and the first of them; never {@link Gap#UNKNOWN}
 * @param base the position directly before the first of them; where there is none, the one before the next event, or the log's end
 * @param events the events, each the predecessor of the next
 * @param more whether the log had more after the last of them
 * @param large the next event, where there is none in the page because it is large
 */
public record Page(
        Gap gap,
        EventId base,
        List<StoredEvent> events,
        boolean more,
        @Nullable Large large) {

    /**
     * A message whose data is read in pieces.
     *
     * @param previous as that of {@link StoredEvent}
     * @param name the SSE event's name
     * @param size bytes of data
     * @param place where the log keeps the data, for the log alone to understand
     * @param traceparent as that of {@link Event}
     */
    public record Large(
            EventId id,
            EventId previous,
            String name,
            int size,
            String place,
            @Nullable String traceparent) {}

    /** Copies the events. */
    public Page {
        events = List.copyOf(events);
    }

    /** The position after the page. */
    public EventId end() {
        return events.isEmpty() ? base : events.get(events.size() - 1).id();
    }

    /**
     * The id of the first of them, or of the large one.
     *
     * @throws IndexOutOfBoundsException if there is none
     */
    public EventId first() {
        return events.isEmpty() && large != null ? large.id() : events.get(0).id();
    }

    /** The same with another gap. */
    public Page with(Gap other) {
        return new Page(other, base, events, more, large);
    }

    /**
     * A page of a log that ends at {@code end}; its base is the predecessor of its first event, or of the large one, or the end.
     */
    public static Page of(Gap gap, EventId end, List<StoredEvent> events, boolean more, @Nullable Large large) {
        EventId base = large != null
                ? large.previous()
                : events.isEmpty() ? end : events.get(0).previous();
        return new Page(gap, base, events, more, large);
    }
}
