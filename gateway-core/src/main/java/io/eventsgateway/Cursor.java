package io.eventsgateway;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The text that a client keeps as its {@code Last-Event-ID}: one position for each destination of its stream.
 *
 * <p>With one destination it is that position's own text. With several it is a dot and base64url of: the destinations'
 * checksum, the milliseconds of the latest position, and for each destination in its order a zero where nothing was written yet,
 * else the milliseconds' difference and one, the epoch and the sequence; the numbers in variable length. 64 destinations fit in 1 KiB, and
 * as many to which nothing was written beside them. The text only ever says where to go on, never whose events are sent.
 */
public final class Cursor {

    private static final char SEVERAL = '.';

    private Cursor() {}

    /** The text for positions in the order of their destinations; all from the same list at every call of one stream. */
    public static String write(List<Destination> destinations, List<EventId> positions) {
        if (positions.size() == 1) {
            return positions.get(0).toString();
        }
        ByteBuffer out = ByteBuffer.allocate(16 + 24 * positions.size());
        out.putInt(checksum(destinations));
        long base = 0;
        for (EventId position : positions) {
            base = Math.max(base, position.millis());
        }
        putNumber(out, base);
        for (EventId position : positions) {
            if (position.epoch() == 0) {
                putNumber(out, 0);
            } else {
                putNumber(out, base - position.millis() + 1);
                out.putInt((int) position.epoch());
                putNumber(out, position.sequence());
            }
        }
        out.flip();
        ByteBuffer text = Base64.getUrlEncoder().withoutPadding().encode(out);
        return SEVERAL + StandardCharsets.ISO_8859_1.decode(text).toString();
    }

    /** The positions in a text that {@link #write} made for these destinations in this order; null for any other text. */
    public static @Nullable List<EventId> read(List<Destination> destinations, String text) {
        if (destinations.size() == 1) {
            EventId only = EventId.parse(text);
            return only == null ? null : List.of(only);
        }
        if (text.isEmpty() || text.charAt(0) != SEVERAL || text.length() > 4096) {
            return null;
        }
        try {
            ByteBuffer in = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text.substring(1)));
            if (in.remaining() < 4 || in.getInt() != checksum(destinations)) {
                return null;
            }
            long base = number(in);
            EventId[] positions = new EventId[destinations.size()];
            for (int i = 0; i < positions.length; i++) {
                long back = number(in);
                positions[i] = back == 0
                        ? EventId.START
                        : new EventId(in.getInt() & 0xFFFF_FFFFL, base - back + 1, number(in));
            }
            return in.hasRemaining() ? null : List.of(positions);
        } catch (IllegalArgumentException | BufferUnderflowException notOurs) {
            return null;
        }
    }

    private static int checksum(List<Destination> destinations) {
        CRC32 crc = new CRC32();
        for (Destination destination : destinations) {
            crc.update(destination.organisation().getBytes(StandardCharsets.UTF_8));
            crc.update('/');
            crc.update(destination.path().getBytes(StandardCharsets.UTF_8));
            crc.update('\n');
        }
        return (int) crc.getValue();
    }

    /** LEB128, unsigned. */
    private static void putNumber(ByteBuffer out, long number) {
        long rest = number;
        while (rest > 0x7F) {
            out.put((byte) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }

    private static long number(ByteBuffer in) {
        long number = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            byte next = in.get();
            number |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return number;
            }
        }
        throw new IllegalArgumentException("number too long");
    }
}
