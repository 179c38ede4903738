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
import io.eventsgateway.log.InMemoryEventLog;
import io.eventsgateway.log.LogEnd;
import io.eventsgateway.log.Page;
import io.eventsgateway.sse.SseFrames;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Interleavings, and faults, that are too rare to be left to chance. */
class StreamSubscriptionTest {

    private static final Destination DESTINATION = new Destination("acme", "view", "1");
    private static final Identity ANN = new Identity("ann", "acme", Set.of("ann"), Set.of(), null);

    private static final Executor AT_ONCE = Runnable::run;
    private static final Executor NEVER = task -> {};

    private final EventLog log = new InMemoryEventLog(Duration.ofDays(1), InstantSource.system());
    private final List<Throwable> faults = new ArrayList<>();
    private final List<Long> delays = new ArrayList<>();
    private final List<String> deliveries = new ArrayList<>();
    private final Map<CloseReason, Duration> closed = new EnumMap<>(CloseReason.class);
    private final HubListener listener = new HubListener() {
        @Override
        public void failed(Throwable fault) {
            faults.add(fault);
        }

        @Override
        public DeliverySpan delivering(Destination destination, EventId id, String traceparent) {
            deliveries.add(destination.path() + " " + id.sequence() + " " + traceparent);
            return written -> deliveries.add(written ? "written" : "cut off");
        }

        @Override
        public void delayed(long millis) {
            delays.add(millis);
        }

        @Override
        public void closed(CloseReason reason, Duration after) {
            closed.put(reason, after);
        }
    };
    private final Hub hub = hub(log, AT_ONCE, NEVER);
    private int offset;

    @Test
    void deliversWhatComesWhileAnOlderPageIsOnItsWay() {
        SlowLog slow = new SlowLog();
        append(DESTINATION, "a");
        Hub late = hub(slow, AT_ONCE, NEVER);
        Reader ann = new Reader();
        subscribe(late, DESTINATION, ann);
        assertThat(slow.held).hasSize(1);

        append(DESTINATION, "b");
        slow.held.remove(0).run();
        slow.held.remove(0).run();

        assertThat(ann.delivered).containsExactly("a", "b");
    }

    @Test
    void measuresTheDelayOfWhatComesWhileTheStreamIsThereAndOfNothingElse() {
        AtomicLong behind = new AtomicLong(60_000);
        EventLog own = new InMemoryEventLog(
                Duration.ofDays(1), () -> Instant.ofEpochMilli(System.currentTimeMillis() - behind.get()));
        append(own, "before");
        Reader ann = new Reader();
        Subscription subscription = subscribe(hub(own, AT_ONCE, NEVER), DESTINATION, ann);
        assertThat(ann.delivered).containsExactly("before");
        assertThat(delays).isEmpty();

        behind.set(0);
        append(own, "a");
        assertThat(ann.delivered).containsExactly("before", "a");
        assertThat(delays).hasSize(1);
        assertThat(delays.get(0)).isBetween(0L, 60_000L);

        subscription.close(CloseReason.GONE);
        assertThat(closed).containsOnlyKeys(CloseReason.GONE);
        assertThat(closed.get(CloseReason.GONE)).isPositive();
    }

    @Test
    void knowsHowFarAStreamIsBehindThatTakesNothing() {
        Reader ann = new Reader();
        ann.room = false;
        subscribe(hub, DESTINATION, ann);
        subscribe(hub, DESTINATION, new Reader());
        append(DESTINATION, "a");
        assertThat(hub.backlog()).isEqualTo(new Backlog(0, 0));

        append(DESTINATION, "b");
        append(DESTINATION, "c");
        assertThat(hub.backlog()).isEqualTo(new Backlog(1, 2));

        ann.room = true;
        ann.subscription.resume();
        assertThat(hub.backlog()).isEqualTo(new Backlog(0, 0));
    }

    @Test
    void isNotBehindWhatGoesOnWithoutItWhereItsSubjectWasExcluded() {
        Destination other = new Destination("acme", "view", "2");
        Reader ann = new Reader();
        Start start = new Start(Start.From.EARLIEST, null);
        ann.subscription = hub.subscribe(ANN, List.of(DESTINATION, other), start, ann, Runnable::run);
        append(DESTINATION, Event.disconnect(Set.of("ann"), Payload.EMPTY));

        append(DESTINATION, "for others");

        assertThat(ann.closed).isNull();
        assertThat(hub.backlog()).isEqualTo(new Backlog(0, 0));
        assertThat(ann.subscription.standings().join())
                .extracting(Standing::behind)
                .containsOnly(0L);
    }

