package io.eventsgateway.hub;

import io.eventsgateway.EventId;
import io.eventsgateway.log.Gap;
import org.jspecify.annotations.Nullable;

/** One destination's part of a subscription: a position. All of it is owned by the lane. */
final class Leg {

    final HubSubscription subscription;
    final LiveTail tail;

    /** Nothing of it may be seen: it only keeps its position, and its tail follows nothing. */
    final boolean withheld;

    /** Null until it is known where to begin. */
    @Nullable
    EventId position;

    /** The position that was remembered for the subject the last time. */
    @Nullable
    EventId marked;

    /** What the client has to be told before anything else. */
    Gap gap = Gap.NONE;

    @Nullable
    Watch watch;

    int place;

    /** A read is under way. */
    boolean reading;

    /** A read that began after the last news said that there is nothing more; only news are a reason to read again. */
    boolean quiet;

    /** News came since the last read began, which may not have seen what they tell of. */
    boolean stirred;

    boolean ended;

    /** Bytes that the next event needs when it is a large one; else 0. */
    int needed;

    /** A large event on its way, kept so that others can share it; and what it took of the budget. */
    @Nullable
    LiveEvent large;

    int largeBytes;

    Leg(HubSubscription subscription, LiveTail tail, boolean withheld) {
        this.subscription = subscription;
        this.tail = tail;
        this.withheld = withheld;
        this.ended = withheld;
    }

    void woken() {
        quiet = false;
        stirred = true;
        subscription.run(() -> subscription.pump(this));
    }
}
