package io.eventsgateway.load;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Takes an event stream apart as it arrives, in pieces of any size (HTML standard, 9.2.6, without the byte order mark). It allocates nothing
 * once its buffers have grown. Used by one thread.
 */
final class EventStreamParser {

    private static final byte[] NOTHING = {};
    private static final byte[] DATA = {'d', 'a', 't', 'a'};
    private static final byte[] ID = {'i', 'd'};

    private final Listener listener;
    private byte[] line = NOTHING;
    private int lineLength;
    private byte[] data = NOTHING;
    private int dataLength;
    private boolean hasData;
    private byte[] id = NOTHING;
    private int idLength;
    private boolean afterReturn;

    /** Is told of what arrives, in the thread that feeds the parser. */
    interface Listener {

        /**
         * An event.
         *
         * @param data holds it in its first bytes until the method returns
         */
        void event(byte[] data, int length);

        /** A comment, as heartbeats are. */
        default void comment() {}
    }

    EventStreamParser(Listener listener) {
        this.listener = listener;
    }

    /** The position: the last id that arrived; empty before the first. */
    String lastEventId() {
        return new String(id, 0, idLength, StandardCharsets.UTF_8);
    }

    /** Takes the next piece. */
    void feed(byte[] bytes, int from, int to) {
        int begin = from;
        for (int at = from; at < to; at++) {
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
        hold(bytes, begin, to);
    }

    private void hold(byte[] bytes, int from, int to) {
        line = append(line, lineLength, bytes, from, to);
        lineLength += to - from;
    }

    private void endLine(byte[] bytes, int from, int to) {
        if (lineLength == 0) {
            take(bytes, from, to);
            return;
        }
        hold(bytes, from, to);
        int length = lineLength;
        lineLength = 0;
        take(line, 0, length);
    }

    private void take(byte[] bytes, int from, int to) {
        if (from == to) {
            dispatch();
            return;
        }
        if (bytes[from] == ':') {
            listener.comment();
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
        if (Arrays.equals(bytes, from, colon, DATA, 0, DATA.length)) {
            addData(bytes, value, to);
        } else if (Arrays.equals(bytes, from, colon, ID, 0, ID.length)) {
            id = append(id, 0, bytes, value, to);
            idLength = to - value;
        }
    }

    private void addData(byte[] bytes, int from, int to) {
        if (hasData) {
            data = append(data, dataLength++, DATA, 0, 1);
            data[dataLength - 1] = '\n';
        }
        hasData = true;
        data = append(data, dataLength, bytes, from, to);
        dataLength += to - from;
    }

    private void dispatch() {
        if (hasData) {
            listener.event(data, dataLength);
        }
        hasData = false;
        dataLength = 0;
    }

    /** The buffer, or a larger one, with the piece from that length on. */
    private static byte[] append(byte[] buffer, int length, byte[] bytes, int from, int to) {
        int needed = length + to - from;
        byte[] enough = buffer.length >= needed ? buffer : Arrays.copyOf(buffer, needed + needed / 2);
        System.arraycopy(bytes, from, enough, length, to - from);
        return enough;
    }
}
