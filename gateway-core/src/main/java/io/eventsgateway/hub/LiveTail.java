package io.eventsgateway.hub;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.log.EventLog;
import io.eventsgateway.log.Follower;
import io.eventsgateway.log.Gap;
import io.eventsgateway.log.Gate;
import io.eventsgateway.log.Page;
import io.eventsgateway.log.Tail;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The newest events of one destination, followed once for all its subscribers on this replica. What the log tells is taken when it
 * fits directly behind what is here; else the log is read. Any thread may call; the log is never called under the lock.
 */
final class LiveTail implements Follower {

    static final int MAX_EVENTS = 256;
    static final int MAX_BYTES = 256 * 1024;

    private static final int BATCH = 64;

    private final Destination destination;
    private final EventLog log;
    private final Executor retry;
    private final HubListener listener;
    private final AtomicLong allBytes;
    private final List<Watch> watches = new CopyOnWriteArrayList<>();
    private final AtomicBoolean started = new AtomicBoolean();
    private final CompletableFuture<Void> asked = new CompletableFuture<>();

    // owned by the hub's map of tails
    int users;

    // guarded by this
    private final List<LiveEvent> events = new ArrayList<>();
    private int bytes;
    private @Nullable EventId end;
    private Gate gate = Gate.OPEN;
    private WeakReference<LiveEvent> large = new WeakReference<>(null);
    private boolean reading;
    private boolean again;
    private boolean closed;
    private EventLog.@Nullable Following following;

    LiveTail(Destination destination, Hub.Parts parts) {
        this.destination = destination;
        this.log = parts.log();
        this.retry = parts.retry();
        this.listener = parts.listener();
        this.allBytes = parts.tailsBytes();
    }

    Destination destination() {
        return destination;
    }

    /** Begins to follow; only the first call counts. */
    void startOnce() {
        if (started.compareAndSet(false, true)) {
            follow();
        }
    }

    private void follow() {
        EventLog.Following begun;
        try {
            begun = log.follow(destination, this);
        } catch (RuntimeException | Error fault) {
            listener.failed(fault);
            if (!isClosed()) {
                retry.execute(this::follow);
            }
            // meanwhile what there is can be read
            asked.complete(null);
            return;
        }
        boolean late;
        synchronized (this) {
            following = begun;
            late = closed;
        }
        if (late) {
            begun.close();
        } else {
            askTail();
        }
    }

    void close() {
        EventLog.Following last;
        synchronized (this) {
            closed = true;
            last = following;
            clear();
        }
        if (last != null) {
            last.close();
        }
    }

    /** Completes when the log has told its end, or failed to. */
    CompletableFuture<Void> asked() {
        return asked;
    }

    /** The lane's place to wait for news; to be called by the lane only. */
    Watch watch(Lane lane) {
        for (Watch watch : watches) {
            if (watch.lane == lane) {
                return watch;
            }
        }
        Watch watch = new Watch(lane);
        watches.add(watch);
        return watch;
    }

    /** Takes the place away when nobody waits there any more; to be called by the lane only. */
    void leave(Watch watch) {
        if (watch.isEmpty()) {
            watches.remove(watch);
        }
    }

    /** The end, null while the log has not told it. */
    synchronized @Nullable EventId end() {
        return end;
    }

    /** Whether a subject with these names is shut out as of the end. */
    synchronized boolean refuses(Collection<String> names) {
        return gate.refuses(names);
    }

    /**
     * Whether the destination was ended for a subject with these names and nothing is left that it could still be told.
     *
     * @param position what it was told last, null for nothing
     */
    synchronized boolean isOver(@Nullable EventId position, Collection<String> names) {
        EventId last = end;
        if (last == null || !gate.refuses(names)) {
            return false;
        }
        boolean behind = position != null
                && (position.epoch() == last.epoch() || position.equals(EventId.START))
                && !position.equals(last);
        return !behind;
    }

    /** Some of the events after a position; empty when it is the end; null when they are not here and have to be read. */
    synchronized @Nullable List<LiveEvent> after(EventId position) {
        if (end == null) {
            return null;
        }
        if (position.equals(end)) {
            return List.of();
        }
        if (events.isEmpty()) {
            return null;
        }
        EventId base = events.get(0).id().previous();
        boolean sameEpoch = position.epoch() == base.epoch() || position.equals(EventId.START);
        long skip = sameEpoch ? position.sequence() - base.sequence() : -1;
        if (skip < 0 || skip >= events.size()) {
            return null;
        }
        int from = (int) skip;
        if (from > 0 && !events.get(from - 1).id().equals(position)) {
            return null;
        }
        return List.copyOf(events.subList(from, Math.min(events.size(), from + BATCH)));
    }

