package io.eventsgateway.log;

import io.eventsgateway.Event;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Who is shut out of a destination, as its connects and disconnects say.
 *
 * @param closed whether it was ended for everybody
 * @param excluded the subjects it was ended for
 */
public record Gate(boolean closed, Set<String> excluded) {

    /** A destination of which nothing was said. */
    public static final Gate OPEN = new Gate(false, Set.of());

    /** How many names a destination can exclude, and how many subjects and roles it can let in. */
    public static final int MAX_NAMES = 10_000;

    /** Copies the set. */
    public Gate {
        excluded = Set.copyOf(excluded);
    }

    /** Whether a subject known by these names is shut out. */
    public boolean refuses(Collection<String> names) {
        return closed || (!excluded.isEmpty() && names.stream().anyMatch(excluded::contains));
    }

    /** The gate after an event: what every log must agree on. */
    public Gate after(Event event) {
        return switch (event.kind()) {
            case MESSAGE -> afterMessage();
            case CONNECT ->
                new Gate(false, event.subjects().isEmpty() ? Set.of() : without(excluded, event.subjects()));
            case DISCONNECT ->
                event.subjects().isEmpty()
                        ? new Gate(true, Set.of())
                        : new Gate(closed, with(excluded, event.subjects()));
        };
    }

    /** The gate after a message, which opens what was closed. */
    public Gate afterMessage() {
        return closed ? OPEN : this;
    }

    static Set<String> with(Set<String> some, Set<String> more) {
        if (more.isEmpty()) {
            return some;
        }
        Set<String> all = new HashSet<>(some);
        all.addAll(more);
        return all;
    }

    static Set<String> without(Set<String> some, Set<String> less) {
        Set<String> rest = new HashSet<>(some);
        rest.removeAll(less);
        return rest;
    }
}
