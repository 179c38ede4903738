package io.eventsgateway.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.StateTable;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.hub.CloseReason;
import io.eventsgateway.hub.Standing;
import io.eventsgateway.hub.Start;
import io.eventsgateway.hub.Subscription;
import io.eventsgateway.undertow.EventStream.State;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.xnio.channels.StreamSinkChannel;

class EventStreamTest {

    private static final SseOptions OPTIONS = TestOptions.of(o -> o.cleanupMaxAge = Duration.ofSeconds(2));

    @Test
    void doesInEveryStateWhatItsTableSays() {
        new StateTable<>(EventStream.class, State.class, Rig::new)
                .in(State.WAITING)
                .on("opened", State.OPEN, "begin", "retry: 3000|: events follow|")
                .on("opened", rig -> rig.head = true, State.GONE, "left", "end of head", "close gone")
                .never("event", "part of one", "socket drained", "end is taken", "client left", "tick")
                .on("closed", State.GONE, "left", "204")
                .on("closed", rig -> rig.reason = CloseReason.STOPPED, State.GONE, "left", "come back after 3000")
                .on("closed", rig -> rig.reason = CloseReason.AGE, State.GONE, "left", "come back after 3000")
                .on("stop", State.WAITING, "end connection", "close stopped")
                .in(State.OPEN)
                .never("opened", "end is taken")
                .on("event", State.OPEN, "data: x||")
                .on("part of one", State.WITHIN, "data: x")
                .on("socket drained", State.OPEN)
                .on("socket drained", Rig::haveTheHubWait, State.OPEN, "resume")
                .on("closed", Rig::haveNoRoom, State.ENDING, "stop watching")
                .on("closed", State.GONE, "stop watching", "left", "end")
                .on("closed", Rig::haveMoved, State.GONE, "stop watching", "id: 7||", "left", "end")
                .on("closed", rig -> rig.reason = CloseReason.STALLED, State.GONE, "left", "abort")
                .on("client left", State.GONE, "left", "abort", "close gone")
                .on("closed", Rig::haveBeenStopped, State.GONE, "stop watching", "retry: 1234|", "left", "end")
                .on("closed", Rig::haveEndedForAge, State.GONE, "stop watching", "retry: #|", "left", "end")
                .on("stop", State.OPEN, "end connection", "close stopped")
                .on("tick", rig -> rig.later = -60, State.OPEN)
                .on("tick", State.OPEN, ": |")
                .on("tick", Rig::haveMoved, State.OPEN, "id: 7||: |")
                .on("tick", Rig::haveTheHubWait, State.OPEN, "close stalled")
                .on("tick", Rig::haveBeenSent10KB, State.OPEN)
                .on("tick", Rig::haveBeenSent10KBLongAgo, State.OPEN, "close stalled")
                .on("tick", rig -> rig.haveToken(-1), State.OPEN, "event: token-expired|data: {}||", "close expired")
                .on("tick", rig -> rig.haveToken(30), State.OPEN, "event: token-expiring|data: {}||")
                .on("tick", Rig::haveGrownOld, State.OPEN, ": |", "end connection", "close age")
                .in(State.WITHIN)
                .never("opened", "end is taken")
                .on("event", State.OPEN, "data: x||")
                .on("event", rig -> rig.haveToken(30), State.OPEN, "data: x||")
                .on(
                        "event",
                        rig -> rig.haveToken(-1),
                        State.OPEN,
                        "data: x||event: token-expired|data: {}||",
                        "close expired",
                        "refuse")
                .on("event", Rig::haveGrownOldLongAgo, State.OPEN, "end connection", "close age", "refuse", "data: x||")
                .on("part of one", State.WITHIN, "data: x")
                .on("socket drained", State.WITHIN)
                .on("socket drained", Rig::haveTheHubWait, State.WITHIN, "resume")
                .on("closed", Rig::haveNoRoom, State.ENDING, "stop watching")
                .on("closed", Rig::haveMoved, State.GONE, "stop watching", "|", "left", "end")
                .on("closed", Rig::haveBeenStopped, State.GONE, "stop watching", "|retry: 1234|", "left", "end")
                .on("closed", rig -> rig.reason = CloseReason.FAILED, State.GONE, "left", "abort")
                .on("client left", State.GONE, "left", "abort", "close gone")
                .on("stop", State.WITHIN, "end connection", "close stopped")
                .on("tick", State.WITHIN)
                .on("tick", Rig::haveTheHubWait, State.WITHIN, "close stalled")
                .on("tick", rig -> rig.haveToken(-1), State.WITHIN)
                .on("tick", Rig::haveTheHubWaitForLong, State.WITHIN)
                .on("tick", Rig::haveTheHubWaitForLongWithoutAToken, State.WITHIN, "close expired")
                .on("tick", rig -> rig.haveToken(30), State.WITHIN)
                .on("tick", Rig::haveGrownOld, State.WITHIN)
                .in(State.ENDING)
                .never("opened", "socket drained")
                .on("event", State.ENDING, "refuse")
                .on("part of one", State.ENDING, "refuse")
                .on("end is taken", State.GONE, "left", "end")
                .ignores("closed")
                .on("client left", State.GONE, "left", "abort", "close gone")
                .on("stop", State.ENDING, "end connection", "close stopped")
                .on("tick", rig -> rig.later = -60, State.ENDING)
                .on("tick", rig -> rig.later = 20, State.GONE, "left", "abort")
                .in(State.GONE)
                .never("opened", "socket drained", "end is taken", "tick")
                .on("event", State.GONE, "refuse")
                .on("part of one", State.GONE, "refuse")
                .ignores("closed")
                .on("client left", State.GONE, "close gone")
                .on("stop", State.GONE, "end connection", "close stopped")
                .check();
    }

