package io.eventsgateway.log;

/**
 * What became of a batch.
 *
 * @param events how many were added
 * @param duplicates how many had been there already
 */
public record Appended(int events, int duplicates) {

    /** Nothing at all. */
    public static final Appended NOTHING = new Appended(0, 0);

    /** Both together. */
    public Appended plus(Appended other) {
        return new Appended(events + other.events, duplicates + other.duplicates);
    }
}
