package io.eventsgateway.hub;

import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.log.StoredEvent;
import io.eventsgateway.sse.SseFrame;
import org.jspecify.annotations.Nullable;

/**
 * An event as it goes to subscribers: encoded once.
 *
 * @param control the event itself when it is a connect or a disconnect; null for a message, which is all in its frame
 */
record LiveEvent(EventId id, @Nullable Event control, SseFrame frame) {

    static LiveEvent of(StoredEvent stored) {
        return of(stored.id(), stored.event());
    }

    static LiveEvent of(EventId id, Event event) {
        SseFrame frame = SseFrame.of(id.toString(), event.name(), event.data());
        return new LiveEvent(id, event.kind() == Event.Kind.MESSAGE ? null : event, frame);
    }
}