    @Test
    void doesNotKnowHowFarAStreamIsBehindThatLooksForItsStart() {
        append(DESTINATION, "a");
        append(DESTINATION, "b");
        MoodyLog moody = new MoodyLog();
        Hub late = hub(moody, AT_ONCE, NEVER);
        Reader ann = new Reader();
        ann.subscription =
                late.subscribe(ANN, List.of(DESTINATION), new Start(Start.From.PENDING, null), ann, Runnable::run);
        assertThat(late.end(DESTINATION)).isNotNull();

        assertThat(ann.subscription.standings().join())
                .extracting(Standing::behind)
                .containsOnly(Standing.UNKNOWN);
        assertThat(late.backlog()).isEqualTo(new Backlog(0, 0));
    }

    @Test
    void doesNotLetALargeEventThatIsTakenSlowlyDelayOthers() {
        Destination other = new Destination("acme", "view", "2");
        append(DESTINATION, "x".repeat(40_000_000));
        append(other, "y".repeat(40_000_000));
        append(other, "small");
        List<Reader> slow = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            Reader reader = new Reader();
            reader.room = false;
            slow.add(reader);
            subscribe(hub, DESTINATION, reader);
        }
        Reader quick = new Reader();
        subscribe(hub, other, quick);

        assertThat(slow).allSatisfy(each -> assertThat(each.bytes).isBetween(1, 70_000));
        assertThat(quick.delivered).hasSize(2);
    }

    @Test
    void bringsALargeEventInPiecesAndItsIdLast() {
        append(DESTINATION, "a");
        append(DESTINATION, "x\n".repeat(200_000));
        append(DESTINATION, "b");
        Reader ann = new Reader();
        ann.room = false;
        subscribe(hub, DESTINATION, ann);
        int pieces = 0;
        while (ann.delivered.size() < 3 && pieces < 100) {
            assertThat(ann.bytes - ann.bytesBefore).isLessThan(70_000);
            ann.bytesBefore = ann.bytes;
            ann.subscription.resume();
            pieces++;
        }

        assertThat(ann.delivered).containsExactly("a", "x\n".repeat(200_000), "b");
        assertThat(pieces).isGreaterThan(20);
        assertThat(ann.ids).hasSize(3);
    }

    @Test
    void bringsOneEventAtATimeToAStreamOfSeveral() {
        Destination other = new Destination("acme", "view", "2");
        Reader ann = new Reader();
        Start start = new Start(Start.From.EARLIEST, null);
        ann.subscription = hub.subscribe(ANN, List.of(DESTINATION, other), start, ann, Runnable::run);
        ann.room = false;
        append(DESTINATION, "x".repeat(300_000));
        append(other, "small");
        assertThat(ann.delivered).isEmpty();

        for (int i = 0; i < 100 && ann.delivered.size() < 2; i++) {
            ann.subscription.resume();
        }

        assertThat(ann.delivered).containsExactly("x".repeat(300_000), "small");
    }

    @Test
    void endsAStreamWhoseLargeEventIsGoneHalfway() {
        PiecemealLog pieces = new PiecemealLog(3);
        append(DESTINATION, "x".repeat(300_000));
        Reader ann = new Reader();
        subscribe(hub(pieces, AT_ONCE, NEVER), DESTINATION, ann);

        assertThat(ann.delivered).isEmpty();
        assertThat(ann.ids).isEmpty();
        assertThat(ann.closed).isEqualTo(CloseReason.GONE);
    }

    @Test
    void saysThatALargeEventIsGoneAndGoesOn() {
        PiecemealLog pieces = new PiecemealLog(0);
        append(DESTINATION, "x".repeat(300_000));
        append(DESTINATION, "b");
        Reader ann = new Reader();
        subscribe(hub(pieces, AT_ONCE, NEVER), DESTINATION, ann);

        assertThat(ann.delivered).containsExactly("{\"reason\":\"expired\"}", "b");
        assertThat(ann.closed).isNull();
    }

    @Test
    void doesNotMovePastAGapThatTheClientWasNotToldOf() {
        Destination other = new Destination("acme", "view", "2");
        List<Destination> both = List.of(DESTINATION, other);
        append(DESTINATION, "a");
        append(other, "lost");
        Reader before = new Reader();
        hub.subscribe(ANN, both, new Start(Start.From.EARLIEST, null), before, Runnable::run);
        String seen = before.lastId();
        append(other, "x");
        append(other, Event.disconnect(Set.of(), Payload.EMPTY));
        append(other, "c");
        append(DESTINATION, "b");
        MoodyLog moody = new MoodyLog();
        Reader ann = new Reader();
        ann.room = false;
        Hub late = hub(moody, AT_ONCE, NEVER);
        ann.subscription = late.subscribe(ANN, both, new Start(Start.From.EARLIEST, seen), ann, Runnable::run);
        moody.held.remove(0).run();
        moody.held.remove(0).run();
        append(DESTINATION, "d");

        ann.subscription.resume();
        assertThat(ann.delivered).containsExactly("b", "d");
        Reader again = new Reader();
        hub(log, AT_ONCE, NEVER)
                .subscribe(ANN, both, new Start(Start.From.EARLIEST, ann.lastId()), again, Runnable::run);

        assertThat(again.delivered).containsExactly("{\"reason\":\"expired\"}", "c");
    }

    @Test
    void takesADestinationOfSeveralUpAgainThatIsOpenedAnew() {
        Destination other = new Destination("acme", "view", "2");
        append(DESTINATION, "a");
        Reader ann = new Reader();
        Start start = new Start(Start.From.EARLIEST, null);
        hub.subscribe(ANN, List.of(DESTINATION, other), start, ann, Runnable::run);
        append(DESTINATION, Event.disconnect(Set.of(), Payload.EMPTY));
        append(DESTINATION, "b");
        append(DESTINATION, Event.disconnect(Set.of("ann"), Payload.EMPTY));
        append(DESTINATION, "for others");
        append(DESTINATION, Event.connect(Set.of("ann"), Set.of()));
        append(DESTINATION, "c");

        assertThat(ann.delivered).containsExactly("a", "", "b", "", "for others", "c");
        assertThat(ann.closed).isNull();
    }

    @Test
    void goesOnBehindAnEndThatWasTakenBackBeforeItWasSent() {
        Destination other = new Destination("acme", "view", "2");
        Reader ann = new Reader();
        Start start = new Start(Start.From.EARLIEST, null);
        ann.subscription = hub.subscribe(ANN, List.of(DESTINATION, other), start, ann, Runnable::run);
        ann.room = false;
        append(DESTINATION, "a");
        append(DESTINATION, Event.disconnect(Set.of(), Payload.EMPTY));
        append(DESTINATION, "b");
        assertThat(ann.delivered).containsExactly("a");

        ann.room = true;
        ann.subscription.resume();

        assertThat(ann.delivered).containsExactly("a", "", "b");
    }

    @Test
    void readsOnForEverybodyAfterALogThatFailedAtOnce() {
        int clients = 5000;
        MoodyLog moody = new MoodyLog();
        Deque<Runnable> later = new ArrayDeque<>();
        Hub many = hub(moody, later::add, NEVER);
        List<Reader> readers = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            append(numbered(i), "a");
            Reader reader = new Reader();
            readers.add(reader);
            resume(many, numbered(i), reader);
        }
        int together = moody.held.size();
        assertThat(together).isBetween(1, clients / 2);

        moody.mood = Mood.FAILS;
        moody.fail();
        runAll(later);
        assertThat(moody.failures).as("asked at once while the log fails").isLessThanOrEqualTo(2 * together);
        moody.mood = Mood.WORKS;
        await(later);
        for (int i = 0; i < clients; i++) {
            append(numbered(i), "b");
        }
        await(later);

        assertThat(readers).allSatisfy(each -> assertThat(each.delivered).containsExactly("a", "b"));
        moody.mood = Mood.HOLDS;
        for (int i = 0; i < clients; i++) {
            append(numbered(clients + i), "a");
            resume(many, numbered(clients + i), new Reader());
        }
        assertThat(moody.held).as("the whole budget is there again").hasSize(together);
        assertThat(faults).isEmpty();
    }

    @Test
    void readsNothingForAClientThatLeftWhileItWaited() {
        MoodyLog moody = new MoodyLog();
        Hub many = hub(moody, AT_ONCE, NEVER);
        append(DESTINATION, "a");
        while (moody.held.size() == many.subscriptions()) {
            resume(many, DESTINATION, new Reader());
        }
        for (int i = 0; i < 50; i++) {
            resume(many, DESTINATION, new Reader()).close(CloseReason.GONE);
        }
        int before = moody.futures.size();

        while (!moody.held.isEmpty()) {
            moody.held.remove(0).run();
        }

        assertThat(moody.futures.size() - before)
                .as("reads of the one that is still waiting")
                .isEqualTo(1);
    }

    @Test
    void goesOnAfterALogThatThrows() {
        MoodyLog moody = new MoodyLog();
        moody.mood = Mood.THROWS;
        Deque<Runnable> later = new ArrayDeque<>();
        Hub thrown = hub(moody, later::add, later::add);
        append(DESTINATION, "a");
        Reader ann = new Reader();
        Start pending = new Start(Start.From.PENDING, null);
        thrown.subscribe(ANN, List.of(DESTINATION), pending, ann, Runnable::run);
        runAll(later);
        assertThat(ann.closed).isNull();

        moody.mood = Mood.WORKS;
        await(later);
        append(DESTINATION, "b");
        moody.mood = Mood.THROWS;
        append(DESTINATION, "c");
        runAll(later);
        moody.mood = Mood.WORKS;
        await(later);

        assertThat(ann.delivered).containsExactly("a", "b", "c");
        assertThat(ann.closed).isNull();
        assertThat(faults).isNotEmpty().allSatisfy(each -> assertThat(each).hasMessage("told to"));
    }

    @Test
    void readsALongWayOnFromALogThatAnswersAtOnce() {
        MoodyLog moody = new MoodyLog();
        moody.mood = Mood.WORKS;
        moody.pageEvents = 1;
        moody.silent = true;
        Hub at = hub(moody, AT_ONCE, NEVER);
        Reader ann = new Reader();
        subscribe(at, DESTINATION, ann);
        for (int i = 0; i < 20_000; i++) {
            append(DESTINATION, "a");
        }

        moody.followers.get(0).wake();

        assertThat(ann.delivered.size()).isEqualTo(20_000);
    }

    @Test
    void tellsTheOthersThoughASubscriberFailsToClose() {
        Reader first = new Reader();
        Reader broken = new Reader();
        Reader last = new Reader();
        subscribe(hub, DESTINATION, first);
        subscribe(hub, DESTINATION, broken);
        subscribe(hub, DESTINATION, last);
        broken.fault = new LinkageError("told to");
        broken.failsToClose = true;

        append(DESTINATION, "a");

        assertThat(first.delivered).containsExactly("a");
        assertThat(last.delivered).containsExactly("a");
        assertThat(hub.subscriptions()).isEqualTo(2);
    }

    @Test
    void goesOnAfterAnExecutorThatTookNothing() {
        boolean[] refuses = new boolean[1];
        Executor busy = task -> {
            if (refuses[0]) {
                throw new RejectedExecutionException("told to");
            }
            task.run();
        };
        Reader ann = new Reader();
        Reader bob = new Reader();
        Start start = new Start(Start.From.EARLIEST, null);
        hub.subscribe(ANN, List.of(DESTINATION), start, ann, busy);
        subscribe(hub, DESTINATION, bob);

        refuses[0] = true;
        append(DESTINATION, "a");
        refuses[0] = false;
        append(DESTINATION, "b");

        assertThat(bob.delivered).containsExactly("a", "b");
        assertThat(ann.delivered).containsExactly("a", "b");
    }

    @Test
    void closesTheOthersThoughAnExecutorHasEnded() {
        boolean[] ended = new boolean[1];
        Executor executor = task -> {
            if (ended[0]) {
                throw new RejectedExecutionException("ended");
            }
            task.run();
        };
        List<Reader> others = List.of(new Reader(), new Reader());
        Start start = new Start(Start.From.EARLIEST, null);
        subscribe(hub, DESTINATION, others.get(0));
        hub.subscribe(ANN, List.of(DESTINATION), start, new Reader(), executor);
        subscribe(hub, DESTINATION, others.get(1));

        ended[0] = true;
        hub.close();

        assertThat(others).extracting(reader -> reader.closed).containsOnly(CloseReason.STOPPED);
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
        assertThat(broken.closed).isEqualTo(CloseReason.FAILED);
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
        assertThat(hub.keptBytes())
                .isBetween(HubOptions.DEFAULT.maxKeptBytes(), HubOptions.DEFAULT.maxKeptBytes() + destinations * 5000L);
    }

    @Test
    void announcesTheDeliveryOfATracedEventAndWhenItIsWritten() {
        Reader ann = new Reader();
        subscribe(hub, DESTINATION, ann);

        append(DESTINATION, "a");
        append(DESTINATION, message("b").withTraceparent("context b"));
        append(DESTINATION, message("x".repeat(200_000)).withTraceparent("context x"));

        assertThat(ann.delivered).hasSize(3);
        assertThat(deliveries).containsExactly("view/1 2 context b", "written", "view/1 3 context x", "written");
    }

    @Test
    void endsTheSpanOfADeliveryThatItsStreamDidNotOutlive() {
        PiecemealLog onePiece = new PiecemealLog(1);
        Reader ann = new Reader();
        subscribe(hub(onePiece, AT_ONCE, NEVER), DESTINATION, ann);

        append(DESTINATION, message("x".repeat(200_000)).withTraceparent("context x"));

        assertThat(ann.closed).isEqualTo(CloseReason.GONE);
        assertThat(deliveries).containsExactly("view/1 1 context x", "cut off");
    }

    @Test
    void announcesAHundredDeliveriesOfAnEventThatManyGet() {
        List<Reader> readers = new ArrayList<>();
        for (int i = 0; i < DeliveryTrace.MOST + 20; i++) {
            Reader each = new Reader();
            readers.add(each);
            subscribe(hub, DESTINATION, each);
        }

        append(DESTINATION, message("a").withTraceparent("context a"));

        assertThat(readers).allSatisfy(each -> assertThat(each.delivered).containsExactly("a"));
        assertThat(deliveries).filteredOn("written"::equals).hasSize(DeliveryTrace.MOST);
        assertThat(deliveries).hasSize(2 * DeliveryTrace.MOST);
    }

    private static Event message(String data) {
        return Event.message("message", Payload.of(data.getBytes(StandardCharsets.UTF_8)));
    }

    /** A hub that retries by one executor, and does by another what it does at times. */
    private Hub hub(EventLog of, Executor retries, Executor others) {
        Timer timer = (delay, task) -> (delay.equals(HubOptions.DEFAULT.retryAfter()) ? retries : others).execute(task);
        return new Hub(of, of, HubOptions.DEFAULT, timer, listener);
    }

    private static Destination numbered(int i) {
        return new Destination("acme", "view", "n" + i);
    }

    /** Runs what is there now, once. */
    private static void runAll(Deque<Runnable> tasks) {
        for (int left = tasks.size(); left > 0; left--) {
            tasks.remove().run();
        }
    }

    /** Runs what is there, and what comes of it. */
    private static void await(Deque<Runnable> tasks) {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    private static Subscription subscribe(Hub hub, Destination destination, Reader reader) {
        return subscribe(hub, destination, reader, new Start(Start.From.EARLIEST, null));
    }

    /** A client that saw nothing yet and comes back, which reads a whole page. */
    private static Subscription resume(Hub hub, Destination destination, Reader reader) {
        return subscribe(hub, destination, reader, new Start(Start.From.EARLIEST, "0.0-0"));
    }

    private static Subscription subscribe(Hub hub, Destination destination, Reader reader, Start start) {
        Subscription subscription = hub.subscribe(ANN, List.of(destination), start, reader, Runnable::run);
        reader.subscription = subscription;
        return subscription;
    }

    private void append(Destination destination, String data) {
        append(destination, Event.message("message", Payload.of(data.getBytes(StandardCharsets.UTF_8))));
    }

    private void append(Destination destination, Event event) {
        append(log, destination, event);
    }

    private void append(EventLog to, String data) {
        append(to, DESTINATION, Event.message("message", Payload.of(data.getBytes(StandardCharsets.UTF_8))));
    }

    private void append(EventLog to, Destination destination, Event event) {
        to.append(List.of(), List.of(new Entry(destination, event, new Source("t", "id", 0, offset++), null)));
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
            if (maxEvents == 1 || maxBytes == TailBuffer.MAX_BYTES) {
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
                public void appended(EventId id, EventId previous, @Nullable Event event) {
                    super.appended(id, previous, null);
                }
            });
        }
    }

    /** Has some pieces of large events, and then no more. */
    private final class PiecemealLog extends ForwardingEventLog {

        private int pieces;

        PiecemealLog(int pieces) {
            this.pieces = pieces;
        }

        @Override
        protected EventLog delegate() {
            return log;
        }

        @Override
        public CompletionStage<@Nullable Payload> readPiece(
                Destination destination, Page.Large large, int from, int bytes) {
            return pieces-- > 0
                    ? super.readPiece(destination, large, from, bytes)
                    : CompletableFuture.completedStage(null);
        }
    }

    private enum Mood {
        WORKS,
        HOLDS,
        FAILS,
        THROWS
    }

    /** Answers at once in one way or the other, or holds subscribers' reads until they fail or are let go. */
    private final class MoodyLog extends ForwardingEventLog {

        private final List<Runnable> held = new ArrayList<>();
        private final List<CompletableFuture<Page>> futures = new ArrayList<>();
        private final List<Follower> followers = new ArrayList<>();
        private Mood mood = Mood.HOLDS;
        private int pageEvents = Integer.MAX_VALUE;
        private boolean silent;
        private int failures;

        @Override
        protected EventLog delegate() {
            return log;
        }

        /** Fails what is held. */
        void fail() {
            held.clear();
            futures.forEach(each -> each.completeExceptionally(new IllegalStateException("log not there")));
        }

        private <T> CompletionStage<T> inMood(Supplier<CompletionStage<T>> answer) {
            return switch (mood) {
                case WORKS, HOLDS -> answer.get();
                case FAILS -> {
                    failures++;
                    yield CompletableFuture.failedStage(new IllegalStateException("log not there"));
                }
                case THROWS -> throw new LinkageError("told to");
            };
        }

        @Override
        public CompletionStage<Page> read(
                Destination destination, @Nullable EventId after, int maxEvents, int maxBytes) {
            if (mood != Mood.HOLDS || maxBytes == TailBuffer.MAX_BYTES) {
                return inMood(() -> super.read(destination, after, Math.min(pageEvents, maxEvents), maxBytes));
            }
            CompletableFuture<Page> later = new CompletableFuture<>();
            futures.add(later);
            held.add(() -> super.read(destination, after, maxEvents, maxBytes).thenAccept(later::complete));
            return later;
        }

        @Override
        public CompletionStage<LogEnd> end(Destination destination) {
            return inMood(() -> super.end(destination));
        }

        @Override
        public CompletionStage<@Nullable EventId> find(Destination destination, String subject) {
            return inMood(() -> super.find(destination, subject));
        }

        @Override
        public CompletionStage<?> save(Destination destination, String subject, EventId position) {
            if (mood == Mood.THROWS) {
                throw new LinkageError("told to");
            }
            return super.save(destination, subject, position);
        }

        @Override
        public Following follow(Destination destination, Follower follower) {
            if (mood == Mood.THROWS) {
                throw new LinkageError("told to");
            }
            followers.add(follower);
            return silent ? () -> {} : super.follow(destination, follower);
        }
    }

    /** Writes down the data that it is given. */
    private static final class Reader implements Subscriber {

        private final List<String> delivered = new ArrayList<>();
        private final List<String> ids = new ArrayList<>();
        private final StringBuilder begun = new StringBuilder();
        private int bytes;
        private int bytesBefore;
        private @Nullable Subscription subscription;
        private @Nullable CloseReason closed;
        private boolean room = true;
        private @Nullable Error fault;
        private boolean failsToClose;

        String lastId() {
            return ids.get(ids.size() - 1);
        }

        @Override
        public void opened() {}

        @Override
        public boolean deliver(ByteBuffer... frame) {
            if (fault != null) {
                throw fault;
            }
            for (ByteBuffer part : frame) {
                take(part);
            }
            String whole = begun.toString();
            begun.setLength(0);
            SseFrames frames = SseFrames.of(whole);
            delivered.addAll(frames.data());
            ids.add(frames.lastEventId());
            assertThat(frames.all()).hasSize(1);
            assertThat(whole).endsWith("\n\n");
            return room;
        }

        @Override
        public boolean deliverPart(ByteBuffer... parts) {
            for (ByteBuffer part : parts) {
                take(part);
            }
            return room;
        }

        private void take(ByteBuffer part) {
            bytes += part.remaining();
            begun.append(StandardCharsets.UTF_8.decode(part));
        }

        @Override
        public void position(String lastEventId) {}

        @Override
        public void flush() {}

        @Override
        public void closed(CloseReason reason) {
            closed = reason;
            if (failsToClose) {
                throw new LinkageError("told to");
            }
        }
    }
}
