package io.eventsgateway.log;

import io.eventsgateway.Event;
import io.eventsgateway.EventId;

/**
 * An event and its place in its destination's log.
 *
 * @param previous the event before it in this history of the log, {@link EventId#START} for the first; who has that one as its
 * position     misses nothing
 */
public record StoredEvent(EventId id, EventId previous, Event event) {}
