package io.eventsgateway.hub;

/**
 * The part of a trace that an event's delivery to one subscriber is, from being handed over until it is {@linkplain #end over}. Used by one thread at
 * a time.
 */
@FunctionalInterface
public interface DeliverySpan {

    /**
     * It is over; called once. Must be quick, must not block and must not throw.
     *
     * @param written whether all of the event was written, as far as the socket took it; else the stream ended before
     */
    void end(boolean written);
}
