package io.eventsgateway.redis;

import io.eventsgateway.EventId;
import java.nio.charset.StandardCharsets;

/** Reads what the scripts answer. */
final class Replies {

    private Replies() {}

    static String text(Object reply) {
        return new String((byte[]) reply, StandardCharsets.UTF_8);
    }

    static long number(Object reply) {
        return (Long) reply;
    }

    /** A log's end, from three texts. */
    static EventId end(Object epoch, Object sequence, Object millis) {
        String life = text(epoch);
        return life.isEmpty()
                ? EventId.START
                : new EventId(Long.parseLong(life, 36), Long.parseLong(text(millis)), Long.parseLong(text(sequence)));
    }
}
