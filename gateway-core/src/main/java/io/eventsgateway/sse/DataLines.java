package io.eventsgateway.sse;

import io.eventsgateway.Payload;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Writes data as {@code data} fields, one a line, whether lines end with CR, LF or both. Data may come in pieces, cut anywhere,
 * also between a CR and its LF. One for each event; used by one thread at a time.
 */
public final class DataLines {

    private static final byte[] DATA = SseFrame.ascii("data: ");

    private State state = State.BEFORE;

    /** Where the writer is in its event. */
    private enum State {
        /** Nothing was written yet. */
        BEFORE,
        /** In a line. */
        IN_LINE,
        /** Behind a CR, which ended a line: an LF belongs to it. */
        AFTER_CR,
        /** The last line was ended; nothing follows. */
        ENDED
    }

    /** What became of a piece: the bytes to send, and how many of the piece's bytes they stand for. */
    public record Written(ByteBuffer bytes, int taken) {}

    /** A writer of one event's data. */
    public DataLines() {}

    /**
     * Writes a piece, or as much of it as fits.
     *
     * @param piece what follows the bytes that were taken before
     * @param maxBytes after so many bytes no other line is begun
     * @throws IllegalStateException after {@link #end}
     */
    public Written write(Payload piece, int maxBytes) {
        Out out = new Out(Math.min(maxBytes, piece.size()) + 64);
        int taken = write(piece, out, maxBytes);
        return new Written(out.toBuffer(), taken);
    }

    /**
     * Ends the data.
     *
     * @throws IllegalStateException if it was ended before
     */
    public ByteBuffer end() {
        Out out = new Out(16);
        end(out);
        return out.toBuffer();
    }

    int write(Payload piece, Out out, int maxBytes) {
        begin(out);
        int size = piece.size();
        int line = 0;
        for (int i = 0; i < size; i++) {
            byte b = piece.at(i);
            if (b == '\n' && state == State.AFTER_CR) {
                line = i + 1;
                state = State.IN_LINE;
            } else if (b == '\n' || b == '\r') {
                out.copy(piece, line, i);
                out.write('\n');
                out.writeBytes(DATA);
                line = i + 1;
                state = b == '\r' ? State.AFTER_CR : State.IN_LINE;
                if (out.size() >= maxBytes) {
                    return line;
                }
            } else {
                state = State.IN_LINE;
            }
        }
        out.copy(piece, line, size);
        return size;
    }

    void end(Out out) {
        begin(out);
        out.write('\n');
        state = State.ENDED;
    }

    private void begin(Out out) {
        if (state == State.ENDED) {
            throw new IllegalStateException("the data has ended");
        }
        if (state == State.BEFORE) {
            out.writeBytes(DATA);
            state = State.IN_LINE;
        }
    }

    /** Bytes that grow. */
    static final class Out extends ByteArrayOutputStream {

        Out(int size) {
            super(size);
        }

        void copy(Payload data, int from, int to) {
            int size = to - from;
            if (buf.length - count < size + 2) {
                buf = Arrays.copyOf(buf, Math.max(buf.length * 2, count + size + 64));
            }
            data.copyTo(from, to, buf, count);
            count += size;
        }

        ByteBuffer toBuffer() {
            return ByteBuffer.wrap(buf, 0, count);
        }
    }
}
