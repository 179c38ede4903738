package io.eventsgateway.sse;

import io.eventsgateway.Event;
import io.eventsgateway.Payload;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An event in the wire format of the HTML standard, section 9.2 (server-sent events), encoded once for all who get it. Its id is
 * the last field: some clients keep an id as soon as they have read its line, and must not have done so where the rest of the event
 * is cut off. The bytes must not be changed.
 */
public final class SseFrame {

    private static final byte[] ID = ascii("id: ");
    private static final byte[] EVENT = ascii("event: ");
    private static final byte[] DESTINATION = ascii("destination: ");

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
        DataLines.Out out = new DataLines.Out(80 + name.length() + data.size());
        name(out, name);
        DataLines lines = new DataLines();
        lines.write(data, out, Integer.MAX_VALUE);
        lines.end(out);
        int body = out.size();
        if (id != null) {
            field(out, ID, id.toString());
        }
        out.write('\n');
        return new SseFrame(out.toByteArray(), body);
    }

    /**
     * The begin of an event whose data follows by {@link DataLines}, and then its {@link #tail}.
     *
     * @throws IllegalArgumentException if the name has CR, LF or NUL
     */
    public static ByteBuffer begin(String name) {
        DataLines.Out out = new DataLines.Out(name.length() + 16);
        name(out, name);
        return out.toBuffer();
    }

    /**
     * The fields that go behind a {@link #body}, and the event's end.
     *
     * @param destination null on a stream of one
     * @throws IllegalArgumentException if one of them has CR, LF or NUL
     */
    public static ByteBuffer tail(String id, @Nullable String destination) {
        DataLines.Out out = new DataLines.Out(id.length() + 32 + (destination == null ? 0 : destination.length()));
        if (destination != null) {
            field(out, DESTINATION, destination);
        }
        field(out, ID, id);
        out.write('\n');
        return out.toBuffer();
    }

    /** A frame that moves the client's position and is no event. */
    public static ByteBuffer position(String id) {
        return tail(id, null);
    }

    /**
     * The time in milliseconds after which the client comes back when the stream ends. Without a blank line, at which some clients
     * hand on an empty event.
     */
    public static ByteBuffer retry(long millis) {
        return ByteBuffer.wrap(ascii("retry: " + millis + "\n"));
    }

    /** A comment, which clients ignore; without a blank line, as {@link #retry}. */
    public static ByteBuffer comment(String text) {
        DataLines.Out out = new DataLines.Out(text.length() + 8);
        field(out, ascii(": "), text);
        return out.toBuffer();
    }

    /** The whole frame. */
    public ByteBuffer whole() {
        return ByteBuffer.wrap(bytes);
    }

    /** The frame up to its id, without its end. */
    public ByteBuffer body() {
        return ByteBuffer.wrap(bytes, 0, body);
    }

    /** The number of bytes of the whole. */
    public int size() {
        return bytes.length;
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void name(DataLines.Out out, String name) {
        if (!name.equals(Event.DEFAULT_NAME)) {
            field(out, EVENT, name);
        }
    }

    private static void field(DataLines.Out out, byte[] name, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\r' || c == '\n' || c == '\0') {
                throw new IllegalArgumentException("an SSE field must not have CR, LF or NUL");
            }
        }
        out.writeBytes(name);
        out.writeBytes(value.getBytes(StandardCharsets.UTF_8));
        out.write('\n');
    }
}
