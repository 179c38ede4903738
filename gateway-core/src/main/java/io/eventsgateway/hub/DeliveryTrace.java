package io.eventsgateway.hub;

import io.eventsgateway.Destination;
import io.eventsgateway.EventId;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The trace of an event that its deliveries are part of: the first ones only, since an event for everybody has as many as there are streams. Any thread may use it. */
final class DeliveryTrace {

    static final int MOST = 100;

    private final String traceparent;
    private final AtomicInteger begun = new AtomicInteger();

    private DeliveryTrace(String traceparent) {
        this.traceparent = traceparent;
    }

    /** That of an event with a trace context; null where it has none. */
    static @Nullable DeliveryTrace of(@Nullable String traceparent) {
        return traceparent == null ? null : new DeliveryTrace(traceparent);
    }

    /** Begins a delivery; null where it is not traced. */
    @Nullable
    DeliverySpan begin(HubListener listener, Destination destination, EventId id) {
        return begun.get() < MOST && begun.incrementAndGet() <= MOST
                ? listener.delivering(destination, id, traceparent)
                : null;
    }
}
