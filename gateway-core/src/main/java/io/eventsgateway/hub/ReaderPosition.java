package io.eventsgateway.hub;

import io.eventsgateway.EventId;
import org.jspecify.annotations.Nullable;

/** Where a reader is in its destination, and which position of it was saved. Owned by the stream's executor. */
final class ReaderPosition {

    private EventId position = EventId.START;
    private EventId saved = EventId.START;

    EventId get() {
        return position;
    }

    /** Begins at a position that is saved, or of which nothing need be. */
    void begin(EventId start) {
        position = start;
        saved = start;
    }

    /** Begins where a client says that it was served up to, which may not be saved. */
    void resume(EventId served) {
        position = served;
        saved = EventId.START;
    }

    void move(EventId next) {
        position = next;
    }

    /** The position, if it has moved since the last call. */
    @Nullable
    EventId unsaved() {
        if (position.equals(saved) || position.equals(EventId.START)) {
            return null;
        }
        saved = position;
        return position;
    }
}
