package io.eventsgateway.lane;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** What the batch that is under way claims of one lane, under every tag. Immutable, so that it may be sent from any thread. */
public final class LaneClaims {

    private final Lane lane;
    private final long end;
    private final long[] known;
    private final Set<Integer> closed;

    LaneClaims(Lane lane, long end, long[] known, Set<Integer> closed) {
        this.lane = lane;
        this.end = end;
        this.known = known.clone();
        this.closed = Set.copyOf(closed);
    }

    /**
     * Those that only ask how far a store is complete: it has to have nothing, and nothing is stated.
     *
     * @param tags how many tags the store has
     */
    public static LaneClaims asking(Lane lane, int tags) {
        return new LaneClaims(lane, 0, new long[tags], Set.of());
    }

    /** The lane. */
    public Lane lane() {
        return lane;
    }

    /** What a call says that has all entries of the batch under a tag, or none if the batch has none there. */
    public Claim of(int tag) {
        return new Claim(lane, tag, known[tag], end);
    }

    /** Whether entries under a tag are left unsent: others that come before them wait. */
    public boolean isClosed(int tag) {
        return closed.contains(tag);
    }

    /** The claims under all tags, in their order. */
    public List<Claim> all() {
        return IntStream.range(0, known.length).mapToObj(this::of).toList();
    }

    @Override
    public String toString() {
        return lane.name() + " up to " + end;
    }
}
