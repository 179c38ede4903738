package io.eventsgateway.log;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.Source;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The log of one process, on its heap: for embedding, for the embedded profile and for tests. Everything is gone with the
 * process. Any thread may call; stages are complete on return, followers are told on the appending thread.
 */
public final class InMemoryEventLog implements EventLog {

    /** How long a position is understood after its event has expired, in retentions. */
    private static final int MEMORY = 6;

    private static final Duration AFTER_DISCONNECT = Duration.ofSeconds(60);

    private final Duration retention;
    private final InstantSource clock;
    private final Map<Destination, OneLog> logs = new ConcurrentHashMap<>();
    private final Map<Destination, List<Follower>> followers = new ConcurrentHashMap<>();

    // guarded by sweepLock
    private final Object sweepLock = new Object();
    private long nextSweep;

    /** A log that keeps events for the retention, by the clock's time. */
    public InMemoryEventLog(Duration retention, InstantSource clock) {
        this.retention = retention;
        this.clock = clock;
    }

    @Override
    public Generation generation() {
        return Generation.FIRST;
    }

    @Override
    public CompletionStage<Appended> append(Generation generation, List<Entry> batch) {
        long now = clock.millis();
        sweep(now);
        Appended result = Appended.NOTHING;
        for (Entry entry : batch) {
            @Nullable StoredEvent[] appended = new StoredEvent[1];
            boolean[] refused = new boolean[1];
            logs.compute(entry.destination(), (destination, known) -> {
                OneLog log = known == null ? new OneLog() : known;
                refused[0] = log.refuses(entry, now);
                appended[0] = refused[0] ? null : log.append(entry, now);
                return log;
            });
            StoredEvent stored = appended[0];
            if (refused[0]) {
                return CompletableFuture.failedStage(
                        new RefusedException("the destination would name more than " + Gate.MAX_NAMES));
            } else if (stored == null) {
                result = result.plus(new Appended(0, 1));
            } else {
                result = result.plus(new Appended(1, 0));
                for (Follower follower : followers.getOrDefault(entry.destination(), List.of())) {
                    follower.appended(stored.id(), stored.event());
                }
            }
        }
        return CompletableFuture.completedStage(result);
    }

    /** Of what it has, it loses nothing. */
    @Override
    public String receipt() {
        return "";
    }

    @Override
    public CompletionStage<Boolean> has(String receipt) {
        return CompletableFuture.completedStage(true);
    }

    @Override
    public CompletionStage<Page> read(Destination destination, @Nullable EventId after, int maxEvents, int maxBytes) {
        OneLog log = logs.get(destination);
        if (log == null) {
            Gap gap = after == null ? Gap.NONE : Gap.between(after, EventId.START, null);
            return CompletableFuture.completedStage(Page.of(gap, EventId.START, List.of(), false, null));
        }
        return CompletableFuture.completedStage(log.read(after, maxEvents, maxBytes, clock.millis()));
    }

    @Override
    public CompletionStage<Tail> tail(Destination destination) {
        OneLog log = logs.get(destination);
        return CompletableFuture.completedStage(log == null ? new Tail(EventId.START, Gate.OPEN) : log.tail());
    }

    @Override
    public CompletionStage<Admission> admission(Destination destination, Set<String> names, Set<String> roles) {
        OneLog log = logs.get(destination);
        return CompletableFuture.completedStage(
                log == null ? Grants.NONE.admission(Gate.OPEN, names, roles) : log.admission(names, roles));
    }

