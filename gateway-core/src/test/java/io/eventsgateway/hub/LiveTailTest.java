package io.eventsgateway.hub;

import static io.eventsgateway.hub.HeldLog.at;
import static io.eventsgateway.hub.HeldLog.message;
import static io.eventsgateway.hub.HeldLog.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.EventId;
import io.eventsgateway.StateTable;
import io.eventsgateway.hub.LiveTail.State;
import io.eventsgateway.log.Gap;
import io.eventsgateway.log.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LiveTailTest {

    private static final EventId OTHER = new EventId(7, 1003, 2);

    @Test
    void doesInEveryStateWhatItsTableSays() {
        new StateTable<>(LiveTail.class, State.class, Rig::new)
                .in(State.NEW)
                .never("pushed, fits", "pushed, does not", "woken", "end came", "page came", "gap")
                .on("close", State.CLOSED)
                .in(State.ASKING)
                .on("pushed, fits", State.ASKING)
                .on("pushed, does not", State.ASKING)
                .on("woken", State.ASKING)
                .on("end came", State.FOLLOWING, "wake")
                .on("end came", rig -> rig.log.push(3), State.READING, "wake", "tail reads from 1")
                .on("end came", rig -> rig.tail.wake(), State.READING, "wake", "tail reads from 1")
                .never("page came", "gap")
                .on("close", State.CLOSED, "leave")
                .in(State.FOLLOWING)
                .on("pushed, fits", State.FOLLOWING, "wake")
                .on("pushed, does not", State.READING, "tail reads from 1")
                .on("woken", State.READING, "tail reads from 1")
                .never("end came", "page came", "gap")
                .on("close", State.CLOSED, "leave")
                .in(State.READING)
                .on("pushed, fits", State.READING, "wake")
                .on("pushed, does not", State.READING)
                .on("woken", State.READING)
                .never("end came")
                .on("page came", State.FOLLOWING, "wake")
                .on("page came", rig -> rig.page = page(2, false, 2), State.FOLLOWING, "wake")
                .on("page came", rig -> rig.page = page(9, true, 2), State.READING, "wake", "tail reads from 2")
                .on("page came", rig -> rig.log.push(3), State.READING, "tail reads from 1")
                .on("page came", rig -> rig.tail.wake(), State.READING, "tail reads from 1")
                .on("gap", State.ASKING, "ask end")
                .on("close", State.CLOSED, "leave")
                .in(State.CLOSED)
                .ignores("pushed, fits", "pushed, does not", "woken", "end came", "close")
                .ignores(Rig::becomeClosedWhileItReads, "page came", "gap")
                .check();
    }

    @Test
    void asksAgainWhatFailed() {
        Rig rig = new Rig();
        rig.bringTo(State.ASKING);
        rig.seen.clear();
        assertThat(rig.log.fail()).isTrue();
        assertThat(rig.tail.state()).isEqualTo(State.ASKING);
        rig.log.runLater();
        rig.log.answerEnd(1);
        rig.tail.wake();
        assertThat(rig.log.fail()).isTrue();
        assertThat(rig.tail.state()).isEqualTo(State.READING);
        rig.log.runLater();

        assertThat(rig.seen).containsExactly("ask end", "wake", "tail reads from 1", "tail reads from 1");
    }

    @Test
    void takesOnlyWhatHasItsEndAsPredecessor() {
        Rig rig = new Rig();
        rig.bringTo(State.FOLLOWING);

        rig.log.push(2);
        assertThat(rig.tail.after(at(1))).extracting(LiveEvent::id).containsExactly(at(2));
        rig.tail.appended(at(3), OTHER, message());

        assertThat(rig.tail.end()).isEqualTo(at(2));
        assertThat(rig.tail.state()).isEqualTo(State.READING);
    }

    @Test
    void readsAgainWhenNewsCameWhileItRead() {
        Rig rig = new Rig();
        rig.bringTo(State.READING);
        rig.tail.wake();

        rig.log.answerTail(page(2, false, 2));

        assertThat(rig.tail.state()).isEqualTo(State.READING);
        assertThat(rig.tail.end()).isEqualTo(at(2));
        rig.log.answerTail(page(3, false, 3));
        assertThat(rig.tail.state()).isEqualTo(State.FOLLOWING);
        assertThat(rig.tail.end()).isEqualTo(at(3));
    }

    @Test
    void asksForItsEndAgainAfterAGapAndForgetsWhatItHad() {
        Rig rig = new Rig();
        rig.bringTo(State.FOLLOWING);
        rig.log.push(2);
        rig.tail.wake();

        rig.have("gap");
        assertThat(rig.tail.end()).isNull();
        assertThat(rig.tail.after(at(1))).isNull();
        rig.log.answerEnd(9);

        assertThat(rig.tail.end()).isEqualTo(at(9));
        assertThat(rig.tail.after(at(1))).isNull();
        assertThat(rig.tail.after(at(9))).isEmpty();
    }

    /** A tail whose log ends at the first event. */
    private static final class Rig implements StateTable.Rig<State> {
        private final List<String> seen = new ArrayList<>();
        private final HeldLog log = new HeldLog(seen);
        private final RetryingReader reader = new RetryingReader(log, log, HubOptions.DEFAULT, log, HubListener.NONE);
        private LiveTail tail = newTail();
        private Page page = page(1, false);

        private LiveTail newTail() {
            LiveTail made =
                    new LiveTail(HeldLog.DESTINATION, log, reader, HubListener.NONE, new AtomicLong(), 1_000_000);
            made.readers().of(new SerialExecutor(woken -> {
                seen.add("wake");
                woken.run();
            }));
            return made;
        }

        @Override
        public void bringTo(State state) {
            switch (state) {
                case NEW -> {}
                case ASKING -> tail.start();
                case FOLLOWING -> {
                    tail.start();
                    log.answerEnd(1);
                }
                case READING -> {
                    bringTo(State.FOLLOWING);
                    tail.wake();
                }
                case CLOSED -> {
                    bringTo(State.ASKING);
                    tail.close();
                }
            }
        }

        private void becomeClosedWhileItReads() {
            log.answerEnd(1);
            tail = newTail();
            bringTo(State.READING);
            tail.close();
        }

        @Override
        public State state() {
            return tail.state();
        }

        @Override
        public boolean have(String event) {
            return switch (event) {
                case "pushed, fits" -> log.push(2);
                case "pushed, does not" -> log.push(3);
                case "woken" -> wake();
                case "end came" -> log.answerEnd(1);
                case "page came" -> log.answerTail(page);
                case "gap" -> log.answerTail(Page.of(Gap.REPLACED, at(9), List.of(), false, null));
                case "close" -> close();
                default -> throw new AssertionError(event);
            };
        }

        private boolean wake() {
            boolean follows = tail.state() != State.NEW;
            if (follows) {
                tail.wake();
            }
            return follows;
        }

        private boolean close() {
            tail.close();
            return true;
        }

        @Override
        public List<String> seen() {
            return seen;
        }
    }
}
