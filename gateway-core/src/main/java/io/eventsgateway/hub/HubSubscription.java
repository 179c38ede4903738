package io.eventsgateway.hub;

import io.eventsgateway.Cursor;
import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.Payload;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.log.EventLog;
import io.eventsgateway.log.Gap;
import io.eventsgateway.log.Page;
import io.eventsgateway.sse.SseFrame;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One stream: a cursor over its destinations. Events come from the live tails as long as the position is there, else from the log
 * by pages. It moves only forward and only by what it delivers, so nothing is left out and nothing comes twice, however news and
 * reads interleave. All but the interface's methods run in the lane.
 */
final class HubSubscription implements Subscription {

    private static final int PAGE_EVENTS = 256;
    private static final int PAGE_BYTES = 64 * 1024;

    private final Lane lane;
    private final EventLog log;
    private final Executor retry;
    private final Executor marks;
    private final HubListener listener;
    private final ReadBudget pages;
    private final ReadBudget large;
    private final Subscriber subscriber;
    private final Set<String> names;
    private final @Nullable String subject;
    private final Start start;
    private final Consumer<HubSubscription> whenClosed;
    private final List<Destination> destinations;
    private final List<Leg> legs = new ArrayList<>();

    // set by the lane
    private volatile boolean closed;

    // owned by the lane
    private boolean opened;
    private boolean located;
    private boolean parked;
    private boolean moved;
    private boolean markDue;
    private int delivered;

    HubSubscription(
            Hub.Parts parts,
            Lane lane,
            Subscriber subscriber,
            Identity identity,
            Start start,
            List<LiveTail> tails,
            Set<Destination> allowed,
            Consumer<HubSubscription> whenClosed) {
        this.lane = lane;
        this.log = parts.log();
        this.retry = parts.retry();
        this.marks = parts.marks();
        this.subject = start.from() == Start.From.PENDING && !identity.names().isEmpty() ? identity.subject() : null;
        this.listener = parts.listener();
        this.pages = parts.pages();
        this.large = parts.large();
        this.subscriber = subscriber;
        this.names = identity.names();
        this.start = start;
        this.whenClosed = whenClosed;
        this.destinations = tails.stream().map(LiveTail::destination).toList();
        tails.forEach(tail -> legs.add(new Leg(this, tail, !allowed.contains(tail.destination()))));
    }

    Lane lane() {
        return lane;
    }

    /** The tails that it uses. */
    Stream<LiveTail> followed() {
        return legs.stream().filter(leg -> !leg.withheld).map(leg -> leg.tail);
    }

    @Override
    public void resume() {
        execute(() -> {
            parked = false;
            legs.forEach(this::letGo);
            legs.forEach(this::pump);
        });
    }

    @Override
    public void close(CloseReason reason) {
        execute(() -> finish(reason));
    }

    private void execute(Runnable step) {
        lane.execute(() -> run(step));
    }

    /** Does a step when the executor thinks fit, unless the stream is over by then: who ran its lane may be gone too. */
    private void later(Executor executor, Runnable step) {
        executor.execute(() -> {
            if (!closed) {
                execute(step);
            }
        });
    }

