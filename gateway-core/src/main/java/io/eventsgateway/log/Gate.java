package io.eventsgateway.log;

import io.eventsgateway.Event;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Who is let in to a destination, as its connects and disconnects say.
 *
 * @param closed whether it was ended for everybody
 * @param excluded the subjects it was ended for
 * @param subjects the subjects that connects named
 * @param roles the roles that connects named
 */
public record Gate(boolean closed, Set<String> excluded, Set<String> subjects, Set<String> roles) {

    /** A destination of which nothing was said. */
    public static final Gate OPEN = new Gate(false, Set.of(), Set.of(), Set.of());

    /** Copies the sets. */
    public Gate {
        excluded = Set.copyOf(excluded);
        subjects = Set.copyOf(subjects);
        roles = Set.copyOf(roles);
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
                new Gate(
                        false,
                        event.subjects().isEmpty() ? Set.of() : without(excluded, event.subjects()),
                        with(subjects, event.subjects()),
                        with(roles, event.roles()));
            case DISCONNECT ->
                event.subjects().isEmpty()
                        ? new Gate(true, Set.of(), Set.of(), Set.of())
                        : new Gate(
                                closed, with(excluded, event.subjects()), without(subjects, event.subjects()), roles);
        };
    }

    /** The gate after a message, which opens what was closed. */
    public Gate afterMessage() {
        return closed ? OPEN : this;
    }

    private static Set<String> with(Set<String> some, Set<String> more) {
        if (more.isEmpty()) {
            return some;
        }
        Set<String> all = new HashSet<>(some);
        all.addAll(more);
        return all;
    }

    private static Set<String> without(Set<String> some, Set<String> less) {
        Set<String> rest = new HashSet<>(some);
        rest.removeAll(less);
        return rest;
    }
}
