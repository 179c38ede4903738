package io.eventsgateway;

import java.util.Arrays;
import java.util.Objects;

/** Immutable bytes: a slice of an array that nobody changes any more. {@code toString} tells the size only. */
public final class Payload {

    /** No bytes at all. */
    public static final Payload EMPTY = of(new byte[0]);

    private final byte[] bytes;
    private final int from;
    private final int size;

    private Payload(byte[] bytes, int from, int size) {
        this.bytes = bytes;
        this.from = from;
        this.size = size;
    }

    /** All of the array, which is not copied and must not be changed afterwards. */
    public static Payload of(byte[] bytes) {
        return new Payload(bytes, 0, bytes.length);
    }

    /**
     * A part of the array, which is not copied and must not be changed afterwards.
     *
     * @throws IndexOutOfBoundsException if the part is not within the array
     */
    public static Payload of(byte[] bytes, int from, int to) {
        Objects.checkFromToIndex(from, to, bytes.length);
        return new Payload(bytes, from, to - from);
    }

    /** The number of bytes. */
    public int size() {
        return size;
    }

    /** The byte at an index from 0. */
    public byte at(int index) {
        return bytes[from + Objects.checkIndex(index, size)];
    }

    /**
     * The bytes {@code start} to {@code end} (exclusive), which are not copied.
     *
     * @throws IndexOutOfBoundsException if they are not within this payload
     */
    public Payload slice(int start, int end) {
        Objects.checkFromToIndex(start, end, size);
        return new Payload(bytes, from + start, end - start);
    }

    /** Copies the bytes {@code start} to {@code end} (exclusive) of this payload to {@code target}, from {@code at} on. */
    public void copyTo(int start, int end, byte[] target, int at) {
        Objects.checkFromToIndex(start, end, size);
        System.arraycopy(bytes, from + start, target, at, end - start);
    }

    /** A copy of the bytes. */
    public byte[] toByteArray() {
        return Arrays.copyOfRange(bytes, from, from + size);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Payload that
                && Arrays.equals(bytes, from, from + size, that.bytes, that.from, that.from + that.size);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = from; i < from + size; i++) {
            hash = 31 * hash + bytes[i];
        }
        return hash;
    }

    @Override
    public String toString() {
        return "Payload[" + size + " bytes]";
    }
}
