package io.eventsgateway.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.Payload;
import io.eventsgateway.log.Admission;
import io.eventsgateway.log.EventReader;
import io.eventsgateway.log.Follower;
import io.eventsgateway.log.Gap;
import io.eventsgateway.log.Gate;
import io.eventsgateway.log.LogEnd;
import io.eventsgateway.log.Page;
import io.eventsgateway.log.StoredEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A store that loses its end and is filled again in another order, with {@link Interleavings}. */
class RollbackInterleavingTest {

    private int lost;

    @Test
    void givesEveryClientWhatTheStoreHasSinceItsLastReset() {
        int rounds = Interleavings.run("rollback", world -> world.round(new RollingLog(world)));

        assertThat(rounds == 1 || lost > 0).as("events lost").isTrue();
    }

    /** One destination's events, by time and then by sequence, as Redis has them. */
    private final class History {
        private final List<StoredEvent> events = new ArrayList<>();
        private final Map<EventId, StoredEvent> known = new HashMap<>();
        private final List<Follower> followers = new ArrayList<>();
        private final List<Event> toRefill = new ArrayList<>();

        EventId end() {
            return events.isEmpty()
                    ? EventId.START
                    : events.get(events.size() - 1).id();
        }

        Gate gate() {
            Gate gate = Gate.OPEN;
            for (StoredEvent stored : events) {
                gate = gate.after(stored.event());
            }
            return gate;
        }

        StoredEvent append(Event event, long clock) {
            EventId previous = end();
            EventId id = new EventId(9, Math.max(clock, previous.millis()), previous.sequence() + 1);
            StoredEvent stored = new StoredEvent(id, previous, event);
            events.add(stored);
            known.put(id, stored);
            return stored;
        }

        void rollBack(Interleavings world) {
            int count = world.random.nextInt(Math.min(4, events.size() + 1));
            for (int i = 0; i < count; i++) {
                toRefill.add(events.remove(events.size() - 1).event());
                lost++;
            }
            Collections.shuffle(toRefill, world.random);
        }

        Page page(@Nullable EventId after, int maxEvents) {
            List<StoredEvent> rest = events.stream()
                    .filter(stored -> after == null || isBehind(stored.id(), after))
                    .toList();
            StoredEvent next = rest.isEmpty() ? null : rest.get(0);
            Gap gap = after == null
                    ? Gap.NONE
                    : Gap.between(after, end(), next == null ? null : next.id(), next == null ? null : next.previous());
            if (gap == Gap.REPLACED) {
                return page(null, maxEvents).with(gap);
            }
            List<StoredEvent> page = new ArrayList<>();
            for (StoredEvent stored : rest) {
                int size = stored.event().data().size();
                if (size > EventReader.LARGE_BYTES) {
                    Page.Large large = page.isEmpty()
                            ? new Page.Large(stored.id(), stored.previous(), "message", size, "", null)
                            : null;
                    return Page.of(gap, end(), page, true, large);
                }
                if (page.size() == maxEvents) {
                    return Page.of(gap, end(), page, true, null);
                }
                page.add(stored);
            }
            return Page.of(gap, end(), page, false, null);
        }

        private boolean isBehind(EventId id, EventId after) {
            return id.millis() > after.millis() || (id.millis() == after.millis() && id.sequence() > after.sequence());
        }

        @Nullable
        Payload piece(EventId id, int from, int bytes) {
            for (StoredEvent stored : events) {
                if (stored.id().equals(id)) {
                    Payload data = stored.event().data();
                    return data.slice(from, Math.min(data.size(), from + bytes));
                }
            }
            return null;
        }
    }

    private final class RollingLog implements Interleavings.UnkindLog {
        private final Interleavings world;
        private final Map<Destination, History> histories = new HashMap<>();
        private long clock = 1000;

        RollingLog(Interleavings world) {
            this.world = world;
        }

        private History of(Destination destination) {
            return histories.computeIfAbsent(destination, key -> new History());
        }

        @Override
        public void append(Destination destination, Event event) {
            List<Event> toRefill = of(destination).toRefill;
            while (!toRefill.isEmpty() && (world.behaves() || world.random.nextBoolean())) {
                add(destination, toRefill.remove(toRefill.size() - 1));
            }
            add(destination, event);
        }

        private void add(Destination destination, Event event) {
            clock += world.random.nextInt(2);
            History history = of(destination);
            StoredEvent stored = history.append(event, clock);
            List.copyOf(history.followers).forEach(each -> world.push(each, stored));
        }

        /** The next events have times that the lost ones never had: nothing can tell two events apart that have one id. */
        @Override
        public void disturb() {
            of(world.destinations.get(world.random.nextInt(world.destinations.size())))
                    .rollBack(world);
            clock += 2;
        }

        @Override
        public void compare() {
            for (History history : histories.values()) {
                List.copyOf(history.followers).forEach(each -> Interleavings.compare(each, history.end()));
            }
        }

        @Override
        public List<StoredEvent> events(Destination destination) {
            return of(destination).events;
        }

        @Override
        public @Nullable StoredEvent known(Destination destination, EventId id) {
            return of(destination).known.get(id);
        }

        @Override
        public boolean expires() {
            return false;
        }

        @Override
        public CompletionStage<Page> read(
                Destination destination, @Nullable EventId after, int maxEvents, int maxBytes) {
            return world.answer(() -> of(destination).page(after, Math.min(maxEvents, 3)));
        }

        @Override
        public CompletionStage<@Nullable Payload> readPiece(
                Destination destination, Page.Large large, int from, int bytes) {
            return world.answer(() -> of(destination).piece(large.id(), from, bytes));
        }

        @Override
        public CompletionStage<LogEnd> end(Destination destination) {
            return world.answer(
                    () -> new LogEnd(of(destination).end(), of(destination).gate()));
        }

        @Override
        public CompletionStage<Map<String, Long>> sources(Destination destination) {
            return CompletableFuture.completedStage(Map.of());
        }

        @Override
        public CompletionStage<Admission> admission(Destination destination, Set<String> names, Set<String> roles) {
            return CompletableFuture.completedStage(Admission.NOBODY);
        }

        @Override
        public Following follow(Destination destination, Follower follower) {
            world.misbehave(20);
            List<Follower> followers = of(destination).followers;
            followers.add(follower);
            return () -> followers.remove(follower);
        }

        @Override
        public CompletionStage<?> save(Destination destination, String subject, EventId position) {
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<@Nullable EventId> find(Destination destination, String subject) {
            return CompletableFuture.completedStage(null);
        }
    }
}
