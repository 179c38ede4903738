package io.eventsgateway.log;

import java.time.Instant;

/**
 * What a writer knows of a log's losses. A store that fails over, is emptied or comes back from an older state may have less than
 * it had acknowledged. Each such loss, once noticed, begins another generation: whoever appends goes back to what it appended
 * shortly before {@link #intactUntil}, appends from there again, and only then anything new.
 *
 * @param number how many losses this process has noticed
 * @param intactUntil when the log was last known to have everything, by this process's clock
 */
public record Generation(int number, Instant intactUntil) {

    /** Before any loss. */
    public static final Generation FIRST = new Generation(0, Instant.EPOCH);
}
