package io.eventsgateway.sse;

import io.eventsgateway.Event;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Takes an event stream apart as it arrives, in pieces of any size (HTML standard, section 9.2.6), and reads the gateway's field {@code
 * destination} besides. It allocates nothing once its buffers have grown. Used by one thread.
 */
public final class SseReader {

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    private static final byte[] DATA = SseFrame.ascii("data");
    private static final byte[] EVENT = SseFrame.ascii("event");
    private static final byte[] ID = SseFrame.ascii("id");
    private static final byte[] RETRY = SseFrame.ascii("retry");
    private static final byte[] DESTINATION = SseFrame.ascii("destination");
    private static final byte[] LINE_END = {'\n'};

    /** The longest name or position that is read whole though little data is kept. */
    private static final int SHORT_FIELD = 8 * 1024;

    private final Listener listener;
    private final KeptBytes line;
    private final KeptBytes data;
    private final KeptBytes name = new KeptBytes(Integer.MAX_VALUE);
    private final KeptBytes destination = new KeptBytes(Integer.MAX_VALUE);
    private final KeptBytes id = new KeptBytes(Integer.MAX_VALUE);
    private final KeptBytes lastEventId = new KeptBytes(Integer.MAX_VALUE);
    private boolean hasData;
    private boolean afterReturn;
    private int marked;

    /** Is told of what arrives, by the thread that feeds the reader. */
    public interface Listener {

        /**
         * A frame has ended with its blank line: an event where it has data, else a new position at most.
         *
         * @param frame the reader, which holds the frame until the method returns
         */
        void frame(SseReader frame);

        /** A time after which the client is to come back when the stream ends; 24 days at most. */
        default void retry(long millis) {}

        /** A comment, as heartbeats are. */
        default void comment() {}
    }

    /** A reader that keeps all of an event's data. */
    public SseReader(Listener listener) {
        this(listener, Integer.MAX_VALUE);
    }

    /**
     * A reader that keeps the beginning of an event's data.
     *
     * @param maxData how many bytes of an event's data are kept
     */
    public SseReader(Listener listener, int maxData) {
        this.listener = listener;
        this.data = new KeptBytes(maxData);
        this.line = new KeptBytes(Math.max(maxData, SHORT_FIELD));
    }

    /** Begins with the next connection's stream: what was begun is dropped, the position stays. */
    public void restart() {
        line.clear();
        afterReturn = false;
        marked = 0;
        id.set(lastEventId);
        endFrame();
    }

    /** Takes the next piece, and leaves the buffer as it is. */
    public void feed(ByteBuffer piece) {
        if (piece.hasArray()) {
            int from = piece.arrayOffset() + piece.position();
            feed(piece.array(), from, from + piece.remaining());
        } else {
            byte[] copy = new byte[piece.remaining()];
            piece.duplicate().get(copy);
            feed(copy, 0, copy.length);
        }
    }

    /** Takes the next piece. */
    public void feed(byte[] bytes, int from, int to) {
        int begin = skipMark(bytes, from, to);
        for (int at = begin; at < to; at++) {
            byte each = bytes[at];
            if (each != '\n' && each != '\r') {
                afterReturn = false;
            } else if (each == '\n' && afterReturn) {
                afterReturn = false;
                begin = at + 1;
            } else {
                afterReturn = each == '\r';
                endLine(bytes, begin, at);
                begin = at + 1;
            }
        }
        line.append(bytes, begin, to);
    }

    /** Passes over one byte order mark at the very beginning, of which a piece may have a part. */
    private int skipMark(byte[] bytes, int from, int to) {
        int at = from;
        while (marked >= 0 && at < to) {
            if (bytes[at] == BYTE_ORDER_MARK[marked]) {
                at++;
                marked++;
                marked = marked == BYTE_ORDER_MARK.length ? -1 : marked;
            } else {
                line.append(BYTE_ORDER_MARK, 0, marked);
                marked = -1;
            }
        }
        return at;
    }

    private void endLine(byte[] bytes, int from, int to) {
        if (line.length() == 0) {
            take(bytes, from, to, 0);
        } else {
            line.append(bytes, from, to);
            take(line.bytes(), 0, line.size(), line.length() - line.size());
            line.clear();
        }
    }

    /** @param missing how many bytes of the line's end were not kept */
    private void take(byte[] bytes, int from, int to, long missing) {
        if (from == to) {
            endOfFrame();
            return;
        }
        int colon = from;
        while (colon < to && bytes[colon] != ':') {
            colon++;
        }
        int value = Math.min(colon + 1, to);
        if (value < to && bytes[value] == ' ') {
            value++;
        }
        if (colon == from) {
            listener.comment();
        } else if (is(DATA, bytes, from, colon)) {
            if (hasData) {
                data.append(LINE_END, 0, 1);
            }
            hasData = true;
            data.append(bytes, value, to);
            data.skip(missing);
        } else if (is(EVENT, bytes, from, colon)) {
            name.set(bytes, value, to);
        } else if (is(DESTINATION, bytes, from, colon)) {
            destination.set(bytes, value, to);
        } else if (is(ID, bytes, from, colon)) {
            if (!has((byte) 0, bytes, value, to)) {
                id.set(bytes, value, to);
            }
        } else if (is(RETRY, bytes, from, colon)) {
            takeRetry(bytes, value, to);
        }
    }

    private void takeRetry(byte[] bytes, int from, int to) {
        long millis = 0;
        for (int i = from; i < to; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                return;
            }
            millis = Math.min(Integer.MAX_VALUE, 10 * millis + digit);
        }
        if (from < to) {
            listener.retry(millis);
        }
    }

    private void endOfFrame() {
        lastEventId.set(id);
        listener.frame(this);
        endFrame();
    }

    private void endFrame() {
        data.clear();
        name.clear();
        destination.clear();
        hasData = false;
    }

    /** Whether the frame is an event. */
    public boolean hasData() {
        return hasData;
    }

    /** The event's data, or the part of it that is kept. */
    public String data() {
        return data.text();
    }

    /** The array whose first {@link #dataSize} bytes are the event's data, or the part of it that is kept. */
    public byte[] dataBytes() {
        return data.bytes();
    }

    /** How many bytes of the event's data are kept. */
    public int dataSize() {
        return data.size();
    }

    /** How many bytes the event's data has. */
    public long dataLength() {
        return data.length();
    }

    /** The event's name. */
    public String name() {
        return name.size() == 0 ? Event.DEFAULT_NAME : name.text();
    }

    /** Whose event it is, on a stream of several destinations; empty on others. */
    public String destination() {
        return destination.text();
    }

    /** The position after the last frame that has ended; empty before the first. */
    public String lastEventId() {
        return lastEventId.text();
    }

    private static boolean is(byte[] field, byte[] bytes, int from, int to) {
        return Arrays.equals(bytes, from, to, field, 0, field.length);
    }

    private static boolean has(byte wanted, byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == wanted) {
                return true;
            }
        }
        return false;
    }
}
