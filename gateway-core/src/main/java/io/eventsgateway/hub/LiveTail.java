package io.eventsgateway.hub;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.log.EventReader;
import io.eventsgateway.log.Follower;
import io.eventsgateway.log.Gap;
import io.eventsgateway.log.LogEnd;
import io.eventsgateway.log.Page;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Keeps up with the end of one destination's log, once for all its subscribers on this replica. What the log pushes is taken when
 * its predecessor is the end that is known here; else the log is read. Any thread may call; the log is never called under the lock.
 *
 * <table>
 * <caption>States, and what they do on each event</caption>
 * <tr><th>state<th>pushed, fits<th>pushed, does not<th>woken<th>end came<th>page came<th>gap<th>close
 * <tr><td>NEW<td>–<td>–<td>–<td>–<td>–<td>–<td>CLOSED
 * <tr><td>ASKING<td>news<td>news<td>news<td>FOLLOWING; READING if news<td>–<td>–<td>CLOSED
 * <tr><td>FOLLOWING<td>take<td>READING<td>READING<td>–<td>–<td>–<td>CLOSED
 * <tr><td>READING<td>take<td>news<td>news<td>–<td>take what fits; FOLLOWING if there is no more and no news<td>ASKING<td>CLOSED
 * <tr><td>CLOSED<td>–<td>–<td>–<td>–<td>–<td>–<td>–
 * </table>
 *
 * <p>A dash is an event that can't come in that state or changes nothing. A question that failed is asked again: the state stays.
 */
final class LiveTail implements Follower, RetryingReader.Asker {

    private final Destination destination;
    private final EventReader log;
    private final RetryingReader reader;
    private final WakeLists readers;
    private final CompletableFuture<Void> asked = new CompletableFuture<>();

    // owned by the hub's map of tails
    int users;

    // guarded by this
    private final TailBuffer buffer;
    private State state = State.NEW;
    private boolean news;
    private EventReader.@Nullable Following following;

    /** See the table above. */
    enum State {
        /** Nobody needs it yet. */
        NEW,
        /** It has asked the log for its end. */
        ASKING,
        /** It is at the end, as far as it knows. */
        FOLLOWING,
        /** It reads from its end on. */
        READING,
        /** Nobody needs it any more. */
        CLOSED
    }

    LiveTail(
            Destination destination,
            EventReader log,
            RetryingReader reader,
            HubListener listener,
            AtomicLong allBytes,
            long maxAllBytes) {
        this.destination = destination;
        this.log = log;
        this.reader = reader;
        this.readers = new WakeLists(listener);
        this.buffer = new TailBuffer(allBytes, maxAllBytes);
    }

    Destination destination() {
        return destination;
    }

    synchronized State state() {
        return state;
    }

    /** Begins to follow; only the first call counts. */
    void start() {
        synchronized (this) {
            if (state != State.NEW) {
                return;
            }
            state = State.ASKING;
        }
        follow();
    }

    /** Follows, and asks for the end: in this order, so that nothing is appended between them unseen. */
    private void follow() {
        CompletableFuture<EventReader.Following> begun =
                reader.once(() -> CompletableFuture.completedStage(log.follow(destination, this)));
        if (begun.isCompletedExceptionally()) {
            reader.again(this, this::follow);
            // meanwhile what there is can be read
            asked.complete(null);
            return;
        }
        boolean late;
        synchronized (this) {
            following = begun.join();
            late = state == State.CLOSED;
        }
        if (late) {
            begun.join().close();
        } else {
            askEnd();
        }
    }

    private void askEnd() {
        reader.once(() -> log.end(destination)).whenComplete((tail, failure) -> {
            if (failure == null) {
                endCame(tail);
            } else {
                reader.again(this, this::askEnd);
            }
            asked.complete(null);
        });
    }

    void close() {
        EventReader.Following last;
        synchronized (this) {
            state = State.CLOSED;
            last = following;
            buffer.clear();
        }
        if (last != null) {
            last.close();
        }
    }