    @Test
    void closesASubscriptionThatItIsGivenTooLate() {
        Rig rig = new Rig();
        rig.bringTo(State.GONE);
        rig.seen.clear();

        rig.stream.begin(rig);

        assertThat(rig.seen).containsExactly("close gone");
    }

    @Test
    void endsWhenItsExchangeIsOver() {
        Rig rig = new Rig();
        rig.bringTo(State.OPEN);
        rig.seen.clear();

        rig.over();

        assertThat(rig.seen).containsExactly("close gone");
    }

    @Test
    void tellsItsPositionAtOnceWhereNothingLeadsBackToIt() {
        Rig rig = new Rig();
        rig.create(null, new Start(Start.From.LATEST, null));
        rig.bringTo(State.OPEN);
        rig.seen.clear();

        rig.haveMoved();
        rig.flush();
        rig.haveMoved();
        rig.flush();

        assertThat(rig.seen).containsExactly("id: 7||");
    }

    @Test
    void reportsWhatItsSocketHasTakenAndForHowLongItTakesNothing() {
        Rig rig = new Rig();
        rig.bringTo(State.OPEN);
        OpenStream own = new OpenStream(1, "acme", "ann", Set.of(), Instant.EPOCH, AddressKind.LOOPBACK);
        assertThat(rig.stream.look(own).join().blocked()).isZero();

        rig.haveTheHubWait();

        StreamDetails details = rig.stream.look(own).join();
        assertThat(details.bytesWritten()).isEqualTo("retry: 3000\n: events follow\n".length());
        assertThat(details.blocked()).isPositive();
    }

    /** A stream on a socket that takes everything, if it is not told otherwise; ticked five seconds later. */
    private static final class Rig implements StateTable.Rig<State>, StreamExchange, Subscription {
        private final List<String> seen = new ArrayList<>();
        private SocketStub socket = new SocketStub();
        private EventStream stream;
        private CloseReason reason = CloseReason.ENDED;
        private @Nullable Runnable whenLeft;
        private @Nullable Runnable whenOver;
        private boolean head;
        private boolean multiplexed;
        private boolean ticks;
        private int later = 5;
        private boolean cleanup = true;

        Rig() {
            create(null, new Start(Start.From.PENDING, null));
        }

        private void create(@Nullable Instant expiry, Start start) {
            create(expiry, start, Duration.ZERO);
        }

        private void create(@Nullable Instant expiry, Start start, Duration maxAge) {
            Identity ann = new Identity("ann", "acme", Set.of("ann"), Set.of(), expiry);
            AgeLimit age = new AgeLimit(System.nanoTime(), maxAge.toNanos());
            EventStream made = new EventStream(this, ann, start, OPTIONS, age, (gone, bytes) -> note("left"));
            made.begin(this);
            socket = new SocketStub();
            stream = made;
        }

        @Override
        public void bringTo(State state) {
            switch (state) {
                case WAITING -> {}
                case OPEN -> stream.opened();
                case WITHIN -> {
                    stream.opened();
                    have("part of one");
                }
                case ENDING -> {
                    stream.opened();
                    haveNoRoom();
                    stream.closed(CloseReason.ENDED);
                }
                case GONE -> {
                    stream.opened();
                    have("client left");
                }
            }
            socket.taken();
        }

        private void haveNoRoom() {
            socket.room = 0;
        }

        private void haveTheHubWait() {
            haveNoRoom();
            ByteBuffer large = ByteBuffer.allocate(64 * 1024);
            boolean room = state() == State.OPEN ? stream.deliver(large) : stream.deliverPart(large);
            assertThat(room).isFalse();
        }

        /** Of a stream beside others, after which the client stopped. */
        private void haveBeenSent10KB() {
            multiplexed = true;
            State state = state();
            create(null, new Start(Start.From.PENDING, null));
            bringTo(state);
            stream.deliver(ByteBuffer.allocate(10 * 1024));
            stream.flush();
            socket.taken();
            haveTheHubWait();
        }

        private void haveBeenSent10KBLongAgo() {
            haveBeenSent10KB();
            later = 20;
        }

        /** What was queued before the hub heard of it still comes. */
        private void haveBeenStopped() {
            stream.stop(1, 1234);
            seen.clear();
            reason = CloseReason.STOPPED;
        }

