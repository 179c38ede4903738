package io.eventsgateway.hub;

import io.eventsgateway.Destination;
import io.eventsgateway.log.Gap;
import java.nio.ByteBuffer;

/**
 * The transport's end of one event stream. All methods are called one at a time, by the executor given to {@link Hub#subscribe}:
 *
 * <ol>
 *   <li>{@link #opened} first and once, or {@link #closed} alone when the client is not to be let in;
 * <li>then {@link #deliver} for every event in order, after {@link #deliverPart} for what comes before the end of a large one,
 * {@link #position} when the position moved without one, and       {@link #flush} after some of these;
 *   <li>{@link #closed} last and once; nothing follows it.
 * </ol>
 *
 * <p>None of them may block.
 */
public interface Subscriber {

    /** The stream begins. */
    void opened();

    /**
     * Takes the bytes of one event in the SSE wire format, or of the rest of one, in parts that are the subscriber's own to read.
     *
     * @return whether there is room for more; after false, nothing is delivered until {@link Subscription#resume}
     */
    boolean deliver(ByteBuffer... frame);

    /**
     * Takes a part of an event, in bytes that are the subscriber's own to read. Nothing else may go to the client before the rest
     * came, the last of it by {@link #deliver}; until then the event has no id.
     *
     * @return as {@link #deliver}
     */
    boolean deliverPart(ByteBuffer... part);

    /** The position that the client should resume from, where no event tells it. */
    void position(String lastEventId);

    /** Not everything of a destination can be had; the event that says so to the client is the next one. By default nothing is done. */
    default void reset(Destination destination, Gap gap) {}

    /** Nothing more is at hand: what was delivered should go out. */
    void flush();

    /** The stream is over; what was delivered before should still go out. */
    void closed(CloseReason reason);
}
