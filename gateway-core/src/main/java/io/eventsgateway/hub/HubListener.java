package io.eventsgateway.hub;

import io.eventsgateway.Destination;
import io.eventsgateway.EventId;
import io.eventsgateway.log.Gap;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What happens at a hub, for metrics. Called from any thread, on the event's path: an implementation must be quick, must not block
 * and must not throw.
 */
public interface HubListener {

    /** Listens to nothing. */
    HubListener NONE = new HubListener() {};

    /** A subscriber was let in. */
    default void opened() {}

    /**
     * An event that has a trace context is about to be handed to one subscriber. Of those that go to many at once, only the first hundred are
     * announced.
     *
     * @param traceparent the event's trace context (W3C Trace Context, 3.2.2)
     * @return the span of its delivery; null where that is not traced
     */
    default @Nullable DeliverySpan delivering(Destination destination, EventId id, String traceparent) {
        return null;
    }

    /** Events were handed to one subscriber. */
    default void delivered(int events) {}

    /** A subscriber was told that it cannot have everything after its position. */
    default void reset(Gap gap) {}

    /**
     * Events were handed to one subscriber, and written as far as its socket took them.
     *
     * @param millis how long ago, by the store's clock and this machine's, the first of them was appended; of those only that were appended
     *     while the subscriber was there
     */
    default void delayed(long millis) {}

    /** A subscriber that had been let in is gone, so long after. */
    default void closed(CloseReason reason, Duration after) {}

    /**
     * A fault of the gateway, or too little memory, has ended one stream or put off one destination's events; everything else goes
     * on. By default it goes where the thread's uncaught exceptions go.
     */
    default void failed(Throwable fault) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, fault);
    }
}