    /** A large event that some subscriber has just now, so that others need not read it again; null for none. */
    synchronized @Nullable LiveEvent shared(EventId id) {
        LiveEvent event = large.get();
        return event == null || !event.id().equals(id) ? null : event;
    }

    synchronized void share(LiveEvent event) {
        large = new WeakReference<>(event);
    }

    @Override
    public void appended(EventId id, @Nullable Event event) {
        LiveEvent live = event == null ? null : LiveEvent.of(id, event);
        EventId after;
        synchronized (this) {
            if (closed) {
                return;
            }
            EventId last = end;
            if (last == null) {
                again = true;
                return;
            }
            if (last.isAtOrAfter(id) && id.millis() <= last.millis()) {
                return;
            }
            boolean fits = id.follows(last) && id.millis() >= last.millis();
            if (fits && live != null) {
                push(live);
                after = null;
            } else if (fits) {
                clear();
                end = id;
                gate = gate.afterMessage();
                after = null;
            } else {
                after = beginRead();
                if (after == null) {
                    return;
                }
            }
        }
        if (after == null) {
            wakeWatches();
        } else {
            read(after);
        }
    }

    @Override
    public @Nullable EventId position() {
        return end();
    }

    @Override
    public void wake() {
        EventId after = beginRead();
        if (after != null) {
            read(after);
        }
    }

    /** Where to read on from; null when that is not to be now. */
    private synchronized @Nullable EventId beginRead() {
        if (closed) {
            return null;
        }
        if (reading || end == null) {
            again = true;
            return null;
        }
        reading = true;
        again = false;
        return end;
    }

    /** Reads on to the end, page after page: pages that are there at once must not nest. */
    private void read(EventId after) {
        EventId next = after;
        while (next != null) {
            EventId from = next;
            CompletableFuture<Page> answer =
                    Stages.of(() -> log.read(destination, from, MAX_EVENTS, MAX_BYTES), listener);
            if (!answer.isDone()) {
                answer.whenComplete((page, failure) -> {
                    EventId more = taken(page);
                    if (more != null) {
                        read(more);
                    }
                });
                return;
            }
            next = taken(answer.isCompletedExceptionally() ? null : answer.join());
        }
    }

    /**
     * Takes a page, or tries again later.
     *
     * @param page null where the log failed
     * @return where to read on from; null when there is no more, or not now
     */
    private @Nullable EventId taken(@Nullable Page page) {
        if (page != null) {
            try {
                return take(page);
            } catch (RuntimeException | Error fault) {
                listener.failed(fault);
            }
        }
        synchronized (this) {
            reading = false;
        }
        retry.execute(this::wake);
        return null;
    }

    private @Nullable EventId take(Page page) {
        List<LiveEvent> read = page.events().stream().map(LiveEvent::of).toList();
        boolean more;
        boolean replaced = page.gap() != Gap.NONE || page.large() != null;
        synchronized (this) {
            reading = false;
            if (closed) {
                return null;
            }
            if (replaced) {
                clear();
                end = null;
            }
            for (LiveEvent event : read) {
                if (end != null && event.id().follows(end)) {
                    push(event);
                }
            }
            more = !replaced && (page.more() || again);
        }
        if (replaced) {
            askTail();
            return null;
        }
        if (!read.isEmpty()) {
            wakeWatches();
        }
        return more ? beginRead() : null;
    }

    private void askTail() {
        Stages.of(() -> log.tail(destination), listener).whenComplete((tail, failure) -> {
            try {
                if (failure == null) {
                    begin(tail);
                } else if (!isClosed()) {
                    retry.execute(this::askTail);
                }
            } finally {
                asked.complete(null);
            }
        });
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private void begin(Tail tail) {
        boolean more;
        synchronized (this) {
            end = tail.end();
            gate = tail.gate();
            more = again;
        }
        wakeWatches();
        if (more) {
            wake();
        }
    }

    private void wakeWatches() {
        for (Watch watch : watches) {
            try {
                watch.wake();
            } catch (RuntimeException | Error refused) {
                // an executor that takes nothing is no reason that the others hear nothing
                listener.failed(refused);
            }
        }
    }

    private void push(LiveEvent event) {
        end = event.id();
        gate = event.control() == null ? gate.afterMessage() : gate.after(event.control());
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
        if (allBytes.addAndGet(size) > Hub.BUDGET) {
            // who needs more than the newest reads it
            while (events.size() > 1) {
                dropOldest();
            }
        }
    }

    private void dropOldest() {
        int size = events.remove(0).frame().size();
        bytes -= size;
        allBytes.addAndGet(-size);
    }

    private void clear() {
        allBytes.addAndGet(-bytes);
        events.clear();
        bytes = 0;
    }
}