    /** Runs a step, whose fault ends this stream and nothing else: its client comes back with the position that it has. */
    void run(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error fault) {
            listener.failed(fault);
            leave(CloseReason.GONE);
        }
    }

    /** Begins, once every tail has been asked for its end. */
    void open() {
        if (closed) {
            return;
        }
        String lastEventId = start.lastEventId();
        List<EventId> resumed = lastEventId == null ? null : Cursor.read(destinations, lastEventId);
        for (int i = 0; i < legs.size(); i++) {
            Leg leg = legs.get(i);
            leg.position = resumed == null ? null : resumed.get(i);
            if (leg.withheld) {
                leg.position = position(leg);
                leg.marked = leg.position;
                continue;
            }
            leg.gap = lastEventId != null && resumed == null ? Gap.UNKNOWN : Gap.NONE;
            leg.ended = leg.tail.isOver(leg.position, names);
            leg.watch = leg.tail.watch(lane);
            leg.watch.add(leg);
        }
        if (legs.stream().allMatch(leg -> leg.ended)) {
            finish(CloseReason.ENDED);
            return;
        }
        opened = true;
        listener.opened();
        subscriber.opened();
        legs.forEach(this::locate);
        begin();
    }

    /** Finds where to begin: after nothing that was, or before the oldest that is. */
    private void locate(Leg leg) {
        if (leg.position != null || leg.reading) {
            return;
        }
        EventId end = leg.tail.end();
        if (leg.ended || (start.from() == Start.From.LATEST && leg.gap == Gap.NONE) || EventId.START.equals(end)) {
            // where nothing was written yet, there is nothing to look for
            leg.position = end;
        } else if (subject != null && leg.gap == Gap.NONE) {
            leg.reading = true;
            Stages.of(() -> log.marked(leg.tail.destination(), subject), listener)
                    .whenComplete((mark, failure) -> execute(() -> locateAfter(leg, mark, failure)));
        } else {
            locateAfter(leg, null, null);
        }
    }

    /** Begins after what the subject has been told, if the rest of it is there; else before the oldest that is. */
    private void locateAfter(Leg leg, @Nullable EventId mark, @Nullable Throwable failure) {
        leg.reading = false;
        if (closed) {
            return;
        }
        if (failure != null) {
            later(retry, () -> pump(leg));
            return;
        }
        read(leg, mark, 1, 1, page -> {
            leg.position = mark != null && page.gap() == Gap.NONE ? mark : page.base();
            leg.marked = leg.position;
            begin();
        });
    }

    private void begin() {
        if (closed || located || legs.stream().anyMatch(leg -> leg.position == null)) {
            return;
        }
        located = true;
        moved = true;
        legs.forEach(this::pump);
        settle();
    }

    /** Delivers what can be had after the leg's position, until there is no more or no room. */
    void pump(Leg leg) {
        if (!opened || closed) {
            return;
        }
        if (!located) {
            locate(leg);
            begin();
            return;
        }
        if (leg.gap == Gap.UNKNOWN && !parked) {
            reset(leg, Gap.UNKNOWN);
        }
        while (!parked && !leg.reading && !leg.ended) {
            List<LiveEvent> next = leg.tail.after(position(leg));
            if (next == null) {
                readOn(leg);
            } else if (next.isEmpty()) {
                if (leg.tail.isOver(leg.position, names)) {
                    // ended without its disconnect being there to be delivered
                    end(leg);
                }
                break;
            } else {
                deliver(leg, next);
            }
            if (next == null && leg.quiet) {
                break;
            }
        }
        settle();
    }

    private void readOn(Leg leg) {
        if (leg.quiet) {
            leg.tail.wake();
            return;
        }
        int bytes = Math.max(PAGE_BYTES, leg.needed);
        read(leg, position(leg), leg.needed > 0 ? 1 : PAGE_EVENTS, bytes, page -> {
            if (page.gap() != Gap.NONE) {
                leg.position = page.base();
                reset(leg, page.gap());
            }
            Page.Large large = page.large();
            if (large == null) {
                List<LiveEvent> events =
                        page.events().stream().map(LiveEvent::of).toList();
                leg.needed = 0;
                deliver(leg, events);
                if (bytes > PAGE_BYTES && parked && !closed && !events.isEmpty()) {
                    keepLarge(leg, bytes, events.get(0));
                }
            } else {
                LiveEvent shared = leg.tail.shared(large.id());
                leg.needed = shared == null ? large.size() : 0;
                leg.large = shared;
                deliver(leg, shared == null ? List.of() : List.of(shared));
            }
            leg.quiet = !leg.stirred && !page.more() && position(leg).equals(page.end());
            pump(leg);
        });
    }

    /** Keeps the bytes of a large event until the subscriber has taken it. */
    private void keepLarge(Leg leg, int bytes, LiveEvent event) {
        budget(bytes).keep(bytes);
        leg.large = event;
        leg.largeBytes = bytes;
        leg.tail.share(event);
    }

    private void letGo(Leg leg) {
        int bytes = leg.largeBytes;
        leg.large = null;
        leg.largeBytes = 0;
        if (bytes > 0) {
            budget(bytes).give(bytes);
        }
    }

    /** Large events wait for each other, and nobody else for them. */
    private ReadBudget budget(int bytes) {
        return bytes > PAGE_BYTES ? large : pages;
    }

    /** Reads when the budget allows; the bytes are given back after the page was taken. */
    private void read(Leg leg, @Nullable EventId after, int maxEvents, int maxBytes, Consumer<Page> taker) {
        leg.reading = true;
        leg.stirred = false;
        budget(maxBytes).take(maxBytes, () -> readNow(leg, after, maxEvents, maxBytes, taker));
    }

    private void readNow(Leg leg, @Nullable EventId after, int maxEvents, int maxBytes, Consumer<Page> taker) {
        if (closed) {
            budget(maxBytes).give(maxBytes);
            return;
        }
        Stages.of(() -> log.read(leg.tail.destination(), after, maxEvents, maxBytes), listener)
                .whenComplete((page, failure) -> {
                    if (failure == null) {
                        execute(() -> taken(leg, page, maxBytes, taker));
                    } else {
                        budget(maxBytes).giveAfterFailure(maxBytes);
                        later(retry, () -> {
                            leg.reading = false;
                            pump(leg);
                        });
                    }
                });
    }

    private void taken(Leg leg, Page page, int bytes, Consumer<Page> taker) {
        leg.reading = false;
        try {
            if (!closed) {
                taker.accept(page);
            }
        } finally {
            budget(bytes).give(bytes);
        }
    }

    private void deliver(Leg leg, List<LiveEvent> events) {
        for (LiveEvent event : events) {
            if (parked || leg.ended || closed) {
                return;
            }
            leg.position = event.id();
            Event control = event.control();
            if (control == null) {
                send(leg, event.frame());
            } else if (control.kind() == Event.Kind.DISCONNECT && concerns(leg, control)) {
                send(leg, event.frame());
                end(leg);
            } else {
                moved = true;
            }
        }
    }

    /** Whether a disconnect ends the leg: one of named subjects may have been taken back since by a connect. */
    private boolean concerns(Leg leg, Event disconnect) {
        return disconnect.subjects().isEmpty()
                || (names.stream().anyMatch(disconnect.subjects()::contains) && leg.tail.refuses(names));
    }

    /** Remembers now and then, and at the end, how far the subject has been told. */
    private void mark() {
        markDue = false;
        if (subject == null) {
            return;
        }
        for (Leg leg : legs) {
            EventId position = leg.position;
            if (position != null && !position.equals(leg.marked) && !position.equals(EventId.START)) {
                leg.marked = position;
                Stages.of(
                        () -> log.mark(leg.tail.destination(), subject, position)
                                .thenRun(() -> {}),
                        listener);
            }
        }
    }

    private void reset(Leg leg, Gap gap) {
        leg.gap = Gap.NONE;
        listener.reset(gap);
        Payload reason = Payload.of(("{\"reason\":\"" + gap.reason() + "\"}").getBytes(StandardCharsets.UTF_8));
        send(leg, SseFrame.of(legs.size() == 1 ? position(leg).toString() : null, "reset", reason));
    }

    private void send(Leg leg, SseFrame frame) {
        boolean room;
        if (legs.size() == 1) {
            room = subscriber.deliver(frame.whole());
        } else {
            ByteBuffer head = SseFrame.head(cursor(), leg.tail.destination().path());
            room = subscriber.deliver(head, frame.body());
        }
        parked = !room;
        moved = false;
        delivered++;
    }

    private void end(Leg leg) {
        leg.ended = true;
        if (legs.stream().allMatch(each -> each.ended)) {
            finish(CloseReason.ENDED);
        }
    }

    /** Lets out what was delivered. */
    private void settle() {
        if (closed) {
            return;
        }
        if (moved) {
            moved = false;
            subscriber.position(cursor());
        }
        if (delivered > 0) {
            listener.delivered(delivered);
            delivered = 0;
            if (!markDue && subject != null) {
                markDue = true;
                later(marks, this::mark);
            }
        }
        subscriber.flush();
    }

    private String cursor() {
        return Cursor.write(destinations, legs.stream().map(this::position).toList());
    }

    private EventId position(Leg leg) {
        EventId position = leg.position;
        return position == null ? EventId.START : position;
    }

    private void finish(CloseReason reason) {
        if (closed) {
            return;
        }
        if (opened) {
            settle();
            mark();
        }
        leave(reason);
    }

    private void leave(CloseReason reason) {
        if (closed) {
            return;
        }
        closed = true;
        for (Leg leg : legs) {
            letGo(leg);
            Watch watch = leg.watch;
            if (watch != null) {
                watch.remove(leg);
                leg.tail.leave(watch);
            }
        }
        if (opened) {
            listener.closed(reason);
        }
        try {
            subscriber.closed(reason);
        } catch (RuntimeException | Error fault) {
            listener.failed(fault);
        }
        whenClosed.accept(this);
    }
}
