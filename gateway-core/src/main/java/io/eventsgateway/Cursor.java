package io.eventsgateway;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The text that a client keeps as its {@code Last-Event-ID}: one position for each destination of its stream.
 *
 * <p>With one destination it is that position's own text. With several it is a dot and, as base64url, a row of bits: the
 * destinations' checksum (32), the milliseconds of the latest position (54), how many bits the largest difference of milliseconds
 * and the largest sequence have (6 each), and for each destination in its order a 0 where nothing was written yet, else a 1, the
 * milliseconds' difference, the epoch (32) and the sequence. 64 destinations, and as many to which nothing was written, fit in 1
 * KiB with the longest retention and four million events in each. The text only ever says where to go on, never whose events are
 * sent.
 */
public final class Cursor {

    private static final char SEVERAL = '.';
    private static final int MILLIS_BITS = 54;
    private static final int EPOCH_BITS = 32;
    private static final int WIDTH_BITS = 6;

    private Cursor() {}

    /** The text for positions in the order of their destinations; all from the same list at every call of one stream. */
    public static String write(List<Destination> destinations, List<EventId> positions) {
        if (positions.size() == 1) {
            return positions.get(0).toString();
        }
        long base = 0;
        for (EventId position : positions) {
            base = Math.max(base, position.millis());
        }
        long back = 0;
        long sequence = 0;
        for (EventId position : positions) {
            if (position.epoch() != 0) {
                back |= base - position.millis();
                sequence |= position.sequence();
            }
        }
        int backBits = bits(back);
        int sequenceBits = bits(sequence);
        BitWriter out = new BitWriter(14 + positions.size() * (1 + backBits + EPOCH_BITS + sequenceBits) / 8);
        out.write(checksum(destinations) & 0xFFFF_FFFFL, 32);
        out.write(base, MILLIS_BITS);
        out.write(backBits, WIDTH_BITS);
        out.write(sequenceBits, WIDTH_BITS);
        for (EventId position : positions) {
            if (position.epoch() == 0) {
                out.write(0, 1);
            } else {
                out.write(1, 1);
                out.write(base - position.millis(), backBits);
                out.write(position.epoch(), EPOCH_BITS);
                out.write(position.sequence(), sequenceBits);
            }
        }
        byte[] text = Base64.getUrlEncoder().withoutPadding().encode(out.toByteArray());
        return SEVERAL + new String(text, StandardCharsets.ISO_8859_1);
    }

    private static int bits(long number) {
        return Long.SIZE - Long.numberOfLeadingZeros(number);
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
            BitReader in = new BitReader(Base64.getUrlDecoder().decode(text.substring(1)));
            if ((int) in.read(32) != checksum(destinations)) {
                return null;
            }
            long base = in.read(MILLIS_BITS);
            int backBits = (int) in.read(WIDTH_BITS);
            int sequenceBits = (int) in.read(WIDTH_BITS);
            EventId[] positions = new EventId[destinations.size()];
            for (int i = 0; i < positions.length; i++) {
                if (in.read(1) == 0) {
                    positions[i] = EventId.START;
                } else {
                    long millis = base - in.read(backBits);
                    positions[i] = new EventId(in.read(EPOCH_BITS), millis, in.read(sequenceBits));
                }
            }
            return in.isAtEnd() ? List.of(positions) : null;
        } catch (IllegalArgumentException | IndexOutOfBoundsException notOurs) {
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

    /** Numbers in as many bits as one says, the highest first. */
    private static final class BitWriter {
        private final byte[] bytes;
        private int at;

        BitWriter(int bytes) {
            this.bytes = new byte[bytes];
        }

        void write(long number, int bits) {
            for (int bit = bits - 1; bit >= 0; bit--) {
                bytes[at >>> 3] |= (byte) ((number >>> bit & 1) << (7 - (at & 7)));
                at++;
            }
        }

        byte[] toByteArray() {
            return Arrays.copyOf(bytes, (at + 7) >>> 3);
        }
    }

    /** Reads what {@link BitWriter} wrote. */
    private static final class BitReader {
        private final byte[] bytes;
        private int at;

        BitReader(byte[] bytes) {
            this.bytes = bytes;
        }

        /** @throws IndexOutOfBoundsException where there are no more */
        long read(int bits) {
            long number = 0;
            for (int i = 0; i < bits; i++) {
                number = number << 1 | (bytes[at >>> 3] >>> (7 - (at & 7)) & 1);
                at++;
            }
            return number;
        }

        /** Whether nothing follows but what fills up the last byte. */
        boolean isAtEnd() {
            boolean zeros = (at & 7) == 0 || read(8 - (at & 7)) == 0;
            return zeros && at == 8 * bytes.length;
        }
    }
}