    /** Completes when the log has said where it ends, or failed to. */
    CompletableFuture<Void> asked() {
        return asked;
    }

    @Override
    public synchronized boolean waits() {
        return state != State.CLOSED;
    }

    @Override
    public void execute(Runnable step) {
        step.run();
    }

    /** The readers that are woken when there is news. */
    WakeLists readers() {
        return readers;
    }

    /** The end, null while it is not known. */
    synchronized @Nullable EventId end() {
        return knowsEnd() ? buffer.end() : null;
    }

    private boolean knowsEnd() {
        return state == State.FOLLOWING || state == State.READING;
    }

    /** Whether a subject with these names is shut out as of the end. */
    synchronized boolean refuses(Collection<String> names) {
        return buffer.refuses(names);
    }

    /**
     * Whether the destination was ended for a subject with these names and it has nothing left to get.
     *
     * @param position the last that it got, null for nothing
     */
    synchronized boolean isOver(@Nullable EventId position, Collection<String> names) {
        return knowsEnd() && buffer.isOver(position, names);
    }

    /** Some of the events after a position; empty when it is the end; null when they are not here and have to be read. */
    synchronized @Nullable List<LiveEvent> after(EventId position) {
        return knowsEnd() ? buffer.after(position) : null;
    }

    @Override
    public @Nullable EventId position() {
        return end();
    }

    @Override
    public void appended(EventId id, EventId previous, @Nullable Event event) {
        LiveEvent live = event == null ? null : LiveEvent.of(id, previous, event);
        EventId from = null;
        synchronized (this) {
            if (!knowsEnd()) {
                news = true;
                return;
            }
            EventId end = buffer.end();
            if (end.isAtOrAfter(id) && id.millis() <= end.millis()) {
                return;
            }
            if (!buffer.take(id, previous, live)) {
                from = beginToRead();
                if (from == null) {
                    return;
                }
            }
        }
        if (from == null) {
            readers.wake();
        } else {
            readFrom(from);
        }
    }

    @Override
    public void wake() {
        EventId from;
        synchronized (this) {
            from = beginToRead();
        }
        if (from != null) {
            readFrom(from);
        }
    }

    /** Where to read from; null when that is not to be now. */
    private @Nullable EventId beginToRead() {
        if (state != State.FOLLOWING) {
            news = true;
            return null;
        }
        state = State.READING;
        news = false;
        return buffer.end();
    }

    private void readFrom(EventId from) {
        reader.pages(this, destination, from, TailBuffer.MAX_EVENTS, TailBuffer.MAX_BYTES, this::pageCame);
    }

    /** Takes what follows the end, and says where to read on from. */
    private @Nullable EventId pageCame(Page page) {
        List<LiveEvent> events = page.events().stream().map(LiveEvent::of).toList();
        Page.Large large = page.large();
        boolean gap = page.gap() != Gap.NONE;
        EventId next = null;
        synchronized (this) {
            if (state != State.READING) {
                return null;
            }
            if (gap) {
                buffer.clear();
                state = State.ASKING;
            } else {
                events.forEach(event -> buffer.take(event.id(), event.previous(), event));
                if (large != null) {
                    buffer.take(large.id(), large.previous(), null);
                }
                if (page.more() || news) {
                    news = false;
                    next = buffer.end();
                } else {
                    state = State.FOLLOWING;
                }
            }
        }
        if (gap) {
            askEnd();
        } else if (next == null || !events.isEmpty() || large != null) {
            // where it found nothing: a reader that is ahead of it has what was lost since
            readers.wake();
        }
        return next;
    }

    private void endCame(LogEnd tail) {
        EventId from;
        synchronized (this) {
            if (state != State.ASKING) {
                return;
            }
            buffer.begin(tail);
            state = State.FOLLOWING;
            from = news ? beginToRead() : null;
        }
        readers.wake();
        if (from != null) {
            readFrom(from);
        }
    }
}
