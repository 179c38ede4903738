package io.eventsgateway.route;

import io.eventsgateway.Destination;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The part of a trace that a record's way into the log is, from being taken until it is {@linkplain #end over}. Used by one thread at a time; none of
 * its methods blocks or throws, except what {@link #within} runs.
 */
public interface RecordSpan {

    /** The span's own trace context, which is stored with the record's messages (W3C Trace Context, 3.2.2). */
    String traceparent();

    /** The record has an event for a destination; called once for each of them. */
    void routed(Destination destination);

    /** Runs a step, which is part of the span: what is sent to others meanwhile carries its trace context. */
    <T> T within(Supplier<T> step);

    /**
     * It is over; called once.
     *
     * @param outcome what has become of the record
     * @param why what kept it from being appended; null where nothing did
     */
    void end(Outcome outcome, @Nullable String why);

    /** What has become of a record. */
    enum Outcome {
        /** The log has its events, now or since before. */
        APPENDED,
        /** It can't be used and is in the dead letters. */
        REJECTED,
        /** It has to be given again, and is another span then. */
        LEFT
    }
}
