package io.eventsgateway.log;

import io.eventsgateway.EventId;

/**
 * The state of a destination's log.
 *
 * @param end the last event's position, also when it has expired; {@link EventId#START} when nothing is known of the destination
 * @param gate who is shut out
 */
public record LogEnd(EventId end, Gate gate) {}
