package io.eventsgateway.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.Payload;
import io.eventsgateway.Source;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.EventLog;
import io.eventsgateway.log.Follower;
import io.eventsgateway.log.ForwardingEventLog;
import io.eventsgateway.log.ForwardingFollower;
import io.eventsgateway.log.Gate;
import io.eventsgateway.log.InMemoryEventLog;
import io.eventsgateway.log.LogEnd;
import io.eventsgateway.log.Page;
import io.eventsgateway.log.StoredEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The log in memory, with {@link Interleavings}. It loses nothing but what was sent to a destination before it was ended and opened anew.
 */
class HubInterleavingTest {

    private int drops;

    @Test
    void bringsEveryEventOnceAndInOrder() {
        int rounds = Interleavings.run("hub", world -> world.round(new ShakyLog(world)));

        assertThat(rounds == 1 || drops > 0).as("destinations opened anew").isTrue();
    }

    private final class ShakyLog extends ForwardingEventLog implements Interleavings.UnkindLog {
        private final Interleavings world;
        private final EventLog log;
        private final Map<Destination, Map<EventId, StoredEvent>> known = new HashMap<>();
        private final Map<Destination, List<StoredEvent>> there = new HashMap<>();
        private final Map<Destination, Gate> gates = new HashMap<>();
        private final Map<Destination, List<Follower>> followers = new HashMap<>();
        private Event appending = Event.message("message", Payload.EMPTY);
        private long millis = 1000;
        private int offset;

        ShakyLog(Interleavings world) {
            this.world = world;
            this.log = new InMemoryEventLog(Duration.ofDays(1), () -> Instant.ofEpochMilli(millis));
            for (Destination destination : world.destinations) {
                known.put(destination, new HashMap<>());
                there.put(destination, new ArrayList<>());
                gates.put(destination, Gate.OPEN);
                followers.put(destination, new ArrayList<>());
                log.follow(destination, new Witness(destination));
            }
        }

        @Override
        protected EventLog delegate() {
            return log;
        }

        @Override
        public void append(Destination destination, Event event) {
            millis += world.random.nextInt(2);
            appending = event;
            log.append(List.of(), List.of(new Entry(destination, event, new Source("t", "id", 0, offset++), null)));
        }

        @Override
        public void disturb() {}

        @Override
        public void compare() {
            followers.forEach((destination, all) -> List.copyOf(all)
                    .forEach(each -> Interleavings.compare(
                            each, now(log.end(destination)).end())));
        }

        @Override
        public List<StoredEvent> events(Destination destination) {
            return List.copyOf(there.getOrDefault(destination, List.of()));
        }

        @Override
        public @Nullable StoredEvent known(Destination destination, EventId id) {
            return known.getOrDefault(destination, Map.of()).get(id);
        }

        @Override
        public boolean expires() {
            return true;
        }

        private <T> T now(CompletionStage<T> answer) {
            return answer.toCompletableFuture().join();
        }

        private <T extends @Nullable Object> CompletionStage<T> late(Supplier<CompletionStage<T>> answer) {
            return world.answer(() -> now(answer.get()));
        }

        @Override
        public CompletionStage<Page> read(
                Destination destination, @Nullable EventId after, int maxEvents, int maxBytes) {
            return late(() -> log.read(destination, after, Math.min(maxEvents, 3), maxBytes));
        }

        @Override
        public CompletionStage<@Nullable Payload> readPiece(
                Destination destination, Page.Large large, int from, int bytes) {
            return late(() -> log.readPiece(destination, large, from, bytes));
        }

        @Override
        public CompletionStage<LogEnd> end(Destination destination) {
            return late(() -> log.end(destination));
        }

        @Override
        public Following follow(Destination destination, Follower follower) {
            world.misbehave(20);
            List<Follower> all = followers.getOrDefault(destination, new ArrayList<>());
            all.add(follower);
            Following following = log.follow(destination, new ForwardingFollower(follower) {
                @Override
                public void appended(EventId id, EventId previous, @Nullable Event event) {
                    StoredEvent stored = known(destination, id);
                    assertThat(stored).isNotNull();
                    world.push(follower, stored);
                }

                @Override
                public void wake() {
                    world.execute(follower::wake);
                }
            });
            return () -> {
                all.remove(follower);
                following.close();
            };
        }

        /** Writes down what the log has; follows it before anybody else. */
        private final class Witness implements Follower {
            private final Destination destination;

            Witness(Destination destination) {
                this.destination = destination;
            }

            @Override
            public void appended(EventId id, EventId previous, @Nullable Event event) {
                Gate before = gates.getOrDefault(destination, Gate.OPEN);
                Gate after = before.after(appending);
                gates.put(destination, after);
                List<StoredEvent> now = there.getOrDefault(destination, new ArrayList<>());
                if (before.closed() && !after.closed()) {
                    now.clear();
                    drops++;
                }
                StoredEvent stored = new StoredEvent(id, previous, appending);
                now.add(stored);
                known.getOrDefault(destination, new HashMap<>()).put(id, stored);
            }

            @Override
            public @Nullable EventId position() {
                return null;
            }

            @Override
            public void wake() {}
        }
    }
}
