package io.eventsgateway.hub;

import static io.eventsgateway.hub.HeldLog.DESTINATION;
import static io.eventsgateway.hub.HeldLog.at;
import static io.eventsgateway.hub.HeldLog.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Event;
import io.eventsgateway.Payload;
import io.eventsgateway.StateTable;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.hub.StreamSubscription.State;
import io.eventsgateway.log.Gate;
import io.eventsgateway.log.LogEnd;
import io.eventsgateway.sse.SseFrames;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StreamSubscriptionStatesTest {

    private static final Identity ANN = new Identity("ann", "acme", Set.of("ann"), Set.of(), null);
    private static final Event END = Event.disconnect(Set.of(), Payload.EMPTY);

    @Test
    void doesInEveryStateWhatItsTableSays() {
        new StateTable<>(StreamSubscription.class, State.class, Rig::new)
                .in(State.CREATED)
                .on("tails know their ends", State.LOCATING, "opened", "ask progress")
                .on("tails know their ends", rig -> rig.gate = HeldLog.CLOSED, State.CLOSED, "closed ended", "left")
                .ignores("room is there again", "all have ended")
                .never("all are located")
                .on("close", State.CLOSED, "closed stopped", "left")
                .on("fault", State.CLOSED, "closed failed", "left")
                .in(State.LOCATING)
                .ignores("tails know their ends", "all have ended")
                .on("all are located", State.STREAMING, "position 1")
                .on("room is there again", State.LOCATING)
                .on("close", State.CLOSED, "closed stopped", "left")
                .on("fault", State.CLOSED, "closed failed", "left")
                .in(State.STREAMING)
                .ignores("tails know their ends")
                .never("all are located")
                .on("room is there again", State.STREAMING)
                .on("room is there again", Rig::haveNoRoomFor3, State.STREAMING, "send 3", "flush")
                .on("all have ended", State.CLOSED, "send 2", "flush", "save 2", "closed ended", "left")
                .on("close", State.CLOSED, "closed stopped", "left")
                .on("close", rig -> rig.log.push(2), State.CLOSED, "save 2", "closed stopped", "left")
                .on("fault", rig -> rig.log.push(2), State.CLOSED, "closed failed", "left")
                .in(State.CLOSED)
                .ignores("tails know their ends", "room is there again", "all have ended", "close", "fault")
                .ignores(Rig::becomeClosedWhileItLooks, "all are located")
                .check();
    }

    @Test
    void looksForItsStartAgainAfterAFailure() {
        Rig rig = new Rig();
        rig.bringTo(State.CREATED);
        rig.log.answerEnd(1);
        assertThat(rig.log.fail()).isTrue();
        rig.log.runLater();
        rig.log.answerProgress(null);
        assertThat(rig.log.fail()).isTrue();
        rig.log.runLater();
        rig.seen.clear();

        rig.log.answerPage(page(1, false));

        assertThat(rig.seen).containsExactly("position 1");
        assertThat(rig.state()).isEqualTo(State.STREAMING);
    }

    /** A stream of a subject that begins after what it was served before. */
    private static final class Rig implements StateTable.Rig<State>, Subscriber {
        private final List<String> seen = new ArrayList<>();
        private final HeldLog log = new HeldLog(seen);
        private final List<Throwable> faults = new ArrayList<>();
        private final HubListener listener = new HubListener() {
            @Override
            public void failed(Throwable fault) {
                faults.add(fault);
            }
        };
        private final RetryingReader reader = new RetryingReader(log, log, HubOptions.DEFAULT, log, listener);
        private LiveTail tail;
        private StreamSubscription stream;
        private Gate gate = Gate.OPEN;
        private boolean room = true;
        private boolean sent;

        Rig() {
            create();
        }

        private void create() {
            LiveTail made = new LiveTail(DESTINATION, log, reader, listener, new AtomicLong(), 1_000_000);
            StreamSubscription of = new StreamSubscription(
                    reader,
                    listener,
                    new SerialExecutor(Runnable::run),
                    this,
                    ANN,
                    new Start(Start.From.PENDING, null),
                    List.of(DESTINATION),
                    List.of(made),
                    over -> seen.add("left"));
            made.asked().thenRun(() -> of.execute(of::open));
            tail = made;
            stream = of;
        }

        @Override
        public void bringTo(State state) {
            switch (state) {
                case CREATED -> tail.start();
                case LOCATING -> {
                    bringTo(State.CREATED);
                    log.answerEnd(1);
                    log.answerProgress(null);
                }
                case STREAMING -> {
                    bringTo(State.LOCATING);
                    have("all are located");
                }
                case CLOSED -> {
                    bringTo(State.STREAMING);
                    stream.close(CloseReason.GONE);
                }
            }
        }

        private void becomeClosedWhileItLooks() {
            create();
            bringTo(State.LOCATING);
            stream.close(CloseReason.GONE);
        }

        private void haveNoRoomFor3() {
            room = false;
            log.push(2);
            log.push(3);
        }

        @Override
        public State state() {
            return stream.state();
        }

        @Override
        public boolean have(String event) {
            return switch (event) {
                case "tails know their ends" -> open();
                case "all are located" -> log.answerPage(page(1, false));
                case "room is there again" -> step(stream::resume);
                case "all have ended" -> log.push(2, END);
                case "close" -> step(() -> stream.close(CloseReason.STOPPED));
                case "fault" -> step(() -> stream.execute(this::fail));
                default -> throw new AssertionError(event);
            };
        }

        private boolean open() {
            return log.answerEnd(new LogEnd(at(1), gate)) || step(() -> stream.execute(stream::open));
        }

        private static boolean step(Runnable step) {
            step.run();
            return true;
        }

        private void fail() {
            throw new IllegalStateException("told to");
        }

        @Override
        public List<String> seen() {
            return seen;
        }

        @Override
        public void opened() {
            seen.add("opened");
        }

        @Override
        public boolean deliver(ByteBuffer... frame) {
            SseFrames frames = new SseFrames();
            for (ByteBuffer part : frame) {
                frames.feed(part);
            }
            seen.add("send " + number(frames.lastEventId()));
            sent = true;
            return room;
        }

        @Override
        public boolean deliverPart(ByteBuffer... part) {
            throw new AssertionError("nothing is large here");
        }

        @Override
        public void position(String lastEventId) {
            seen.add("position " + number(lastEventId));
        }

        private static String number(String id) {
            return id.replaceFirst(".*-", "");
        }

        @Override
        public void flush() {
            if (sent) {
                sent = false;
                seen.add("flush");
            }
        }

        @Override
        public void closed(CloseReason reason) {
            seen.add("closed " + reason.label());
        }
    }
}
