package io.eventsgateway.hub;

import io.eventsgateway.Destination;
import io.eventsgateway.EventId;
import io.eventsgateway.log.Gap;
import io.eventsgateway.sse.SseFrame;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a reader of one destination sees of its stream. All but the methods of {@link RetryingReader.Asker} are called by the
 * stream's executor.
 */
interface Outlet extends RetryingReader.Asker {

    /** Has the reader do what it can now, with its faults ending this stream and no other. */
    void pump(DestinationReader reader);

    /** Whether the reader may send: the stream has room, and no other reader is within an event. */
    boolean isOpenFor(DestinationReader reader);

    /** The reader's start was found. */
    void located();

    /** What is sent next is a traced event, whole or the first part of it. */
    void begins(DestinationReader reader, EventId id, DeliveryTrace trace);

    /** Sends an event, up to which the reader has moved. */
    void send(DestinationReader reader, SseFrame frame);

    /** Sends a part of an event; no other reader sends before {@link #sendEnd}. */
    void sendPart(DestinationReader reader, ByteBuffer... part);

    /** Sends the rest of an event, up to which the reader has moved. */
    void sendEnd(DestinationReader reader, ByteBuffer... rest);

    /** The reader has moved without anything to send. */
    void moved();

    /** Tells the client that it can't have everything after its position. */
    void reset(DestinationReader reader, Gap gap);

    /** The reader's destination was ended for this subject. */
    void ended();

    /** An event that was begun can't be ended: the client has to come back for it. */
    void broken();

    /**
     * Asks how far the stream's subject was served before.
     *
     * @return false where nothing is saved of this stream, and the taker is not called
     */
    boolean askProgress(Destination destination, Consumer<@Nullable EventId> taker);
}
