package io.eventsgateway.hub;

/** A client's stay at the hub. Any thread may call; calls are carried out on the subscriber's executor. */
public interface Subscription {

    /** There is room again after {@link Subscriber#deliver} said there was none. */
    void resume();

    /** Ends it; the subscriber is told. Only the first call counts. */
    void close(CloseReason reason);
}
