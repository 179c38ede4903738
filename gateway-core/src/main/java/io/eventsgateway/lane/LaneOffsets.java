package io.eventsgateway.lane;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How far lanes are complete under tags: what a store keeps beside its data, and when it refuses a call. A store changes this and its data
 * in one step. Not thread-safe.
 */
public final class LaneOffsets {

    private final Map<Place, Long> complete = new HashMap<>();

    private record Place(Lane lane, int tag) {}

    /** Of an empty store. */
    public LaneOffsets() {}

    /** How far a lane is complete under a tag; 0 for a lane of which nothing is known. */
    public long complete(Lane lane, int tag) {
        return complete.getOrDefault(new Place(lane, tag), 0L);
    }

    /** What a refused call is answered: how far each pair of lane and tag is complete, in the order of the claims. */
    public List<Long> complete(List<Claim> claims) {
        return claims.stream().map(this::complete).toList();
    }

    private long complete(Claim claim) {
        return complete(claim.lane(), claim.tag());
    }

    /**
     * A call that appends entries. The call is taken as a whole: where any claim exceeds what is complete, nothing changes and the answer is
     * {@link #complete(List)}.
     *
     * @return whether the entries are to be appended
     */
    public boolean take(List<Claim> claims) {
        for (Claim claim : claims) {
            if (claim.exceeds(complete(claim))) {
                return false;
            }
        }
        claims.forEach(this::raise);
        return true;
    }

    /**
     * A call without entries, by which a reader asks whether anything was lost and states that it has no entries left to append below
     * {@code to}. Each claim is answered for itself.
     *
     * @return how far each pair of lane and tag was complete, in the order of the claims; those that are not exceeded are raised since
     */
    public List<Long> check(List<Claim> claims) {
        List<Long> answer = complete(claims);
        for (int i = 0; i < claims.size(); i++) {
            if (!claims.get(i).exceeds(answer.get(i))) {
                raise(claims.get(i));
            }
        }
        return answer;
    }

    private void raise(Claim claim) {
        restore(claim.lane(), claim.tag(), claim.raise(complete(claim)));
    }

    /** Sets how far a lane is complete under a tag, as a store does that comes back from an older state. */
    void restore(Lane lane, int tag, long offset) {
        complete.put(new Place(lane, tag), offset);
    }
}
