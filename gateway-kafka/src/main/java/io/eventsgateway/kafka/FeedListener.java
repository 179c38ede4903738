package io.eventsgateway.kafka;

import io.eventsgateway.topic.Feed;

/** What becomes of records beside their way into the log, for metrics. Called from any thread: an implementation must be quick and must not throw. */
public interface FeedListener {

    /** Listens to nothing. */
    FeedListener NONE = new FeedListener() {};

    /** A group that had read nothing yet begins behind some records, which are older than the retention. */
    default void skipped(Feed feed, long records) {}

    /** A consumer goes back, since the log has less than it acknowledged. */
    default void wentBack(Feed feed) {}

    /** The dead-letter topic does not take a letter, in any form or because the cluster refuses the topic: its record is in the log alone. */
    default void letterGivenUp(Feed feed) {}
}
