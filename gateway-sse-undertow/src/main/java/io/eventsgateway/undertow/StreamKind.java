package io.eventsgateway.undertow;

import io.eventsgateway.Destination;
import java.util.Collection;
import java.util.Locale;

/** What a stream is for. */
public enum StreamKind {
    /** One destination. */
    ONE,
    /** Several destinations on one connection. */
    SEVERAL,
    /** A user's own events and those for every user, and nothing else. */
    USER;

    /** The kind of a stream of these destinations; those of one path in several organisations are one. */
    static StreamKind of(Collection<Destination> destinations) {
        if (destinations.stream().allMatch(each -> each.type().equals(Destination.USER))) {
            return USER;
        }
        return destinations.stream().map(Destination::path).distinct().count() == 1 ? ONE : SEVERAL;
    }

    /** The word in metrics. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
