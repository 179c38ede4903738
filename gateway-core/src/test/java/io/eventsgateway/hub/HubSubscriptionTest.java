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
import io.eventsgateway.log.ForwardingFollower;
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

/** Interleavings, and faults, that are too rare to be left to chance. */
class HubSubscriptionTest {

    private static final Destination DESTINATION = new Destination("acme", "view", "1");
    private static final Identity ANN = new Identity("ann", "acme", Set.of("ann"), Set.of(), null);

    private final EventLog log = new InMemoryEventLog(Duration.ofDays(1), InstantSource.system());
    private final List<Throwable> faults = new ArrayList<>();
    private final HubListener listener = new HubListener() {
        @Override
        public void failed(Throwable fault) {
            faults.add(fault);
        }
    };
    private final Hub hub = new Hub(log, Runnable::run, task -> {}, listener);
    private int offset;

    @Test
    void deliversWhatComesWhileAnOlderPageIsOnItsWay() {
        SlowLog slow = new SlowLog();
        append(DESTINATION, "a");
        Hub late = new Hub(slow, Runnable::run, task -> {}, listener);
        Reader ann = new Reader();
        subscribe(late, DESTINATION, ann);
        assertThat(slow.held).hasSize(1);

        append(DESTINATION, "b");
        slow.held.remove(0).run();
        slow.held.remove(0).run();

        assertThat(ann.delivered).containsExactly("a", "b");
    }

    @Test
    void doesNotLetALargeEventThatIsTakenSlowlyDelayOthers() {
        Destination other = new Destination("acme", "view", "2");
        append(DESTINATION, "x".repeat(40_000_000));
        append(other, "y".repeat(40_000_000));
        append(other, "small");
        Destination third = new Destination("acme", "view", "3");
        append(third, "small");

        Reader slow = new Reader();
        slow.room = false;
        subscribe(hub, DESTINATION, slow);
        Reader behind = new Reader();
        Subscription waiting = subscribe(hub, other, behind);
        Reader quick = new Reader();
        subscribe(hub, third, quick);

        assertThat(slow.delivered).hasSize(1);
        assertThat(behind.delivered).isEmpty();
        assertThat(quick.delivered).containsExactly("small");
        slow.subscription.close(CloseReason.GONE);
        assertThat(behind.delivered).hasSize(2);
        waiting.close(CloseReason.GONE);
    }

    @Test
    void endsOnlyTheStreamThatFails() {
        Reader broken = new Reader();
        Reader whole = new Reader();
        subscribe(hub, DESTINATION, whole);
        subscribe(hub, DESTINATION, broken);
        Reader another = new Reader();
        subscribe(hub, DESTINATION, another);
        broken.fault = new LinkageError("told to");

        append(DESTINATION, "a");
        append(DESTINATION, "b");

        assertThat(faults).containsExactly(broken.fault);
        assertThat(broken.closed).isEqualTo(CloseReason.GONE);
        assertThat(whole.delivered).containsExactly("a", "b");
        assertThat(another.delivered).containsExactly("a", "b");
        assertThat(hub.subscriptions()).isEqualTo(2);
    }

    @Test
    void keepsABoundedSumOfEventsForAllDestinations() {
        List<Reader> readers = new ArrayList<>();
        String data = "x".repeat(4000);
        int destinations = 400;
        for (int i = 0; i < destinations; i++) {
            Destination each = new Destination("acme", "view", "d" + i);
            Reader reader = new Reader();
            readers.add(reader);
            subscribe(hub, each, reader);
            for (int n = 0; n < 64; n++) {
                append(each, data);
            }
        }

        assertThat(readers).allSatisfy(each -> assertThat(each.delivered).hasSize(64));
        assertThat(hub.keptBytes()).isBetween(Hub.BUDGET, Hub.BUDGET + destinations * 5000L);
    }

    private static Subscription subscribe(Hub hub, Destination destination, Reader reader) {
        Start start = new Start(Start.From.EARLIEST, null);
        Subscription subscription = hub.subscribe(ANN, List.of(destination), start, reader, Runnable::run);
        reader.subscription = subscription;
        return subscription;
    }

    private void append(Destination destination, String data) {
        Event event = Event.message("message", Payload.of(data.getBytes(StandardCharsets.UTF_8)));
        log.append(Generation.FIRST, List.of(new Entry(destination, event, new Source("t", "id", 0, offset++), null)));
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
            return super.follow(destination, new ForwardingFollower(follower) {
                @Override
                public void appended(EventId id, @Nullable Event event) {
                    super.appended(id, null);
                }
            });
        }
    }

    /** Writes down the data that it is given. */
    private static final class Reader implements Subscriber {

        private final List<String> delivered = new ArrayList<>();
        private @Nullable Subscription subscription;
        private @Nullable CloseReason closed;
        private boolean room = true;
        private @Nullable Error fault;

        @Override
        public void opened() {}

        @Override
        public boolean deliver(ByteBuffer... frame) {
            if (fault != null) {
                throw fault;
            }
            for (ByteBuffer part : frame) {
                StandardCharsets.UTF_8
                        .decode(part)
                        .toString()
                        .lines()
                        .filter(line -> line.startsWith("data: "))
                        .forEach(line -> delivered.add(line.substring("data: ".length())));
            }
            return room;
        }

        @Override
        public void position(String lastEventId) {}

        @Override
        public void flush() {}

        @Override
        public void closed(CloseReason reason) {
            closed = reason;
        }
    }
}
