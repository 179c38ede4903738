package io.eventsgateway.log;

import io.eventsgateway.Event;
import io.eventsgateway.EventId;

/** An event and its place in its destination's log. */
public record StoredEvent(EventId id, Event event) {}
