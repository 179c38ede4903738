package io.eventsgateway.hub;

import static io.eventsgateway.hub.HeldLog.large;

import io.eventsgateway.Payload;
import io.eventsgateway.StateTable;
import io.eventsgateway.hub.LargeEvent.State;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LargeEventTest {

    private static final int PIECE = 64 * 1024;
    private static final int LINES = 40_000;

    @Test
    void doesInEveryStateWhatItsTableSays() {
        new StateTable<>(LargeEvent.class, State.class, Rig::new)
                .in(State.WAITING)
                .on("pump: room", State.FETCHING, "read piece from 0")
                .never("first piece came, no room", "piece came", "last piece came", "piece is gone")
                .in(State.FETCHING)
                .ignores("pump: room")
                .on("first piece came, no room", State.WAITING)
                .on("piece came", State.WAITING, "part")
                .on("piece came", Rig::haveLineEndsOnly, State.WAITING, "part")
                .on("last piece came", Rig::haveOneByte, State.OVER, "end at 2")
                .on("last piece came", Rig::haveSentTheFirst, State.OVER, "end at 2")
                .on("piece is gone", State.OVER, "reset expired at 2")
                .on("piece is gone", Rig::haveSentTheFirst, State.OVER, "broken")
                .in(State.OVER)
                .ignores("pump: room")
                .never("first piece came, no room", "piece came", "last piece came", "piece is gone")
                .check();
    }

    /** The second event, of a piece and one byte, on its way to a stream that has no room for what comes behind it. */
    private static final class Rig extends ReaderRig implements StateTable.Rig<State> {
        private LargeEvent event = event(PIECE + 1);
        private byte[] piece = new byte[PIECE];

        private LargeEvent event(int size) {
            room = 1;
            return new LargeEvent(Objects.requireNonNull(large(2, size).large()), reader, retrying, this);
        }

        @Override
        public void bringTo(State state) {
            switch (state) {
                case WAITING -> {}
                case FETCHING -> event.pump();
                case OVER -> {
                    event.pump();
                    answer(null);
                }
            }
        }

        private boolean answer(byte @Nullable [] bytes) {
            return log.answerPiece(bytes == null ? null : Payload.of(bytes));
        }

        /** An event whose piece does not fit into one on the wire, where each line has a name. */
        private void haveLineEndsOnly() {
            answer(null);
            event = event(LINES);
            event.pump();
            piece = new byte[LINES];
            Arrays.fill(piece, (byte) '\n');
        }

        private void haveOneByte() {
            answer(null);
            event = event(1);
            event.pump();
        }

        private void haveSentTheFirst() {
            answer(piece);
            event.pump();
        }

        @Override
        public State state() {
            return event.state();
        }

        @Override
        public boolean have(String name) {
            return switch (name) {
                case "pump: room" -> pump();
                case "first piece came, no room" -> answerWithoutRoom();
                case "piece came" -> answer(piece);
                case "last piece came" -> answer(new byte[1]);
                case "piece is gone" -> answer(null);
                default -> throw new AssertionError(name);
            };
        }

        private boolean answerWithoutRoom() {
            room = 0;
            return answer(piece);
        }

        private boolean pump() {
            event.pump();
            return true;
        }

        @Override
        public List<String> seen() {
            return seen;
        }
    }
}
