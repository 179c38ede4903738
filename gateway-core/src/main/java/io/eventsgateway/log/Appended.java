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
 * @param left what was not appended, and has to be appended later
 */
public record Appended(int events, int duplicates, List<Claim> claims, List<Left> left) {

    /** Nothing at all. */
    public static final Appended NOTHING = new Appended(0, 0, List.of());

    /** Copies the lists. */
    public Appended {
        claims = List.copyOf(claims);
        left = List.copyOf(left);
    }

    /** Of a batch of which nothing was left. */
    public Appended(int events, int duplicates, List<Claim> claims) {
        this(events, duplicates, claims, List.of());
    }

    /** Both together. */
    public Appended plus(Appended other) {
        return new Appended(
                events + other.events,
                duplicates + other.duplicates,
                Stream.concat(claims.stream(), other.claims.stream()).toList(),
                Stream.concat(left.stream(), other.left.stream()).toList());
    }
}
