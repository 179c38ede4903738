package io.eventsgateway.hub;

import io.eventsgateway.EventId;
import io.eventsgateway.log.Gate;
import io.eventsgateway.log.LogEnd;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The end of one destination's log as far as it is known, who is shut out as of it, and the newest events up to it, as many as fit,
 * each the predecessor of the next. Needs a lock around it, except for the sum of all buffers' bytes.
 */
final class TailBuffer {

    static final int MAX_EVENTS = 256;
    static final int MAX_BYTES = 256 * 1024;

    private static final int BATCH = 64;

    private final AtomicLong allBytes;
    private final long maxAllBytes;
    private final List<LiveEvent> events = new ArrayList<>();
    private int bytes;
    private EventId end = EventId.START;
    private Gate gate = Gate.OPEN;

    /**
     * An empty buffer.
     *
     * @param allBytes the bytes of all buffers
     * @param maxAllBytes while they are more, a buffer to which one is added keeps only that one
     */
    TailBuffer(AtomicLong allBytes, long maxAllBytes) {
        this.allBytes = allBytes;
        this.maxAllBytes = maxAllBytes;
    }

    EventId end() {
        return end;
    }

    /** Begins at an end that the log has told. */
    void begin(LogEnd told) {
        clear();
        end = told.end();
        gate = told.gate();
    }

    /**
     * Goes on to an event, if its predecessor is the end.
     *
     * @param event null for a large message, which is not kept
     * @return whether it is the end now
     */
    boolean take(EventId id, EventId previous, @Nullable LiveEvent event) {
        if (!previous.equals(end)) {
            return false;
        }
        end = id;
        if (event == null) {
            gate = gate.afterMessage();
            clear();
        } else {
            gate = event.control() == null ? gate.afterMessage() : gate.after(event.control());
            add(event);
        }
        return true;
    }

    /** Whether a subject with these names is shut out as of the end. */
    boolean refuses(Collection<String> names) {
        return gate.refuses(names);
    }

    /**
     * Whether the destination was ended for a subject with these names and it has nothing left to get.
     *
     * @param position the last that it got, null for nothing
     */
    boolean isOver(@Nullable EventId position, Collection<String> names) {
        boolean behind = position != null
                && (position.epoch() == end.epoch() || position.equals(EventId.START))
                && !position.equals(end);
        return gate.refuses(names) && !behind;
    }

    private void add(LiveEvent event) {
        int size = event.frame().size();
        if (size > MAX_BYTES) {
            clear();
            return;
        }
        while (events.size() == MAX_EVENTS || bytes + size > MAX_BYTES) {
            dropOldest();
        }
        events.add(event);
        bytes += size;
        if (allBytes.addAndGet(size) > maxAllBytes) {
            while (events.size() > 1) {
                dropOldest();
            }
        }
    }

    /**
     * Some of the events after a position, the first of which has it as its predecessor; empty when it is the end; null where they
     * are not here.
     */
    @Nullable
    List<LiveEvent> after(EventId position) {
        if (position.equals(end)) {
            return List.of();
        }
        if (events.isEmpty()) {
            return null;
        }
        long skip = position.sequence() - events.get(0).previous().sequence();
        if (skip < 0 || skip >= events.size()) {
            return null;
        }
        int from = (int) skip;
        if (!events.get(from).previous().equals(position)) {
            return null;
        }
        return List.copyOf(events.subList(from, Math.min(events.size(), from + BATCH)));
    }

    void clear() {
        allBytes.addAndGet(-bytes);
        events.clear();
        bytes = 0;
    }

    private void dropOldest() {
        int size = events.remove(0).frame().size();
        bytes -= size;
        allBytes.addAndGet(-size);
    }
}
