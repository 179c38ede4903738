package io.eventsgateway.log;

import io.eventsgateway.Event;
import java.util.Set;

/**
 * Whom the connects of a destination named.
 *
 * @param subjects the subjects that connects named and no disconnect named since
 * @param roles the roles that connects named
 */
record Grants(Set<String> subjects, Set<String> roles) {

    /** Nobody. */
    static final Grants NONE = new Grants(Set.of(), Set.of());

    /** Copies the sets. */
    Grants {
        subjects = Set.copyOf(subjects);
        roles = Set.copyOf(roles);
    }

    /**
     * The grants after an event: what every log must agree on.
     *
     * @param gate the gate before the event
     */
    Grants after(Gate gate, Event event) {
        return switch (event.kind()) {
            case MESSAGE -> gate.closed() ? NONE : this;
            case CONNECT -> new Grants(Gate.with(subjects, event.subjects()), Gate.with(roles, event.roles()));
            case DISCONNECT ->
                event.subjects().isEmpty() ? NONE : new Grants(Gate.without(subjects, event.subjects()), roles);
        };
    }

    int size() {
        return subjects.size() + roles.size();
    }

    /** What a caller with these names and roles is told. */
    Admission admission(Gate gate, Set<String> names, Set<String> held) {
        if (gate.refuses(names)) {
            return Admission.ENDED;
        }
        boolean named =
                names.stream().anyMatch(subjects::contains) || held.stream().anyMatch(roles::contains);
        return named ? Admission.NAMED : size() == 0 ? Admission.NOBODY : Admission.OTHERS;
    }
}