        private void haveTheHubWaitForLong() {
            haveTheHubWait();
            cleanup = false;
            later = 20;
        }

        private void haveTheHubWaitForLongWithoutAToken() {
            haveToken(-1);
            haveTheHubWaitForLong();
        }

        /** Of a stream that may become four seconds old; ticks come after five. */
        private void haveGrownOld() {
            haveMaxAge(Duration.ofSeconds(4));
        }

        private void haveGrownOldLongAgo() {
            haveMaxAge(Duration.ofNanos(1));
        }

        private void haveMaxAge(Duration age) {
            State state = state();
            create(null, new Start(Start.From.PENDING, null), age);
            bringTo(state);
        }

        /** Whose time to come back is drawn. */
        private void haveEndedForAge() {
            haveGrownOld();
            tick();
            socket.taken();
            seen.clear();
            reason = CloseReason.AGE;
        }

        private void haveMoved() {
            stream.position("7");
        }

        private void haveToken(int seconds) {
            State state = state();
            create(Instant.now().plusSeconds(seconds), new Start(Start.From.PENDING, null));
            bringTo(state);
        }

        @Override
        public SocketAddress peer() {
            return new InetSocketAddress(1);
        }

        @Override
        public State state() {
            return stream.state();
        }

        @Override
        public boolean have(String event) {
            State before = state();
            boolean sends = before == State.OPEN || before == State.WITHIN;
            boolean came =
                    switch (event) {
                        case "opened" -> before == State.WAITING && step(stream::opened);
                        case "event" -> before != State.WAITING && take(stream.deliver(bytes("data: x\n\n")));
                        case "part of one" -> before != State.WAITING && take(stream.deliverPart(bytes("data: x")));
                        case "socket drained" -> sends && step(stream::drained);
                        case "end is taken" -> before == State.ENDING && takeAll();
                        case "closed" -> step(() -> stream.closed(reason));
                        case "client left" ->
                            before == State.ENDING ? breakSocket() : whenLeft != null && step(whenLeft);
                        case "stop" -> step(() -> stream.stop(1, 1234));
                        case "tick" -> ticks && step(this::tick);
                        default -> throw new AssertionError(event);
                    };
            if (state() == State.OPEN || state() == State.WITHIN) {
                flush();
            }
            return came;
        }

        private static ByteBuffer bytes(String text) {
            return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        }

        private static boolean step(Runnable step) {
            step.run();
            return true;
        }

        private boolean take(boolean room) {
            if (!room) {
                seen.add("refuse");
            }
            return true;
        }

        private boolean takeAll() {
            socket.room = Integer.MAX_VALUE;
            socket.ready();
            return true;
        }

        private boolean breakSocket() {
            socket.fails = true;
            socket.ready();
            return true;
        }

        private void tick() {
            stream.tick(System.nanoTime() + Duration.ofSeconds(later).toNanos(), cleanup);
        }

        private void flush() {
            stream.flush();
            write();
        }

        /** Notes what was written before what comes now. */
        private void write() {
            String text = socket.taken();
            if (!text.isEmpty()) {
                String line = text.replace('\n', '|').replaceAll("\\{.*}", "{}");
                seen.add(
                        reason == CloseReason.AGE
                                ? line.replaceAll("retry: (1[0-9]|[5-9])[0-9]{2}\\|", "retry: #|")
                                : line);
            }
        }

        private void note(String what) {
            write();
            seen.add(what);
        }

        private void over() {
            if (whenOver != null) {
                whenOver.run();
            }
        }

        @Override
        public List<String> seen() {
            return seen;
        }

        @Override
        public void resume() {
            note("resume");
        }

        @Override
        public CompletableFuture<List<Standing>> standings() {
            return CompletableFuture.completedFuture(List.of());
        }

        @Override
        public void close(CloseReason why) {
            note("close " + why.label());
        }

        @Override
        public boolean isHead() {
            return head;
        }

        @Override
        public boolean isMultiplexed() {
            return multiplexed;
        }

        @Override
        public StreamSinkChannel begin(EventStream begun, Runnable left, Runnable over) {
            note("begin");
            whenLeft = left;
            whenOver = over;
            ticks = true;
            return socket.sink();
        }

        @Override
        public void headersSent() {}

        @Override
        public void wrote(int bytes) {}

        @Override
        public void after(long millis, Runnable task) {
            task.run();
        }

        @Override
        public void endConnection() {
            note("end connection");
        }

        @Override
        public void stopWatching() {
            note("stop watching");
        }

        @Override
        public void stopTicks(EventStream stopped) {
            ticks = false;
        }

        @Override
        public void end() {
            note("end");
        }

        @Override
        public void endHead() {
            note("end of head");
        }

        @Override
        public void endEmpty() {
            note("204");
        }

        @Override
        public void comeBack(long afterMillis, String reason) {
            note("come back after " + afterMillis);
        }

        @Override
        public void abort() {
            note("abort");
        }
    }
}
