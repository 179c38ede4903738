package io.eventsgateway.log;

import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import org.jspecify.annotations.Nullable;

/**
 * Who is told of a destination's news. Called from any of the log's threads, also from several at once; must not block.
 */
public interface Follower {

    /**
     * An event was appended.
     *
     * @param previous as that of {@link StoredEvent}
     * @param event the event; null for a message that was too large to be pushed, so that it has to be read. A connect or
     * disconnect     that was too large is announced by {@link #wake}, since who is shut out is not known before it is read
     */
    void appended(EventId id, EventId previous, @Nullable Event event);

    /** The last event that it knows of; null when it has not found out yet. */
    @Nullable
    EventId position();

    /** Something may have been appended. */
    void wake();
}
