package io.eventsgateway.lane;

/**
 * What a call says of one lane under one tag: the call has every entry of the lane under the tag from {@code from} to below {@code to}, in
 * the order of their offsets. Such a call appends entries below {@code from} too where they are read again; the store drops those that it
 * has. {@code from} may be above {@code to}, for the same reason.
 *
 * <p>Two calls of one reader for one lane and tag must not be under way together, unless the second one claims {@link #after} the first.
 *
 * @param lane the lane
 * @param tag the tag, from 0
 * @param from what the reader knows as acknowledged under the tag
 * @param to the offset up to which the call has everything
 */
public record Claim(Lane lane, int tag, long from, long to) {

    /** @throws IllegalArgumentException if a number is negative */
    public Claim {
        if (tag < 0 || from < 0 || to < 0) {
            throw new IllegalArgumentException(
                    "tag and offsets must be at least 0, got " + tag + ", " + from + " and " + to);
        }
    }

    /** Whether a store that is complete up to an offset has lost something that is claimed, and must refuse the call. */
    public boolean exceeds(long complete) {
        return complete < from;
    }

    /** How far a store is complete that was complete up to an offset and has taken the call. */
    public long raise(long complete) {
        return Math.max(complete, to);
    }

    /** The claim of a call that has only a first part of the entries, those below an offset. */
    public Claim until(long end) {
        return new Claim(lane, tag, from, Math.min(end, to));
    }

    /**
     * The claim of a call with the remaining entries.
     *
     * @param first the claim of the call that was sent before this one, with the first part; where none was sent, because there is no
     *     entry in it, the first call to be sent has the whole claim: nothing has raised what the store has
     */
    public Claim after(Claim first) {
        return new Claim(lane, tag, Math.max(first.from, first.to), to);
    }
}
