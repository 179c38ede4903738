package io.eventsgateway.route;

import io.eventsgateway.Event;
import io.eventsgateway.Source;
import io.eventsgateway.Text;
import org.jspecify.annotations.Nullable;

/**
 * What a record asks for.
 *
 * @param organisation whose destination is meant
 * @param target which destination
 * @param event what to append to it
 * @param eventId the producer's own id of the event; null for none
 * @param source where the record stood
 */
public record Command(
        String organisation,
        Target target,
        Event event,
        @Nullable String eventId,
        Source source) {

    /** @throws IllegalArgumentException if the event id is not 1-256 characters, or has one that no id may have */
    public Command {
        if (eventId != null && (eventId.isEmpty() || eventId.length() > 256)) {
            throw new IllegalArgumentException("eventId must be 1-256 characters, got " + eventId.length());
        }
        if (eventId != null && Text.hasForbiddenCharacter(eventId)) {
            throw new IllegalArgumentException("eventId must not have control characters or half a surrogate pair");
        }
    }

    /**
     * A destination as a record names it.
     *
     * @param type its type; the record's own, or its feed's
     * @param id its id; null where the record has none
     */
    public record Target(String type, @Nullable String id) {}
}
