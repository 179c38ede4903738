package io.eventsgateway.hub;

import io.eventsgateway.log.Gap;

/**
 * What happens at a hub, for metrics. Called from any thread, on the event's path: an implementation must be quick, must not block
 * and must not throw.
 */
public interface HubListener {

    /** Listens to nothing. */
    HubListener NONE = new HubListener() {};

    /** A subscriber was let in. */
    default void opened() {}

    /** Events were handed to one subscriber. */
    default void delivered(int events) {}

    /** A subscriber was told that it cannot have everything after its position. */
    default void reset(Gap gap) {}

    /** A subscriber that had been let in is gone. */
    default void closed(CloseReason reason) {}

    /**
     * A fault of the gateway, or too little memory, has ended one stream or put off one destination's events; everything else goes
     * on. By default it goes where the thread's uncaught exceptions go.
     */
    default void failed(Throwable fault) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, fault);
    }
}
