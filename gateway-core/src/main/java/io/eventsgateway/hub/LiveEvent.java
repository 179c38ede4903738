package io.eventsgateway.hub;

import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.log.StoredEvent;
import io.eventsgateway.sse.SseFrame;
import org.jspecify.annotations.Nullable;

/**
 * An event as it goes to subscribers: encoded once.
 *
 * @param previous as that of {@link StoredEvent}
 * @param control the event itself when it is a connect or a disconnect; null for a message, which is all in its frame
 * @param trace of what trace its deliveries are part; null where they are not traced
 */
record LiveEvent(
        EventId id,
        EventId previous,
        @Nullable Event control,
        SseFrame frame,
        @Nullable DeliveryTrace trace) {

    static LiveEvent of(StoredEvent stored) {
        return of(stored.id(), stored.previous(), stored.event());
    }

    static LiveEvent of(EventId id, EventId previous, Event event) {
        SseFrame frame = SseFrame.of(id.toString(), event.name(), event.data());
        Event control = event.kind() == Event.Kind.MESSAGE ? null : event;
        return new LiveEvent(id, previous, control, frame, DeliveryTrace.of(event.traceparent()));
    }
}
