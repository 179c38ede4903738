package io.eventsgateway.log;

import io.eventsgateway.lane.Found;
import io.eventsgateway.lane.LaneClaims;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** What a feed's consumer needs of an {@link EventLog}, whose promise holds. Any thread may call. */
public interface EventWriter {

    /** Among how many tags destinations are divided: what the log may lose as a whole. The same in every process that shares the log. */
    int tags();

    /** Whether the log can be asked now, as far as is known without asking: nobody takes on what could only wait. */
    boolean isReachable();

    /**
     * Appends a batch, in its order within each destination. When the stage fails, any part of the batch may have been appended
     * and nothing of it is under way any more; the whole may be appended again.
     *
     * <p>Where a part of the store can't be written now, as while it moves, the entries under its tags may be left, all that come after one
     * of the same tag too, and the others are appended. What is left has to be appended before anything else under its tag.
     *
     * @param lanes what is claimed of each lane that the batch has entries of, and the tags under which they are left unsent; the entries of
     *     another lane are appended without a look at what the log has lost, and never left
     * @return what became of it, and the claims that the log took; fails with {@link LostException} when the log has lost something that is
     *     claimed, whatever else failed; with {@link RefusedException} when the store will never take one of the entries
     */
    CompletionStage<Appended> append(Collection<LaneClaims> lanes, List<Entry> batch);

    /**
     * Asks whether anything was lost that lanes claim, and states that nothing is left to be appended of them below the end that is claimed.
     * Each claim is taken for itself.
     *
     * @return what was found of each lane under each tag that can be asked for now; fails where none can
     */
    CompletionStage<List<Found>> check(Collection<LaneClaims> lanes);
}
