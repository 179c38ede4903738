package io.eventsgateway.hub;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.log.EventReader;
import io.eventsgateway.log.Gap;
import io.eventsgateway.log.Page;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads one destination for one stream: a position. Events come from the live tail as long as the position is there, else from the
 * log by pages, and large ones in pieces. It moves only forward and only by what it sends, so nothing is left out and nothing comes
 * twice, however news and reads interleave. All of it runs on the stream's executor.
 *
 * <table>
 * <caption>States, and what they do on each event</caption>
 * <tr><th>state<th>pump: room<th>pump: no room<th>news<th>start came<th>page came<th>large event in the page<th>large event is over
 * <tr><td>NEW<td>–<td>–<td>locate<td>–<td>–<td>–<td>–
 * <tr><td>LOCATING<td>–<td>–<td>–<td>READY<td>–<td>–<td>–
 * <tr><td>READY<td>send; READING, or ENDED<td>stay<td>pump<td>–<td>–<td>–<td>–
 * <tr><td>READING<td>–<td>–<td>count<td>–<td>reset, send; WAITING if all is read and no news, else READY<td>SENDING<td>–
 * <tr><td>WAITING<td>READY if the tail knows the position by now, else nudge it<td>stay<td>READY, pump<td>–<td>–<td>–<td>–
 * <tr><td>SENDING<td>{@link LargeEvent#pump}<td>stay<td>–<td>–<td>–<td>–<td>READY
 * <tr><td>ENDED<td>–<td>–<td>READY if opened anew<td>–<td>–<td>–<td>–
 * </table>
 *
 * <p>A dash is an event that can't come in that state or changes nothing. A read that failed is repeated by {@link RetryingReader}:
 * the state stays.
 */
final class DestinationReader {

    private static final int PAGE_EVENTS = 256;
    private static final int PAGE_BYTES = EventReader.LARGE_BYTES;

    private final LiveTail tail;
    private final RetryingReader log;
    private final Outlet outlet;
    private final Set<String> names;
    private final StartFinder starts;
    private final ReaderPosition position = new ReaderPosition();

    // owned by the wake list
    int place;

    private @Nullable WakeList wakeList;
    private State state = State.NEW;

    /** Whether there was news since the last read began, which may not have seen it. */
    private boolean isNews;

    /** The large event on its way in SENDING; else null. */
    private @Nullable LargeEvent large;

    /** See the table above. */
    enum State {
        /** It is not known where to begin. */
        NEW,
        /** The log was asked where to begin. */
        LOCATING,
        /** There may be something to send. */
        READY,
        /** A page was asked for. */
        READING,
        /** A page said that there is nothing more, and the tail does not know the position: only news is a reason to read again. */
        WAITING,
        /** A large event is on its way. */
        SENDING,
        /** The destination was ended for this subject. */
        ENDED
    }

    DestinationReader(LiveTail tail, RetryingReader log, Outlet outlet, Set<String> names) {
        this.tail = tail;
        this.log = log;
        this.outlet = outlet;
        this.names = names;
        this.starts = new StartFinder(tail, log, outlet);
    }

    Destination destination() {
        return tail.destination();
    }

    LiveTail tail() {
        return tail;
    }

    EventId position() {
        return position.get();
    }

    State state() {
        return state;
    }

    /** Where it is. Any thread: others than the stream's may see a state and a position that were left since. */
    Standing standing() {
        return switch (state) {
            case NEW, LOCATING -> new Standing(destination(), position(), Standing.UNKNOWN);
            case ENDED -> new Standing(destination(), position(), 0);
            case READY, READING, WAITING, SENDING -> Standing.of(destination(), position(), tail.end());
        };
    }

    boolean isLocated() {
        return state != State.NEW && state != State.LOCATING;
    }

    /** The position, if it has moved since the last call. */
    @Nullable
    EventId unsaved() {
        return isLocated() ? position.unsaved() : null;
    }

    /**
     * Begins.
     *
     * @param executor the stream's
     * @param resumed the client's position; null where it has none
     * @param unknown whether it has one that is none of ours
     */
    void open(SerialExecutor executor, @Nullable EventId resumed, boolean unknown) {
        if (unknown) {
            starts.clientIsUnknown();
        }
        WakeList list = tail.readers().of(executor);
        list.add(this);
        wakeList = list;
        if (resumed != null) {
            position.resume(resumed);
            state = State.READY;
        }
        if (tail.isOver(resumed, names)) {
            if (resumed == null) {
                EventId end = tail.end();
                begin(end == null ? EventId.START : end);
            }
            state = State.ENDED;
        }
    }

    /** Leaves the tail, which may be closed then. */
    void close() {
        WakeList list = wakeList;
        if (list != null) {
            wakeList = null;
            list.remove(this);
            tail.readers().leave(list);
        }
    }

    /** Looks for where to begin. */
    void locate(Start.From from) {
        if (state == State.NEW && starts.canLook(from)) {
            state = State.LOCATING;
            starts.look(from, start -> {
                begin(start);
                outlet.located();
            });
        }
    }

    private void begin(EventId start) {
        position.begin(start);
        state = State.READY;
    }

    /** There is news. */
    void woken() {
        isNews = true;
        if (state == State.WAITING || (state == State.ENDED && !tail.refuses(names))) {
            state = State.READY;
        }
        outlet.pump(this);
    }

    /** Sends what can be had after the position, until there is no more or no room. */
    void pump() {
        while (outlet.isOpenFor(this) && step()) {}
    }

    /** Does one step, and says whether there may be another. */
    private boolean step() {
        return switch (state) {
            case READY -> sendFromTail();
            case WAITING -> nudge();
            case SENDING -> {
                Objects.requireNonNull(large).pump();
                yield false;
            }
            case NEW, LOCATING, READING, ENDED -> false;
        };
    }

    private boolean sendFromTail() {
        List<LiveEvent> next = tail.after(position());
        if (next == null) {
            state = State.READING;
            isNews = false;
            log.page(outlet, destination(), position(), PAGE_EVENTS, PAGE_BYTES, page -> {
                take(page);
                pump();
            });
            return false;
        }
        send(next);
        if (next.isEmpty() && tail.isOver(position(), names)) {
            // ended, and its disconnect is not there any more to be sent
            end();
        }
        return !next.isEmpty();
    }

    /** The tail may know the position by now; else it is to find out what it missed. */
    private boolean nudge() {
        if (tail.after(position()) != null) {
            state = State.READY;
            return true;
        }
        tail.wake();
        return false;
    }

    private void take(Page page) {
        state = State.READY;
        if (page.gap() != Gap.NONE) {
            if (!outlet.isOpenFor(this)) {
                // it is read again then; to move without a reset would be a loss that nobody is told of
                return;
            }
            position.move(page.base());
            outlet.reset(this, page.gap());
        }
        Page.Large next = page.large();
        if (next != null) {
            large = new LargeEvent(next, this, log, outlet);
            state = State.SENDING;
            return;
        }
        send(page.events().stream().map(LiveEvent::of).toList());
        if (state == State.READY && !page.more() && position().equals(page.end()) && !isNews) {
            state = State.WAITING;
        }
    }

    /** Sends events as long as there is room. */
    private void send(List<LiveEvent> events) {
        for (LiveEvent event : events) {
            if (state != State.READY || !outlet.isOpenFor(this)) {
                return;
            }
            position.move(event.id());
            Event control = event.control();
            if (control == null) {
                outlet.send(this, event);
            } else if (control.kind() == Event.Kind.DISCONNECT && concerns(control)) {
                outlet.send(this, event);
                end();
            } else {
                outlet.moved();
            }
        }
    }

    /** Whether a disconnect ends this: one of named subjects may have been taken back since by a connect. */
    private boolean concerns(Event disconnect) {
        return disconnect.subjects().isEmpty()
                || (names.stream().anyMatch(disconnect.subjects()::contains) && tail.refuses(names));
    }

    /** Ends this; where it was opened anew since, and that is no news any more, it goes on. */
    private void end() {
        state = State.ENDED;
        outlet.ended();
        if (!tail.refuses(names)) {
            state = State.READY;
        }
    }

    /** Sends a reset to a client that brought a position which is none of ours. */
    void reportUnknown() {
        if (starts.takeUnknown()) {
            outlet.reset(this, Gap.UNKNOWN);
        }
    }

    /** Goes on behind a large event, which was sent or can't be had any more. */
    void pass(EventId event) {
        position.move(event);
        large = null;
        state = State.READY;
    }
}
