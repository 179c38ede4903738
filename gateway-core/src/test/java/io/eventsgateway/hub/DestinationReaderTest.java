package io.eventsgateway.hub;

import static io.eventsgateway.hub.HeldLog.at;
import static io.eventsgateway.hub.HeldLog.large;
import static io.eventsgateway.hub.HeldLog.message;
import static io.eventsgateway.hub.HeldLog.page;
import static io.eventsgateway.hub.HeldLog.stored;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Event;
import io.eventsgateway.Payload;
import io.eventsgateway.StateTable;
import io.eventsgateway.hub.DestinationReader.State;
import io.eventsgateway.log.Gap;
import io.eventsgateway.log.Gate;
import io.eventsgateway.log.LogEnd;
import io.eventsgateway.log.Page;
import io.eventsgateway.log.StoredEvent;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DestinationReaderTest {

    private static final Event END = Event.disconnect(Set.of(), Payload.EMPTY);

    @Test
    void doesInEveryStateWhatItsTableSays() {
        new StateTable<>(DestinationReader.class, State.class, Rig::new)
                .in(State.NEW)
                .ignores("pump: room", "pump: no room")
                .on("news", State.NEW, "locate")
                .never("start came", "page came", "large event in the page", "large event is over")
                .in(State.LOCATING)
                .ignores("pump: room", "pump: no room", "news")
                .on("start came", State.READY, "located")
                .never("page came", "large event in the page", "large event is over")
                .in(State.READY)
                .on("pump: room", State.READY)
                .on("pump: room", rig -> rig.log.push(2), State.READY, "send 2")
                .on("pump: room", rig -> rig.log.push(2, null), State.READING, "read from 1")
                .on("pump: room", rig -> rig.log.push(2, END), State.ENDED, "send 2", "ended")
                .on("pump: room", Rig::learnThatAllEnded, State.ENDED, "ended")
                .on("pump: no room", rig -> rig.log.push(2), State.READY)
                .on("news", State.READY, "pump")
                .never("start came", "page came", "large event in the page", "large event is over")
                .in(State.READING)
                .ignores("pump: room", "pump: no room")
                .on("news", State.READING)
                .never("start came", "large event is over")
                .on("page came", rig -> rig.coming(1, page(2, false, 2)), State.WAITING, "send 2")
                .on("page came", rig -> rig.coming(0, page(1, false)), State.WAITING)
                .on("page came", rig -> rig.coming(1, page(3, true, 2)), State.READY, "send 2")
                .on("page came", rig -> rig.coming(1, page(3, false, 2, 3)), State.READY, "send 2")
                .on("page came", rig -> rig.coming(0, page(2, false, 2)), State.READY)
                .on("page came", Rig::haveNews, State.READY, "send 2")
                .on("page came", rig -> rig.coming(2, expired()), State.WAITING, "reset expired at 5", "send 6")
                .on("page came", rig -> rig.coming(0, expired()), State.READY)
                .on("page came", rig -> rig.coming(2, endAndMore()), State.WAITING, "send 2", "ended", "send 3")
                .on("large event in the page", rig -> rig.coming(0, null), State.SENDING)
                .on("large event in the page", State.SENDING, "read piece from 0")
                .in(State.WAITING)
                .on("pump: room", State.WAITING, "tail reads from 9")
                .on("pump: room", rig -> rig.learn(1), State.READY)
                .on("pump: no room", rig -> rig.learn(1), State.WAITING)
                .on("news", State.READY, "pump")
                .never("start came", "page came", "large event in the page", "large event is over")
                .in(State.SENDING)
                .on("pump: room", State.SENDING, "read piece from 0")
                .on("pump: no room", State.SENDING)
                .ignores("news")
                .never("start came", "page came", "large event in the page")
                .on("large event is over", rig -> rig.room = 1, State.READY, "read piece from 0", "end at 2")
                .in(State.ENDED)
                .ignores("pump: room", "pump: no room")
                .on("news", State.ENDED)
                .on("news", Rig::beOpenedAnew, State.READY, "pump")
                .never("start came", "page came", "large event in the page", "large event is over")
                .check();
    }

    private static Page expired() {
        return Page.of(Gap.EXPIRED, at(6), List.of(stored(6)), false, null);
    }

    /** An end that was taken back since. */
    private static Page endAndMore() {
        return Page.of(Gap.NONE, at(3), List.of(new StoredEvent(at(2), at(1), END), stored(3)), false, null);
    }

    @Test
    void asksAgainWhatFailed() {
        Rig rig = new Rig();
        rig.bringTo(State.READING);
        rig.seen.clear();

        assertThat(rig.log.fail()).isTrue();
        rig.log.runLater();

        assertThat(rig.seen).containsExactly("read from 1");
        assertThat(rig.reader.state()).isEqualTo(State.READING);
    }

    @Test
    void goesOnBehindALargeEventThatIsGone() {
        Rig rig = new Rig();
        rig.bringTo(State.SENDING);
        rig.room = 1;
        rig.reader.pump();
        rig.seen.clear();

        rig.log.answerPiece(null);

        assertThat(rig.seen).containsExactly("reset expired at 2");
        assertThat(rig.reader.position()).isEqualTo(at(2));
        assertThat(rig.reader.state()).isEqualTo(State.READY);
    }

    /** A reader that resumes after the first event. */
    private static final class Rig extends ReaderRig implements StateTable.Rig<State> {
        private Page page = page(1, false);
        private Runnable news = () -> tail.readers().wake();

        @Override
        public void bringTo(State state) {
            switch (state) {
                case NEW -> {
                    tail.start();
                    reader.open(executor, null, false);
                    reader.locate(Start.From.LATEST);
                }
                case LOCATING -> {
                    reader.open(executor, null, false);
                    reader.locate(Start.From.EARLIEST);
                }
                case READY -> open(1);
                case READING -> {
                    open(9);
                    reader.pump();
                }
                case WAITING -> {
                    bringTo(State.READING);
                    room = 0;
                    log.answerPage(page(1, false));
                }
                case SENDING -> {
                    bringTo(State.READING);
                    room = 0;
                    log.answerPage(large(2, 1));
                }
                case ENDED -> {
                    bringTo(State.READY);
                    log.push(2, END);
                    reader.pump();
                }
            }
        }

        private void open(int end) {
            tail.start();
            log.answerEnd(end);
            reader.open(executor, at(1), false);
        }

        private void coming(int places, Page next) {
            room = places;
            page = next;
        }

        private void haveNews() {
            coming(1, page(2, false, 2));
            reader.woken();
        }

        /** The tail's end, which it forgot, is that event now. */
        private void learn(int end) {
            learn(new LogEnd(at(end), Gate.OPEN));
        }

        private void learnThatAllEnded() {
            learn(new LogEnd(at(1), HeldLog.CLOSED));
        }

        private void learn(LogEnd end) {
            tail.wake();
            log.answerTail(Page.of(Gap.REPLACED, at(9), List.of(), false, null));
            // off the wake list: the news of it are another event
            reader.close();
            log.answerEnd(end);
        }

        private void beOpenedAnew() {
            news = () -> log.push(3, Event.connect(Set.of(), Set.of()));
        }

        @Override
        public State state() {
            return reader.state();
        }

        @Override
        public List<String> seen() {
            return seen;
        }

        @Override
        public boolean have(String event) {
            return switch (event) {
                case "pump: room" -> pump(Math.max(room, 1));
                case "pump: no room" -> pump(0);
                case "news" -> wake();
                case "start came" -> state() == State.LOCATING && log.answerPage(page);
                case "page came" -> state() == State.READING && log.answerPage(page);
                case "large event in the page" -> state() == State.READING && log.answerPage(large(2, 1));
                case "large event is over" -> endLarge();
                default -> throw new AssertionError(event);
            };
        }

        private boolean pump(int places) {
            room = places;
            reader.pump();
            return true;
        }

        private boolean wake() {
            news.run();
            return true;
        }

        private boolean endLarge() {
            return state() == State.SENDING
                    && pump(room)
                    && log.answerPiece(message().data());
        }
    }
}
