package io.eventsgateway.hub;

import io.eventsgateway.EventId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one stream has sent since it was last let out, for the hub's listener: how old the first event was, and which events are traced. Owned by
 * the stream's executor.
 */
final class Deliveries {

    private final HubListener listener;

    /** Events that were appended earlier are history to this stream. */
    private long openedMillis = Long.MAX_VALUE;

    /** When the first event was appended that was sent, of those that are no history; 0 for none. */
    private long firstMillis;

    /** The delivery that has begun of a traced event, until all of that was sent. */
    private @Nullable DeliverySpan begun;

    /** The deliveries of traced events that were sent. */
    private List<DeliverySpan> sent = List.of();

    Deliveries(HubListener listener) {
        this.listener = listener;
    }

    /** The stream is open: what is appended from now on is no history. */
    void open() {
        openedMillis = System.currentTimeMillis();
    }

    /** What is sent next is an event, whole or the first part of it. */
    void begin(DestinationReader reader, EventId id, @Nullable DeliveryTrace trace) {
        if (trace != null) {
            begun = trace.begin(listener, reader.destination(), id);
        }
    }

    /** All of an event was sent, up to which the reader has moved. */
    void sent(DestinationReader reader) {
        long millis = reader.position().millis();
        if (firstMillis == 0 && millis >= openedMillis) {
            firstMillis = millis;
        }
        if (begun != null) {
            if (sent.isEmpty()) {
                sent = new ArrayList<>();
            }
            sent.add(begun);
            begun = null;
        }
    }

    /** What was sent was let out. */
    void settle() {
        if (firstMillis > 0) {
            listener.delayed(Math.max(0, System.currentTimeMillis() - firstMillis));
            firstMillis = 0;
        }
        end(true);
    }

    /** The stream is over, and what was not let out never will be. */
    void close() {
        end(false);
        if (begun != null) {
            begun.end(false);
            begun = null;
        }
    }

    private void end(boolean written) {
        if (!sent.isEmpty()) {
            sent.forEach(span -> span.end(written));
            sent = List.of();
        }
    }
}
