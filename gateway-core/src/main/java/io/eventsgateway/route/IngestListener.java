package io.eventsgateway.route;

import io.eventsgateway.log.Appended;
import io.eventsgateway.log.Entry;
import io.eventsgateway.topic.Feed;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of records, for metrics and logs. Called from any thread, on the event's path: an implementation must be quick, must
 * not block and must not throw.
 */
public interface IngestListener {

    /** Listens to nothing. */
    IngestListener NONE = new IngestListener() {};

    /**
     * A record was taken, and is about to be decoded.
     *
     * @return the span of its way into the log; null where that is not traced
     */
    default @Nullable RecordSpan taken(Feed feed, InboundRecord in) {
        return null;
    }

    /** A record was decoded, and is to be appended to the logs of some destinations. */
    default void routed(Feed feed, InboundRecord in, List<Entry> entries) {}

    /** The log acknowledged what a batch of a feed had to say. */
    default void appended(Feed feed, List<InboundRecord> batch, Appended appended) {}

    /** The decoder or the router threw for a record, which is {@link #rejected} therefore. */
    default void failed(Feed feed, InboundRecord in, Throwable fault) {}

    /** A record can't be used and is in the dead letters. */
    default void rejected(Feed feed, InboundRecord in, String reason) {}
}
