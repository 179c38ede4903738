package io.eventsgateway.hub;

import io.eventsgateway.Destination;
import io.eventsgateway.EventId;
import io.eventsgateway.log.Gap;
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

    /** Sends an event, up to which the reader has moved. */
    void send(DestinationReader reader, LiveEvent event);

    /**
     * An event is sent by parts from now on; no other reader sends before {@link #sendEnd}.
     *
     * @param trace as that of {@link LiveEvent}
     */
    void begin(DestinationReader reader, EventId id, @Nullable DeliveryTrace trace);

    /** Sends a part of an event that has begun, which is not the last. */
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