    @Override
    public CompletionStage<?> mark(Destination destination, String subject, EventId position) {
        OneLog log = logs.get(destination);
        if (log != null) {
            log.mark(subject, position);
        }
        return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<@Nullable EventId> marked(Destination destination, String subject) {
        OneLog log = logs.get(destination);
        return CompletableFuture.completedStage(log == null ? null : log.marked(subject));
    }

    @Override
    public Following follow(Destination destination, Follower follower) {
        followers.compute(destination, (key, known) -> {
            List<Follower> all = known == null ? new CopyOnWriteArrayList<>() : known;
            all.add(follower);
            return all;
        });
        follower.wake();
        return () -> followers.computeIfPresent(destination, (key, all) -> {
            all.remove(follower);
            return all.isEmpty() ? null : all;
        });
    }

    @Override
    public void close() {
        followers.clear();
    }

    /** Forgets, once a minute, the destinations of which no position can be understood any more. */
    private void sweep(long now) {
        synchronized (sweepLock) {
            if (now < nextSweep) {
                return;
            }
            nextSweep = now + 60_000;
        }
        for (Destination destination : logs.keySet()) {
            logs.computeIfPresent(
                    destination, (key, log) -> log.end.millis() < now - MEMORY * retention.toMillis() ? null : log);
        }
    }

    /** One destination's log; its methods take its own lock. */
    private final class OneLog {
        private final ArrayDeque<StoredEvent> events = new ArrayDeque<>();
        private final Map<String, Long> lanes = new HashMap<>();
        private final Map<String, Long> eventIds = new LinkedHashMap<>();
        private final Map<String, EventId> marks = new HashMap<>();
        private EventId end = new EventId(ThreadLocalRandom.current().nextLong(1, 1L << 32), 0, 0);
        private Gate gate = Gate.OPEN;
        private Grants grants = Grants.NONE;
        private long emptyAt = Long.MAX_VALUE;

        /** Whether the entry is new and names more than a destination can. */
        synchronized boolean refuses(Entry entry, long now) {
            expire(now);
            Event event = entry.event();
            return !isTaken(entry.source())
                    && !eventIds.containsKey(entry.eventId())
                    && (gate.after(event).excluded().size() > Gate.MAX_NAMES
                            || grants.after(gate, event).size() > Gate.MAX_NAMES);
        }

        private boolean isTaken(Source source) {
            Long taken = lanes.get(source.lane());
            return taken != null && taken >= source.offset();
        }

        synchronized @Nullable StoredEvent append(Entry entry, long now) {
            Source source = entry.source();
            if (isTaken(source)) {
                return null;
            }
            lanes.put(source.lane(), source.offset());
            expire(now);
            String eventId = entry.eventId();
            if (eventId != null && eventIds.putIfAbsent(eventId, now) != null) {
                return null;
            }
            Event event = entry.event();
            Gate before = gate;
            gate = before.after(event);
            grants = grants.after(before, event);
            if (before.closed() && !gate.closed()) {
                events.clear();
            }
            if (!gate.closed()) {
                emptyAt = Long.MAX_VALUE;
            } else if (event.subjects().isEmpty() || now >= emptyAt) {
                emptyAt = now + AFTER_DISCONNECT.toMillis();
            }
            end = new EventId(end.epoch(), Math.max(now, end.millis()), end.sequence() + 1);
            StoredEvent stored = new StoredEvent(end, event);
            events.add(stored);
            return stored;
        }

        synchronized Page read(@Nullable EventId after, int maxEvents, int maxBytes, long now) {
            expire(now);
            long last = after == null || after.epoch() != end.epoch() ? 0 : after.sequence();
            Gap gap = after == null ? Gap.NONE : Gap.between(after, end, firstAfter(last));
            if (gap == Gap.REPLACED) {
                last = 0;
            }
            List<StoredEvent> page = new ArrayList<>();
            long bytes = 0;
            for (StoredEvent stored : events) {
                if (stored.id().sequence() > last) {
                    bytes += stored.event().data().size();
                    if (page.size() == maxEvents || bytes > maxBytes) {
                        return Page.of(gap, end, page, true, page.isEmpty() ? large(stored) : null);
                    }
                    page.add(stored);
                }
            }
            return Page.of(gap, end, page, false, null);
        }

        private static Page.Large large(StoredEvent stored) {
            return new Page.Large(stored.id(), stored.event().data().size());
        }

        private @Nullable EventId firstAfter(long sequence) {
            for (StoredEvent stored : events) {
                if (stored.id().sequence() > sequence) {
                    return stored.id();
                }
            }
            return null;
        }

        synchronized void mark(String subject, EventId position) {
            EventId before = marks.get(subject);
            if (position.epoch() == end.epoch() && (before == null || position.isAtOrAfter(before))) {
                marks.put(subject, position);
            }
        }

        synchronized @Nullable EventId marked(String subject) {
            return marks.get(subject);
        }

        synchronized Tail tail() {
            return new Tail(end, gate);
        }

        synchronized Admission admission(Set<String> names, Set<String> roles) {
            return grants.admission(gate, names, roles);
        }

        private void expire(long now) {
            if (now >= emptyAt) {
                events.clear();
            }
            long oldest = now - retention.toMillis();
            while (!events.isEmpty() && events.getFirst().id().millis() < oldest) {
                events.removeFirst();
            }
            Iterator<Long> known = eventIds.values().iterator();
            while (known.hasNext() && known.next() < oldest) {
                known.remove();
            }
        }
    }
}
