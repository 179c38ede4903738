package io.eventsgateway;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is kept in a destination's log and told to its clients.
 *
 * @param kind whether it carries data, or opens or ends the destination
 * @param name the SSE event's name, 1-256 characters without CR, LF, NUL or half a surrogate pair
 * @param data the SSE event's data, UTF-8
 * @param subjects whom a connect lets in or a disconnect shuts out; empty is everybody
 * @param roles which roles a connect lets in
 * @param traceparent the trace context of a message whose way is traced (W3C Trace Context, 3.2.2), which clients do not see; null for none
 */
public record Event(
        Kind kind,
        String name,
        Payload data,
        Set<String> subjects,
        Set<String> roles,
        @Nullable String traceparent) {

    /** The name an event has when nobody gave it one; the HTML standard's default too. */
    public static final String DEFAULT_NAME = "message";

    /** What an event does. */
    public enum Kind {
        /** Carries data to the clients. */
        MESSAGE,
        /** Opens the destination; clients do not see it. */
        CONNECT,
        /** Ends the destination for its subjects, or for everybody. */
        DISCONNECT
    }

    /** @throws IllegalArgumentException if the name, a subject, a role or the trace context is out of its bounds */
    public Event {
        if (name.isEmpty() || name.length() > 256) {
            throw new IllegalArgumentException("event name must be 1-256 characters, got " + name.length());
        }
        if (name.indexOf('\r') >= 0 || name.indexOf('\n') >= 0 || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("event name must not have CR, LF or NUL");
        }
        if (Text.hasHalfSurrogatePair(name)) {
            throw new IllegalArgumentException("event name must not have half a surrogate pair");
        }
        subjects = Set.copyOf(subjects);
        roles = Set.copyOf(roles);
        subjects.forEach(subject -> requireName("subject", subject));
        roles.forEach(role -> requireName("role", role));
        if (traceparent != null) {
            requireName("traceparent", traceparent);
            if (kind != Kind.MESSAGE) {
                throw new IllegalArgumentException("only a message has a traceparent");
            }
        }
    }

    /** An event that carries data. */
    public static Event message(String name, Payload data) {
        return new Event(Kind.MESSAGE, name, data, Set.of(), Set.of(), null);
    }

    /** An event that opens a destination, and lets in whom it names. */
    public static Event connect(Set<String> subjects, Set<String> roles) {
        return new Event(Kind.CONNECT, "connect", Payload.EMPTY, subjects, roles, null);
    }

    /** An event that ends a destination for the subjects it names, or for everybody when it names none. */
    public static Event disconnect(Set<String> subjects, Payload reason) {
        return new Event(Kind.DISCONNECT, "disconnect", reason, subjects, Set.of(), null);
    }

    /** The same message with a trace context. */
    public Event withTraceparent(String context) {
        return new Event(kind, name, data, subjects, roles, context);
    }

    private static void requireName(String what, String name) {
        if (name.isEmpty() || name.length() > 256 || Text.hasForbiddenCharacter(name)) {
            throw new IllegalArgumentException(
                    what + " must be 1-256 characters, none of them a control character or half a surrogate pair");
        }
    }
}
