package io.eventsgateway.undertow;

import io.eventsgateway.Destination;
import io.eventsgateway.hub.CloseReason;
import io.eventsgateway.hub.Subscription;
import io.eventsgateway.log.Gap;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Sees the life of one stream, on its I/O thread, from {@link #opened} to {@link #gone}, which is last and once. Must not block. */
@FunctionalInterface
interface StreamWitness {

    /** It begins. */
    default void opened() {}

    /** It is to take an event, or the rest of one; the bytes are not the witness's to read away. */
    default void delivered(ByteBuffer... frame) {}

    /** It can't have everything of a destination. */
    default void reset(Destination destination, Gap gap) {}

    /**
     * Nothing more is at hand.
     *
     * @param hub its side at the hub; null before that is known
     */
    default void flushed(@Nullable Subscription hub) {}

    /** Why it is to be over; the first reason counts. Without one its client left. */
    default void ends(CloseReason reason) {}

    /**
     * It is over.
     *
     * @param bytes how many bytes of it its socket took
     */
    void gone(EventStream stream, long bytes);
}
