package io.eventsgateway.redis;

import io.eventsgateway.Event;
import io.eventsgateway.Payload;
import io.eventsgateway.log.EventReader;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Events to bytes as they are kept and published in Redis, and back: kind, name, subjects and roles, a line each, then the data. Names have no line feed and
 * subjects and roles no tab, which parts them. A message has neither; where the subjects of others are it has its trace context, if it has
 * one: builds that know of none take it for a subject, of which a message makes no use. A large message has its data under a key of its own;
 * instead of it stand its size, a blank, and what that key ends with.
 */
final class EventCodec {

    /** Where a large event's data is. */
    record Reference(int size, String name) {}

    private EventCodec() {}

    static boolean isLarge(Event event) {
        return event.kind() == Event.Kind.MESSAGE && event.data().size() > EventReader.LARGE_BYTES;
    }

    static byte[] encode(Event event) {
        char kind =
                switch (event.kind()) {
                    case MESSAGE -> 'm';
                    case CONNECT -> 'c';
                    case DISCONNECT -> 'd';
                };
        byte[] start = head(kind, event);
        Payload data = event.data();
        byte[] all = new byte[start.length + data.size()];
        System.arraycopy(start, 0, all, 0, start.length);
        data.copyTo(0, data.size(), all, start.length);
        return all;
    }

    /** Encodes a large event whose data is under a name. */
    static byte[] encodeReference(Event event, String name) {
        byte[] start = head('M', event);
        byte[] reference = Keys.bytes(event.data().size() + " " + name);
        byte[] all = new byte[start.length + reference.length];
        System.arraycopy(start, 0, all, 0, start.length);
        System.arraycopy(reference, 0, all, start.length, reference.length);
        return all;
    }

    private static byte[] head(char kind, Event event) {
        String traceparent = event.traceparent();
        String whom = traceparent == null ? String.join("\t", event.subjects()) : traceparent;
        return Keys.bytes(kind + "\n" + event.name() + "\n" + whom + "\n" + String.join("\t", event.roles()) + "\n");
    }

    static boolean isReference(byte[] bytes) {
        return bytes[0] == 'M';
    }

    /** Where the data of an event from {@link #encodeReference} is. */
    static Reference reference(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        String line = text.substring(text.lastIndexOf('\n') + 1);
        int blank = line.indexOf(' ');
        return new Reference(Integer.parseInt(line, 0, blank, 10), line.substring(blank + 1));
    }

    /** The name of an event from {@link #encodeReference}. */
    static String name(byte[] bytes) {
        int name = lineAfter(bytes, 0);
        return text(bytes, name, lineAfter(bytes, name));
    }

    /** The trace context of an event from {@link #encodeReference}; null for none. */
    static @Nullable String traceparent(byte[] bytes) {
        int context = lineAfter(bytes, lineAfter(bytes, 0));
        return optional(bytes, context, lineAfter(bytes, context));
    }

    /** Decodes what {@link #encode} made, from an index on; the bytes are not copied. */
    static Event decode(byte[] bytes, int from) {
        int name = lineAfter(bytes, from);
        int subjects = lineAfter(bytes, name);
        int roles = lineAfter(bytes, subjects);
        int data = lineAfter(bytes, roles);
        Event.Kind kind =
                switch (bytes[from]) {
                    case 'm' -> Event.Kind.MESSAGE;
                    case 'c' -> Event.Kind.CONNECT;
                    case 'd' -> Event.Kind.DISCONNECT;
                    default -> throw new IllegalArgumentException("not an event: kind " + bytes[from]);
                };
        boolean message = kind == Event.Kind.MESSAGE;
        return new Event(
                kind,
                text(bytes, name, subjects),
                Payload.of(bytes, data, bytes.length),
                message ? Set.of() : names(bytes, subjects, roles),
                names(bytes, roles, data),
                message ? optional(bytes, subjects, roles) : null);
    }

    private static int lineAfter(byte[] bytes, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                return i + 1;
            }
        }
        throw new IllegalArgumentException("not an event: too few lines");
    }

    private static String text(byte[] bytes, int from, int next) {
        return new String(bytes, from, next - 1 - from, StandardCharsets.UTF_8);
    }

    private static @Nullable String optional(byte[] bytes, int from, int next) {
        return next - from == 1 ? null : text(bytes, from, next);
    }

    private static Set<String> names(byte[] bytes, int from, int next) {
        return next - from == 1 ? Set.of() : Set.of(text(bytes, from, next).split("\t", -1));
    }
}
