package io.eventsgateway.log;

import io.eventsgateway.Destination;
import io.eventsgateway.EventId;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One expiring log of events for each destination, shared by all replicas.
 *
 * <ol>
 *   <li>Events of one destination are kept in the order they were appended, each under an {@link EventId} that follows the one
 *       before.
 *   <li>Appending is idempotent: an entry whose source is at or before the last one taken from the same lane, or whose event id
 *       is still known, adds nothing and is no error. Entries of one lane must therefore be appended in the order of their
 *       offsets, and the next batch only after the one before it was acknowledged.
 *   <li>What was acknowledged may still be lost where the store itself loses it. The log then notices before anything more of this
 *       process is appended, and begins another {@link Generation}.
 *   <li>An event can be read until it is older than the log's retention; a destination's disconnect of everybody shortens that
 *       to a minute for all before it. The message or connect that opens the destination anew begins with it emptied; a disconnect
 *       does not open it.
 *   <li>A destination names at most {@link Gate#MAX_NAMES} whom it lets in, and as many whom it excludes. A connect or disconnect
 *       beyond that is refused as a whole.
 *   <li>Methods never block and never throw for what happens elsewhere; every stage completes within a bounded time, normally or
 *       with the cause. Stages complete on the log's own threads, or are complete on return, failed ones too: what depends on them
 *       must not block, and a caller that asks again from within a completion must be ready for the answer to be there already.
 * </ol>
 *
 * <p>Not promised: that {@link #follow} tells of every event, or of none twice.
 */
public interface EventLog extends AutoCloseable {

    /** The generation in which one may append. */
    Generation generation();

    /**
     * Appends a batch, in its order within each destination. When the stage fails, any part of the batch may have been appended
     * and nothing of it is under way any more; the whole may be appended again.
     *
     * @param generation the one that the caller has gone back for
     * @return fails with {@link LostException} when that is not the log's any more, or ceases to be; with {@link RefusedException}
     *     when the store will never take one of the entries
     */
    CompletionStage<Appended> append(Generation generation, List<Entry> batch);

    /**
     * Tells what the log acknowledged to this process lately, for {@link #has}: at most 1,000 printable characters, which only a log of the same
     * kind understands.
     */
    String receipt();

    /**
     * Whether the log has what it acknowledged with a receipt, to this process or to one that is gone. True for a text that it does not
     * understand.
     */
    CompletionStage<Boolean> has(String receipt);

    /**
     * Reads the events after a position, oldest first.
     *
     * @param after the position; null for everything that is retained
     * @param maxEvents how many at most, at least 1
     * @param maxBytes about how many bytes of data at most; where the first event alone has more, {@link Page#large} tells of it
     */
    CompletionStage<Page> read(Destination destination, @Nullable EventId after, int maxEvents, int maxBytes);

    /** Where the log ends, and who is shut out. */
    CompletionStage<Tail> tail(Destination destination);

    /**
     * What the destination's connects and disconnects say about a caller.
     *
     * @param names the names that subjects are compared with
     * @param roles the caller's roles
     */
    CompletionStage<Admission> admission(Destination destination, Set<String> names, Set<String> roles);

    /**
     * Remembers how far a subject has been told of a destination, for as long as positions are understood. A mark never goes back,
     * and one of another life of the log counts for nothing.
     */
    CompletionStage<?> mark(Destination destination, String subject, EventId position);

    /** The subject's mark; null where there is none. */
    CompletionStage<@Nullable EventId> marked(Destination destination, String subject);

    /**
     * Tells a follower of what is appended from now on, by whichever replica, until the result is closed. While the log cannot be
     * sure that it is told itself, it looks at an interval where the log ends, and calls {@link Follower#wake} when the follower is
     * elsewhere; when it becomes sure it looks once more, and wakes one too that does not know yet where it is.
     */
    Following follow(Destination destination, Follower follower);

    /** Stops telling followers and lets go of what the log made. Idempotent. */
    @Override
    void close();

    /** The end of a follower's interest. */
    interface Following extends AutoCloseable {
        /** Idempotent; a call that is under way may still come through. */
        @Override
        void close();
    }
}
