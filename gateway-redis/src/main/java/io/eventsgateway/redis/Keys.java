package io.eventsgateway.redis;

import io.eventsgateway.Destination;
import java.nio.charset.StandardCharsets;

/** The names of one destination in Redis: all with one hash tag, so that they share a slot of a cluster. */
record Keys(String tag) {

    static Keys of(Destination destination) {
        return new Keys("eg:{" + destination.organisation() + "/" + destination.path() + "}");
    }

    /** Hash of the epoch, the last sequence and time, whether it is closed, and the last offset taken of each lane. */
    byte[] meta() {
        return bytes(tag + ":m");
    }

    /** Stream of the events. */
    byte[] stream() {
        return bytes(tag + ":s");
    }

    /** Hash of who is let in and who is shut out. */
    byte[] access() {
        return bytes(tag + ":a");
    }

    /** Known for as long as a producer's event id is. */
    byte[] eventId(String eventId) {
        return bytes(tag + ":u:" + eventId);
    }

    /** The channel on which appends are told. */
    String channel() {
        return tag + ":c";
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
