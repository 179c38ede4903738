package io.eventsgateway.log;

import io.eventsgateway.lane.Found;
import java.util.List;

/** Some of a batch was not appended, because the log has lost what was acknowledged of its lanes: it has to be read again first. */
public final class LostException extends Exception {

    private static final long serialVersionUID = 1;

    private final transient List<Found> found;

    /**
     * A loss.
     *
     * @param found what the log found of the claims that it refused, and of others
     */
    public LostException(List<Found> found) {
        super("the log has less than it acknowledged");
        this.found = List.copyOf(found);
    }

    /** What the log found of the claims that it refused, and of others. */
    public List<Found> found() {
        return found;
    }
}
