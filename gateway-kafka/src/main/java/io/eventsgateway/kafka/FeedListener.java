package io.eventsgateway.kafka;

import io.eventsgateway.topic.Feed;
import java.io.Closeable;
import org.apache.kafka.clients.consumer.Consumer;

/** What becomes of records beside their way into the log, for metrics. Called from any thread: an implementation must be quick and must not throw. */
public interface FeedListener {

    /** Listens to nothing. */
    FeedListener NONE = new FeedListener() {};

    /** A group that had read nothing yet begins behind some records, which are older than the retention. */
    default void skipped(Feed feed, long records) {}

    /**
     * A consumer begins to read. It is lent: nothing but its metrics may be used.
     *
     * @return what is closed, by the same thread, before the consumer is
     */
    default Closeable reads(Feed feed, Consumer<?, ?> consumer) {
        return () -> {};
    }

    /** A consumer goes back, since the log has less than it acknowledged. */
    default void wentBack(Feed feed) {}

    /** The dead-letter topic does not take a letter, in any form or because the cluster refuses the topic: its record is in the log alone. */
    default void letterGivenUp(Feed feed) {}
}
