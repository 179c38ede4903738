package io.eventsgateway.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.StateTable;
import io.eventsgateway.undertow.SocketWriter.State;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SocketWriterTest {

    @Test
    void doesInEveryStateWhatItsTableSays() {
        new StateTable<>(SocketWriter.class, State.class, Rig::new)
                .in(State.FLOWING)
                .on("socket takes all", State.FLOWING, "drained")
                .on("socket takes nothing", State.BLOCKED)
                .on("end", State.ENDING)
                .on("broken", State.CLOSED, "broken")
                .on("close", State.CLOSED)
                .in(State.BLOCKED)
                .on("socket takes all", State.FLOWING, "drained")
                .ignores("socket takes nothing")
                .on("end", State.ENDING)
                .on("broken", State.CLOSED, "broken")
                .on("close", State.CLOSED)
                .in(State.ENDING)
                .on("socket takes all", State.CLOSED, "ended")
                .ignores("socket takes nothing", "end")
                .on("broken", State.CLOSED, "broken")
                .on("close", State.CLOSED)
                .in(State.CLOSED)
                .ignores("socket takes all", "socket takes nothing", "end", "broken", "close")
                .check();
    }

    @Test
    void writesEverythingInOrderHoweverLittleTheSocketTakes() {
        Rig rig = new Rig();
        StringBuilder expected = new StringBuilder();
        rig.socket.room = 0;
        for (int i = 0; i < 200; i++) {
            String text = i + " ".repeat(i % 7 == 0 ? 20_000 : i % 50 == 1 ? 300_000 : i) + "\n";
            expected.append(text);
            rig.put(text);
        }
        rig.writer.write();
        assertThat(rig.writer.pendingBytes()).isEqualTo(expected.length());

        while (rig.writer.state() == State.BLOCKED) {
            rig.socket.room = 9_999;
            rig.socket.ready();
        }

        assertThat(rig.socket.taken()).isEqualTo(expected.toString());
        assertThat(rig.seen).containsExactly("drained");
        assertThat(rig.writer.pendingBytes()).isZero();
        assertThat(rig.written).isEqualTo(expected.length());
    }

    @Test
    void knowsSinceWhenTheSocketTakesNothing() {
        Rig rig = new Rig();
        assertThat(rig.writer.blockedNanos(System.nanoTime())).isZero();
        rig.socket.room = 1;
        rig.put("abc");
        rig.writer.write();
        assertThat(rig.writer.blockedNanos(System.nanoTime())).isPositive();
        rig.socket.room = 100;
        rig.writer.write();

        assertThat(rig.writer.blockedNanos(System.nanoTime())).isZero();
    }

    /** A writer and its owner. */
    private static final class Rig implements StateTable.Rig<State>, SocketWriter.Owner {
        private final List<String> seen = new ArrayList<>();
        private final SocketStub socket = new SocketStub();
        private final SocketWriter writer = new SocketWriter(socket.sink(), this);
        private long written;

        void put(String text) {
            writer.put(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        }

        @Override
        public void bringTo(State state) {
            switch (state) {
                case FLOWING -> {}
                case BLOCKED -> have("socket takes nothing");
                case ENDING -> have("end");
                case CLOSED -> writer.close();
            }
        }

        @Override
        public State state() {
            return writer.state();
        }

        @Override
        public boolean have(String event) {
            switch (event) {
                case "socket takes all" -> write(Integer.MAX_VALUE);
                case "socket takes nothing" -> write(0);
                case "end" -> {
                    socket.room = 0;
                    writer.end();
                }
                case "broken" -> {
                    socket.fails = true;
                    write(0);
                }
                case "close" -> writer.close();
                default -> throw new AssertionError(event);
            }
            return true;
        }

        private void write(int room) {
            socket.room = room;
            put("d");
            writer.write();
        }

        @Override
        public List<String> seen() {
            return seen;
        }

        @Override
        public void wrote(int bytes) {
            written += bytes;
        }

        @Override
        public void drained() {
            seen.add("drained");
        }

        @Override
        public void ended() {
            seen.add("ended");
        }

        @Override
        public void broken() {
            seen.add("broken");
        }
    }
}
