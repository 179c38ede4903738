package io.eventsgateway.hub;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A client's stay at the hub. Any thread may call; calls are carried out on the subscriber's executor. */
public interface Subscription {

    /** There is room again after {@link Subscriber#deliver} said there was none. */
    void resume();

    /**
     * Where it is in each destination that the subscriber sees, in the order that it asked for them. Completes on the subscriber's executor, or
     * never where that does not run any more.
     */
    CompletableFuture<List<Standing>> standings();

    /** Ends it; the subscriber is told. Only the first call counts. */
    void close(CloseReason reason);
}
