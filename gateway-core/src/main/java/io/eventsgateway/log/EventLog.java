package io.eventsgateway.log;

/**
 * One expiring log of events for each destination, shared by all replicas.
 *
 * <ol>
 *   <li>Events of one destination are kept in the order they were appended, each under an {@link EventId} that follows the one
 *       before.
 *   <li>Appending is idempotent: an entry whose source is at or before the last one taken from the same partition, or whose event
 *       id is still known, adds nothing and is no error. Entries of one partition must therefore be appended in the order of their
 *       offsets, and the next batch only after the one before it was acknowledged.
 *   <li>What was acknowledged may still be lost where the store itself loses it. The log keeps how far each lane is complete, refuses a
 *       batch whose claims exceed that, and answers what it has ({@link io.eventsgateway.lane}).
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
public interface EventLog extends EventWriter, EventReader, DeliveryProgress, AutoCloseable {

    /** Stops telling followers and lets go of what the log made. Idempotent. */
    @Override
    void close();
}
