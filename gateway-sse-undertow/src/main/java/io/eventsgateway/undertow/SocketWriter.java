package io.eventsgateway.undertow;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.xnio.channels.StreamSinkChannel;

/**
 * Writes to one socket in as few writes as it takes, and keeps what the socket does not take until it does. Owned by the connection's I/O
 * thread.
 *
 * <table>
 * <caption>States, and what they do on each event</caption>
 * <tr><th>state<th>socket takes all<th>socket takes nothing<th>end<th>broken<th>close
 * <tr><td>FLOWING<td>tell the owner<td>BLOCKED<td>ENDING<td>CLOSED<td>CLOSED
 * <tr><td>BLOCKED<td>FLOWING, tell the owner<td>–<td>ENDING, as blocked as before<td>CLOSED<td>CLOSED
 * <tr><td>ENDING<td>CLOSED, tell the owner<td>–<td>–<td>CLOSED<td>CLOSED
 * <tr><td>CLOSED<td>–<td>–<td>–<td>–<td>–
 * </table>
 */
final class SocketWriter {

    private static final int MAX_COPY = 16 * 1024;

    /** The JDK copies what is written to a buffer outside the heap as large as that, and keeps it for the thread. */
    private static final int MAX_WRITE = 256 * 1024;

    private static final long NEVER = Long.MIN_VALUE;

    private final StreamSinkChannel sink;
    private final Owner owner;
    private final Deque<ByteBuffer> pending = new ArrayDeque<>(1);
    private int pendingBytes;
    private long writtenBytes;
    private long burstBytes;
    private long largestBurstBytes;
    private State state = State.FLOWING;
    private long acceptedAt = System.nanoTime();
    private long blockedAt = NEVER;

    enum State {
        FLOWING,
        BLOCKED,
        /** The response ends behind what is pending. */
        ENDING,
        CLOSED
    }

    /** Whose writer it is. */
    interface Owner {

        /** The socket has taken some bytes. */
        void wrote(int bytes);

        /** The socket has taken all that was pending. */
        void drained();

        /** The socket has taken the end of the response. */
        void ended();

        /** The socket takes nothing any more. */
        void broken();
    }

    SocketWriter(StreamSinkChannel sink, Owner owner) {
        this.sink = sink;
        this.owner = owner;
        sink.getWriteSetter().set(ready -> write());
    }

    State state() {
        return state;
    }

    int pendingBytes() {
        return pendingBytes;
    }

    /** How many bytes the socket has taken. */
    long writtenBytes() {
        return writtenBytes;
    }

    /** The most bytes that the socket took from one time that it took nothing to the next, which is no more than the client had room for. */
    long largestBurstBytes() {
        return largestBurstBytes;
    }

    /** Since how many nanoseconds the socket has not taken a byte of what was to be written; 0 when it has. */
    long blockedNanos(long now) {
        return blockedAt == NEVER ? 0 : Math.max(1, now - blockedAt);
    }

    /** How many nanoseconds ago the socket took a byte for the last time. */
    long idleNanos(long now) {
        return now - acceptedAt;
    }

    /** Adds bytes, which are written by {@link #write}. */
    void put(ByteBuffer bytes) {
        pending.add(bytes);
        pendingBytes += bytes.remaining();
    }

    /** Ends the response behind what is pending. */
    void end() {
        if (state != State.CLOSED) {
            state = State.ENDING;
            write();
        }
    }

    /** Drops what is pending. */
    void close() {
        state = State.CLOSED;
        pending.clear();
        pendingBytes = 0;
    }

    /** Writes what is pending as far as the socket takes it; goes on when it takes more. */
    void write() {
        if (state == State.CLOSED) {
            return;
        }
        try {
            if (!writePending()) {
                return;
            }
            if (state == State.ENDING) {
                sink.shutdownWrites();
            }
            if (sink.flush()) {
                flushed();
            } else {
                block();
            }
        } catch (IOException broken) {
            close();
            owner.broken();
        }
    }

    /** Whether all is written. */
    private boolean writePending() throws IOException {
        while (pendingBytes > 0) {
            ByteBuffer next = gather();
            int written = sink.write(next);
            if (written > 0) {
                pendingBytes -= written;
                owner.wrote(written);
                writtenBytes += written;
                burstBytes += written;
                largestBurstBytes = Math.max(largestBurstBytes, burstBytes);
                acceptedAt = System.nanoTime();
                blockedAt = NEVER;
            }
            if (next.hasRemaining()) {
                pending.addFirst(next);
                if (written == 0) {
                    block();
                    return false;
                }
            }
        }
        return true;
    }

    private void block() {
        if (blockedAt == NEVER) {
            blockedAt = System.nanoTime();
            burstBytes = 0;
        }
        if (state == State.FLOWING) {
            state = State.BLOCKED;
        }
        sink.resumeWrites();
    }

    private void flushed() {
        blockedAt = NEVER;
        sink.suspendWrites();
        if (state == State.ENDING) {
            state = State.CLOSED;
            owner.ended();
        } else {
            state = State.FLOWING;
            owner.drained();
        }
    }

    /** The next bytes to write: one large part, or a piece of it, or many small ones copied together. */
    private ByteBuffer gather() {
        ByteBuffer first = pending.remove();
        if (first.remaining() > MAX_WRITE) {
            ByteBuffer piece = first.slice(first.position(), MAX_WRITE);
            pending.addFirst(first.position(first.position() + MAX_WRITE));
            return piece;
        }
        if (pending.isEmpty() || first.remaining() >= MAX_COPY) {
            return first;
        }
        ByteBuffer many = ByteBuffer.allocate(Math.min(pendingBytes, MAX_COPY));
        many.put(first);
        while (!pending.isEmpty() && pending.element().remaining() <= many.remaining()) {
            many.put(pending.remove());
        }
        return many.flip();
    }
}
