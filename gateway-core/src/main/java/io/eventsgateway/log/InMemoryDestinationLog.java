package io.eventsgateway.log;

import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.Payload;
import io.eventsgateway.Source;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** One destination's log on the heap; its methods take its own lock. */
final class InMemoryDestinationLog {

    private static final Duration AFTER_DISCONNECT = Duration.ofSeconds(60);

    private final Duration retention;
    private final ArrayDeque<StoredEvent> events = new ArrayDeque<>();
    private final Map<String, Long> offsets = new HashMap<>();
    private final Map<String, Long> eventIds = new LinkedHashMap<>();
    private final Map<String, EventId> progress = new HashMap<>();
    private final long epoch = ThreadLocalRandom.current().nextLong(1, 1L << 32);
    private EventId end = EventId.START;
    private Gate gate = Gate.OPEN;
    private Grants grants = Grants.NONE;
    private long emptyAt = Long.MAX_VALUE;

    /** An empty log, which keeps events for the retention. */
    InMemoryDestinationLog(Duration retention) {
        this.retention = retention;
    }

    static boolean isLarge(Event event) {
        return event.kind() == Event.Kind.MESSAGE && event.data().size() > EventReader.LARGE_BYTES;
    }

    synchronized EventId end() {
        return end;
    }

    /** Whether the entry is new and names more than a destination can. */
    synchronized boolean refuses(Entry entry, long now) {
        expire(now);
        Event event = entry.event();
        return !isTaken(entry.source())
                && !eventIds.containsKey(entry.eventId())
                && (gate.after(event).excluded().size() > Gate.MAX_NAMES
                        || grants.after(gate, event).size() > Gate.MAX_NAMES);
    }

    synchronized Map<String, Long> sources() {
        return Map.copyOf(offsets);
    }

    private boolean isTaken(Source source) {
        Long taken = offsets.get(source.partitionKey());
        return taken != null && taken >= source.offset();
    }

    synchronized @Nullable StoredEvent append(Entry entry, long now) {
        Source source = entry.source();
        if (isTaken(source)) {
            return null;
        }
        offsets.put(source.partitionKey(), source.offset());
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
        EventId previous = end;
        end = new EventId(epoch, Math.max(now, previous.millis()), previous.sequence() + 1);
        StoredEvent stored = new StoredEvent(end, previous, event);
        events.add(stored);
        return stored;
    }

    synchronized Page read(@Nullable EventId after, int maxEvents, int maxBytes, long now) {
        expire(now);
        long last = after == null || after.epoch() != end.epoch() ? 0 : after.sequence();
        StoredEvent first = firstAfter(last);
        Gap gap = after == null
                ? Gap.NONE
                : Gap.between(after, end, first == null ? null : first.id(), first == null ? null : first.previous());
        if (gap == Gap.REPLACED) {
            last = 0;
        }
        List<StoredEvent> page = new ArrayList<>();
        long bytes = 0;
        for (StoredEvent stored : events) {
            if (stored.id().sequence() > last) {
                bytes += stored.event().data().size();
                if (isLarge(stored.event())) {
                    return Page.of(gap, end, page, true, page.isEmpty() ? large(stored) : null);
                }
                if (page.size() == maxEvents || (bytes > maxBytes && !page.isEmpty())) {
                    return Page.of(gap, end, page, true, null);
                }
                page.add(stored);
            }
        }
        return Page.of(gap, end, page, false, null);
    }

    private static Page.Large large(StoredEvent stored) {
        Event event = stored.event();
        return new Page.Large(
                stored.id(), stored.previous(), event.name(), event.data().size(), "", event.traceparent());
    }

    private @Nullable StoredEvent firstAfter(long sequence) {
        for (StoredEvent stored : events) {
            if (stored.id().sequence() > sequence) {
                return stored;
            }
        }
        return null;
    }

    synchronized @Nullable Payload dataOf(EventId id, long now) {
        expire(now);
        for (StoredEvent stored : events) {
            if (stored.id().equals(id)) {
                return stored.event().data();
            }
        }
        return null;
    }

    synchronized void save(String subject, EventId position) {
        EventId before = progress.get(subject);
        if (position.epoch() == end.epoch() && (before == null || position.isAtOrAfter(before))) {
            progress.put(subject, position);
        }
    }

    synchronized @Nullable EventId find(String subject) {
        return progress.get(subject);
    }

    synchronized LogEnd tail() {
        return new LogEnd(end, gate);
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
