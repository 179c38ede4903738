package io.eventsgateway.log;

import io.eventsgateway.lane.Claim;
import java.util.List;
import java.util.stream.Stream;

/**
 * What became of a batch.
 *
 * @param events how many were added
 * @param duplicates how many had been there already
 * @param claims what was claimed, and is complete now
 */
public record Appended(int events, int duplicates, List<Claim> claims) {

    /** Nothing at all. */
    public static final Appended NOTHING = new Appended(0, 0, List.of());

    /** Copies the list. */
    public Appended {
        claims = List.copyOf(claims);
    }

    /** Both together. */
    public Appended plus(Appended other) {
        return new Appended(
                events + other.events,
                duplicates + other.duplicates,
                Stream.concat(claims.stream(), other.claims.stream()).toList());
    }
}
