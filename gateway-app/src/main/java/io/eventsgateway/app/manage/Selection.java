package io.eventsgateway.app.manage;

import io.eventsgateway.Destination;
import io.eventsgateway.undertow.OpenStream;
import io.eventsgateway.undertow.RequestUrl;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which streams an operator asks for.
 *
 * @param destinations one of which is among the stream's, each as {@code type/id}; empty for any
 * @param subjects one of which is the stream's; empty for any
 * @param organisation whose streams they are; null for all
 */
record Selection(
        Set<String> destinations,
        Set<String> subjects,
        @Nullable String organisation) implements Predicate<OpenStream> {

    /** The parameters of a query that select. */
    static final Set<String> NAMES = Set.of("destination", "subject", "organisation");

    /** Copies the sets. */
    Selection {
        destinations = Set.copyOf(destinations);
        subjects = Set.copyOf(subjects);
    }

    /**
     * What a query selects, which has no other parameters than that and those which are named: one that is misspelt would select
     * everything.
     *
     * @throws IllegalArgumentException with what to change
     */
    static Selection of(RequestUrl url, String... others) {
        Set<String> unknown = new HashSet<>(url.names());
        unknown.removeAll(NAMES);
        unknown.removeAll(Set.of(others));
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("There is no parameter " + String.join(", ", unknown) + ".");
        }
        List<String> destinations = url.values("destination");
        if (destinations.stream().anyMatch(each -> each.indexOf('/') < 0)) {
            throw new IllegalArgumentException("A destination is type/id.");
        }
        return new Selection(
                new HashSet<>(destinations), new HashSet<>(url.values("subject")), url.value("organisation"));
    }

    /** Those that see one destination. */
    static Predicate<OpenStream> of(Destination destination) {
        return stream -> stream.destinations().contains(destination);
    }

    @Override
    public boolean test(OpenStream stream) {
        return (organisation == null || organisation.equals(stream.organisation()))
                && (subjects.isEmpty() || subjects.contains(stream.subject()))
                && (destinations.isEmpty()
                        || stream.destinations().stream().map(Destination::path).anyMatch(destinations::contains));
    }
}
