package io.eventsgateway.sse;

import io.eventsgateway.Event;
import io.eventsgateway.Payload;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An event in the wire format of the HTML standard, section 9.2 (server-sent events), encoded once for all who get it. The bytes
 * must not be changed.
 */
public final class SseFrame {

    private static final byte[] ID = ascii("id: ");
    private static final byte[] EVENT = ascii("event: ");
    private static final byte[] DATA = ascii("data: ");

    private final byte[] bytes;
    private final int body;

    private SseFrame(byte[] bytes, int body) {
        this.bytes = bytes;
        this.body = body;
    }

    /**
     * The frame of an event. Its data becomes one {@code data} field a line, whether lines end with CR, LF or both.
     *
     * @param id the id that the client keeps, null for none
     * @throws IllegalArgumentException if the id or the name has CR, LF or NUL
     */
    public static SseFrame of(@Nullable CharSequence id, String name, Payload data) {
        Builder out = new Builder(64 + name.length() + data.size());
        if (id != null) {
            out.field(ID, id.toString());
        }
        int body = out.size();
        if (!name.equals(Event.DEFAULT_NAME)) {
            out.field(EVENT, name);
        }
        out.data(data);
        out.write('\n');
        return new SseFrame(out.toByteArray(), body);
    }

    /** How many bytes data is in a frame, at most: each line end makes another field of the rest. */
    public static long sizeOf(Payload data) {
        long lines = 1;
        int size = data.size();
        for (int i = 0; i < size; i++) {
            byte b = data.at(i);
            if (b == '\r' || (b == '\n' && (i == 0 || data.at(i - 1) != '\r'))) {
                lines++;
            }
        }
        return size + lines * (DATA.length + 1);
    }

    /** The fields that go before a frame's body on a stream of several destinations. */
    public static ByteBuffer head(String id, String destination) {
        Builder out = new Builder(id.length() + destination.length() + 24);
        out.field(ID, id);
        out.field(ascii("destination: "), destination);
        return ByteBuffer.wrap(out.toByteArray());
    }

    /** A frame that moves the client's position and is no event. */
    public static ByteBuffer position(String id) {
        Builder out = new Builder(id.length() + 8);
        out.field(ID, id);
        out.write('\n');
        return ByteBuffer.wrap(out.toByteArray());
    }

    /** The time in milliseconds after which the client comes back when the stream ends. */
    public static ByteBuffer retry(long millis) {
        return ByteBuffer.wrap(ascii("retry: " + millis + "\n\n"));
    }

    /** A comment, which clients ignore. */
    public static ByteBuffer comment(String text) {
        Builder out = new Builder(text.length() + 8);
        out.field(ascii(": "), text);
        out.write('\n');
        return ByteBuffer.wrap(out.toByteArray());
    }

    /** The whole frame. */
    public ByteBuffer whole() {
        return ByteBuffer.wrap(bytes);
    }

    /** The frame without its id. */
    public ByteBuffer body() {
        return ByteBuffer.wrap(bytes, body, bytes.length - body).slice();
    }

    /** The number of bytes of the whole. */
    public int size() {
        return bytes.length;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Bytes of fields; knows what ends a line. */
    private static final class Builder extends ByteArrayOutputStream {

        Builder(int size) {
            super(size);
        }

        void field(byte[] name, String value) {
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                if (c == '\r' || c == '\n' || c == '\0') {
                    throw new IllegalArgumentException("an SSE field must not have CR, LF or NUL");
                }
            }
            writeBytes(name);
            writeBytes(value.getBytes(StandardCharsets.UTF_8));
            write('\n');
        }

        void data(Payload data) {
            int line = 0;
            int size = data.size();
            for (int i = 0; i < size; i++) {
                byte b = data.at(i);
                if (b == '\n' || b == '\r') {
                    line(data, line, i);
                    if (b == '\r' && i + 1 < size && data.at(i + 1) == '\n') {
                        i++;
                    }
                    line = i + 1;
                }
            }
            line(data, line, size);
        }

        private void line(Payload data, int from, int to) {
            writeBytes(DATA);
            data.copyTo(from, to, room(to - from), count);
            count += to - from;
            write('\n');
        }

        private byte[] room(int size) {
            if (buf.length - count < size + 2) {
                buf = Arrays.copyOf(buf, Math.max(buf.length * 2, count + size + 64));
            }
            return buf;
        }
    }
}
