package io.eventsgateway.redis;

import io.eventsgateway.Event;
import io.eventsgateway.Payload;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * How an event is written in Redis: kind, name, subjects and roles, a line each, then the data. Names have no line feed and
 * subjects and roles no tab, which parts them.
 */
final class StoredForm {

    private StoredForm() {}

    static byte[] write(Event event) {
        char kind =
                switch (event.kind()) {
                    case MESSAGE -> 'm';
                    case CONNECT -> 'c';
                    case DISCONNECT -> 'd';
                };
        String head = kind + "\n" + event.name() + "\n" + String.join("\t", event.subjects()) + "\n"
                + String.join("\t", event.roles()) + "\n";
        byte[] start = head.getBytes(StandardCharsets.UTF_8);
        Payload data = event.data();
        byte[] all = new byte[start.length + data.size()];
        System.arraycopy(start, 0, all, 0, start.length);
        data.copyTo(0, data.size(), all, start.length);
        return all;
    }

    /** Reads what {@link #write} wrote, from an index on; the bytes are not copied. */
    static Event read(byte[] bytes, int from) {
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
        return new Event(
                kind,
                text(bytes, name, subjects),
                Payload.of(bytes, data, bytes.length),
                names(bytes, subjects, roles),
                names(bytes, roles, data));
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

    private static Set<String> names(byte[] bytes, int from, int next) {
        return next - from == 1 ? Set.of() : Set.of(text(bytes, from, next).split("\t"));
    }
}
