package io.eventsgateway.log;

import io.eventsgateway.EventId;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why not everything after a position can be had. */
public enum Gap {
    /** It can: the events begin directly after the position. */
    NONE,
    /** Events after the position are older than the retention. */
    EXPIRED,
    /** The log is not the one that the position is from: it was emptied or made anew, or lost its end, or is another's. */
    REPLACED,
    /** The position could not be understood. */
    UNKNOWN;

    /**
     * Tells a gap from silence: the one place that judges it.
     *
     * @param after the position that a reader has
     * @param end the log's end, {@link EventId#START} where there is no log
     * @param next the first event that the log has after the position, by time and sequence; null for none
     * @param previous that event's predecessor; null for none
     */
    public static Gap between(EventId after, EventId end, @Nullable EventId next, @Nullable EventId previous) {
        boolean ofThisLife = after.epoch() == end.epoch() || after.equals(EventId.START);
        if (!ofThisLife || after.sequence() > end.sequence() || after.millis() > end.millis()) {
            return REPLACED;
        }
        if (after.sequence() == end.sequence()) {
            return after.millis() == end.millis() ? NONE : REPLACED;
        }
        if (next == null || previous == null) {
            return EXPIRED;
        }
        if (previous.equals(after)) {
            return NONE;
        }
        return previous.sequence() <= after.sequence() ? REPLACED : EXPIRED;
    }

    /** The word that clients are told. */
    public String reason() {
        return name().toLowerCase(Locale.ROOT);
    }
}
