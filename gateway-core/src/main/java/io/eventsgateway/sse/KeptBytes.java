package io.eventsgateway.sse;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes that grow, of which no more are kept than a bound. Used by one thread. */
final class KeptBytes {
    private final int max;
    private byte[] bytes = {};
    private int size;
    private long length;

    KeptBytes(int max) {
        this.max = max;
    }

    void append(byte[] more, int from, int to) {
        int count = Math.min(to - from, max - size);
        if (size + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(size + count, (int) Math.min(2L * bytes.length, max)));
        }
        System.arraycopy(more, from, bytes, size, count);
        size += count;
        length += to - from;
    }

    void set(byte[] others, int from, int to) {
        clear();
        append(others, from, to);
    }

    void set(KeptBytes other) {
        set(other.bytes, 0, other.size);
    }

    /** Counts bytes that others did not keep. */
    void skip(long missing) {
        length += missing;
    }

    void clear() {
        size = 0;
        length = 0;
    }

    byte[] bytes() {
        return bytes;
    }

    int size() {
        return size;
    }

    long length() {
        return length;
    }

    String text() {
        return new String(bytes, 0, size, StandardCharsets.UTF_8);
    }
}
