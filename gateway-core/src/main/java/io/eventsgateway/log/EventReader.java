package io.eventsgateway.log;

import io.eventsgateway.Destination;
import io.eventsgateway.EventId;
import io.eventsgateway.Payload;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What those who serve clients need of an {@link EventLog}, whose promise holds. Any thread may call. */
public interface EventReader {

    /** A message with more bytes of data than this is large: pages describe it, and its data is read in pieces. */
    int LARGE_BYTES = 64 * 1024;

    /**
     * Reads the events after a position, oldest first; the page ends before a large one.
     *
     * @param after the position; null for everything that is retained
     * @param maxEvents how many at most, at least 1
     * @param maxBytes about how many bytes of data at most; the first event is there though it has more
     */
    CompletionStage<Page> read(Destination destination, @Nullable EventId after, int maxEvents, int maxBytes);

    /**
     * Reads a piece of a large event's data.
     *
     * @param large as a page of this log described it
     * @param from the first byte's index
     * @param bytes how many; fewer come only where the data ends
     * @return null where the event is not there any more
     */
    CompletionStage<@Nullable Payload> readPiece(Destination destination, Page.Large large, int from, int bytes);

    /** Where the log ends, and who is shut out. */
    CompletionStage<LogEnd> end(Destination destination);

    /**
     * From which records the destination's events came: of each partition the last offset that was taken, by {@link
     * io.eventsgateway.Source#partitionKey}. None where nothing is known of the destination.
     */
    CompletionStage<Map<String, Long>> sources(Destination destination);

    /**
     * What the destination's connects and disconnects say about a caller.
     *
     * @param names the names that subjects are compared with
     * @param roles the caller's roles
     */
    CompletionStage<Admission> admission(Destination destination, Set<String> names, Set<String> roles);

    /**
     * Notifies a follower of what is appended from now on, by whichever replica, until the result is closed. While the log cannot be
     * sure that it receives every notification itself, it checks at an interval where the destination ends, and calls {@link
     * Follower#wake} when the follower is elsewhere; when it becomes sure it checks once more, and also wakes a follower that does not
     * know yet where it is.
     */
    Following follow(Destination destination, Follower follower);

    /** The end of a follower's interest. */
    interface Following extends AutoCloseable {
        /** Idempotent; a call that is under way may still come through. */
        @Override
        void close();
    }
}
