package io.eventsgateway.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.Payload;
import io.eventsgateway.Source;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.EventLog;
import io.eventsgateway.log.Follower;
import io.eventsgateway.log.ForwardingEventLog;
import io.eventsgateway.log.Generation;
import io.eventsgateway.log.InMemoryEventLog;
import io.eventsgateway.log.Page;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Interleavings that are too rare to be left to chance. */
class HubSubscriptionTest {

    private static final Destination DESTINATION = new Destination("acme", "view", "1");

    private final EventLog log = new InMemoryEventLog(Duration.ofDays(1), InstantSource.system());
    private final List<String> delivered = new ArrayList<>();
    private int offset;

    @Test
    void deliversWhatComesWhileAnOlderPageIsOnItsWay() {
        SlowLog slow = new SlowLog();
        append("a");
        Hub hub = new Hub(slow, Runnable::run, task -> {}, HubListener.NONE);
        Identity ann = new Identity("ann", "acme", Set.of("ann"), Set.of(), null);
        hub.subscribe(ann, List.of(DESTINATION), new Start(Start.From.EARLIEST, null), new Reader(), Runnable::run);
        assertThat(slow.held).hasSize(1);

        append("b");
        slow.held.remove(0).run();
        slow.held.remove(0).run();

        assertThat(delivered).containsExactly("a", "b");
    }

    private void append(String data) {
        Event event = Event.message("message", Payload.of(data.getBytes(StandardCharsets.UTF_8)));
        log.append(Generation.FIRST, List.of(new Entry(DESTINATION, event, new Source("t", "id", 0, offset++), null)));
    }

    /** A subscriber's pages are on their way until they are let go, and news tell of a position only, as of a large event. */
    private final class SlowLog extends ForwardingEventLog {

        private final List<Runnable> held = new ArrayList<>();

        @Override
        protected EventLog delegate() {
            return log;
        }

        @Override
        public CompletionStage<Page> read(
                Destination destination, @Nullable EventId after, int maxEvents, int maxBytes) {
            CompletionStage<Page> now = super.read(destination, after, maxEvents, maxBytes);
            if (maxEvents == 1 || maxBytes == LiveTail.MAX_BYTES) {
                return now;
            }
            CompletableFuture<Page> later = new CompletableFuture<>();
            held.add(() -> now.thenAccept(later::complete));
            return later;
        }

        @Override
        public Following follow(Destination destination, Follower follower) {
            return super.follow(destination, new Follower() {
                @Override
                public void appended(EventId id, @Nullable Event event) {
                    follower.appended(id, null);
                }

                @Override
                public @Nullable EventId position() {
                    return follower.position();
                }

                @Override
                public void wake() {
                    follower.wake();
                }
            });
        }
    }

    private final class Reader implements Subscriber {

        @Override
        public void opened() {}

        @Override
        public boolean deliver(ByteBuffer... frame) {
            for (ByteBuffer part : frame) {
                StandardCharsets.UTF_8
                        .decode(part)
                        .toString()
                        .lines()
                        .filter(line -> line.startsWith("data: "))
                        .forEach(line -> delivered.add(line.substring("data: ".length())));
            }
            return true;
        }

        @Override
        public void position(String lastEventId) {}

        @Override
        public void flush() {}

        @Override
        public void closed(CloseReason reason) {}
    }
}
