package io.eventsgateway.hub;

import io.eventsgateway.Payload;
import io.eventsgateway.log.EventReader;
import io.eventsgateway.log.Gap;
import io.eventsgateway.log.Page;
import io.eventsgateway.sse.DataLines;
import io.eventsgateway.sse.SseFrame;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A large event on its way to one stream: a piece is read from the log when there is room for it, and sent before the next one is
 * read, so a slow client costs one piece. The position moves with the last piece; a client that is cut off before comes back for
 * the whole. Owned by the stream's executor.
 *
 * <table>
 * <caption>States, and what they do on each event</caption>
 * <tr><th>state<th>pump: room<th>first piece came, no room<th>piece came<th>last piece came<th>piece is gone
 * <tr><td>WAITING<td>FETCHING<td>–<td>–<td>–<td>–
 * <tr><td>FETCHING<td>–<td>WAITING<td>send; WAITING<td>send with its id; OVER<td>OVER: passed with a reset, or, where it was begun, the stream is broken
 * <tr><td>OVER<td>–<td>–<td>–<td>–<td>–
 * </table>
 */
final class LargeEvent {

    private static final int PIECE_BYTES = EventReader.LARGE_BYTES;

    private final Page.Large event;
    private final DestinationReader reader;
    private final RetryingReader log;
    private final Outlet outlet;
    private final DataLines lines = new DataLines();
    private final @Nullable DeliveryTrace trace;
    private State state = State.WAITING;
    private int sent;

    /** See the table above. */
    enum State {
        /** The next piece may be asked for. */
        WAITING,
        /** A piece was asked for. */
        FETCHING,
        /** It was sent to its end, or can't be. */
        OVER
    }

    LargeEvent(Page.Large event, DestinationReader reader, RetryingReader log, Outlet outlet) {
        this.event = event;
        this.reader = reader;
        this.log = log;
        this.outlet = outlet;
        this.trace = DeliveryTrace.of(event.traceparent());
    }

    State state() {
        return state;
    }

    /** Asks for the next piece; to be called when there is room. */
    void pump() {
        if (state == State.WAITING) {
            state = State.FETCHING;
            int bytes = Math.min(PIECE_BYTES, event.size() - sent);
            log.piece(outlet, reader.destination(), event, sent, bytes, this::pieceCame);
        }
    }

    private void pieceCame(@Nullable Payload piece) {
        if (sent == 0 && !outlet.isOpenFor(reader)) {
            // others went on meanwhile
            state = State.WAITING;
        } else if (piece == null) {
            gone();
        } else {
            send(piece);
        }
        reader.pump();
    }

    /** Sends a piece, or as much of it as fits in one: line ends grow on the wire. */
    private void send(Payload piece) {
        if (sent == 0) {
            outlet.begin(reader, event.id(), trace);
        }
        ByteBuffer begin = sent == 0 ? SseFrame.begin(event.name()) : ByteBuffer.allocate(0);
        DataLines.Written written = lines.write(piece, PIECE_BYTES);
        sent += written.taken();
        if (sent < event.size()) {
            state = State.WAITING;
            outlet.sendPart(reader, begin, written.bytes());
        } else {
            state = State.OVER;
            reader.pass(event.id());
            outlet.sendEnd(reader, begin, written.bytes(), lines.end());
        }
    }

    private void gone() {
        state = State.OVER;
        if (sent > 0) {
            outlet.broken();
        } else {
            reader.pass(event.id());
            outlet.reset(reader, Gap.EXPIRED);
        }
    }
}
