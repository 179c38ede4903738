package io.eventsgateway.hub;

import io.eventsgateway.EventId;
import io.eventsgateway.log.Gap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds where a reader without a position begins: at the end, after what its subject was served before, or before the oldest event
 * that is there. Owned by the stream's executor.
 */
final class StartFinder {

    private final LiveTail tail;
    private final RetryingReader log;
    private final Outlet outlet;

    /** Whether the client has a position that is none of ours, of which it was not sent word yet. */
    private boolean unknown;

    StartFinder(LiveTail tail, RetryingReader log, Outlet outlet) {
        this.tail = tail;
        this.log = log;
        this.outlet = outlet;
    }

    /** The client has a position that is none of ours. */
    void clientIsUnknown() {
        unknown = true;
    }

    /** Whether the client has a position that is none of ours, once. */
    boolean takeUnknown() {
        boolean was = unknown;
        unknown = false;
        return was;
    }

    /** Whether all is known that is needed to look: the end, where it is to begin there. */
    boolean canLook(Start.From from) {
        return tail.end() != null || !isAtEnd(from);
    }

    /**
     * Who has a position that is none of ours begins before the oldest event, whatever it asks for: it does not know what it has
     * missed.
     */
    private boolean isAtEnd(Start.From from) {
        return from == Start.From.LATEST && !unknown;
    }

    /** Gives the position to the taker, now or when the log has answered. */
    void look(Start.From from, Consumer<EventId> taker) {
        EventId end = tail.end();
        if (end != null && (isAtEnd(from) || end.equals(EventId.START))) {
            // where nothing was written yet, there is nothing to look for
            taker.accept(end);
        } else if (unknown || !outlet.askProgress(tail.destination(), served -> lookAfter(served, taker))) {
            lookAfter(null, taker);
        }
    }

    /** Begins after what the subject was served, if the rest of it is there; else before the oldest that is. */
    private void lookAfter(@Nullable EventId served, Consumer<EventId> taker) {
        log.page(
                outlet,
                tail.destination(),
                served,
                1,
                1,
                page -> taker.accept(served != null && page.gap() == Gap.NONE ? served : page.base()));
    }
}
