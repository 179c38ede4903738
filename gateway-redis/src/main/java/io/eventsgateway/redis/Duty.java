package io.eventsgateway.redis;

import java.util.function.LongSupplier;

/** Something that is to be done again and again; knows when. Used by one thread. */
final class Duty {

    private final LongSupplier pause;
    private long at;

    /**
     * A duty.
     *
     * @param first when it is due first, by {@link System#nanoTime}
     * @param pause after how many nanoseconds it is due again
     */
    Duty(long first, LongSupplier pause) {
        this.at = first;
        this.pause = pause;
    }

    boolean isDue(long now) {
        return now - at >= 0;
    }

    /** It is done now, and due again after its pause. */
    void done(long now) {
        at = now + pause.getAsLong();
    }

    /** It is due now, whenever it was done. */
    void hurry(long now) {
        at = now;
    }
}
