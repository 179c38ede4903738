package io.eventsgateway.log;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.Source;
import org.jspecify.annotations.Nullable;

/**
 * One event on its way into the log.
 *
 * @param eventId the producer's own id of it: the same id within the retention is the same event; null for none
 */
public record Entry(
        Destination destination,
        Event event,
        Source source,
        @Nullable String eventId) {}
