package io.eventsgateway.lane;

import java.util.Arrays;

/** Small numbers, two in a byte. One method of a state passes each of its numbers through, to write it or to read it. */
final class Nibbles {

    static final int MOST = 15;

    private final boolean reads;
    private byte[] bytes;
    private int at;

    private Nibbles(boolean reads, byte[] bytes) {
        this.reads = reads;
        this.bytes = bytes;
    }

    static Nibbles writer() {
        return new Nibbles(false, new byte[64]);
    }

    static Nibbles reader(byte[] bytes) {
        return new Nibbles(true, bytes);
    }

    boolean reads() {
        return reads;
    }

    /** Writes a number, 0 to {@link #MOST}, and returns it; or reads one. */
    int next(int value) {
        int place = at >> 1;
        int shift = 4 * (at & 1);
        at++;
        if (reads) {
            return bytes[place] >> shift & MOST;
        }
        if (value < 0 || value > MOST) {
            throw new IllegalArgumentException("number must be 0 to " + MOST + ", got " + value);
        }
        if (place == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * place);
        }
        bytes[place] |= (byte) (value << shift);
        return value;
    }

    void next(int[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = next(values[i]);
        }
    }

    boolean next(boolean value) {
        return next(value ? 1 : 0) == 1;
    }

    byte[] bytes() {
        return Arrays.copyOf(bytes, (at + 1) / 2);
    }
}
