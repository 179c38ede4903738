package io.eventsgateway.kafka;

import io.eventsgateway.topic.Feed;

/** What becomes of records that nobody gets, for metrics. Called from any thread: an implementation must be quick and must not throw. */
public interface FeedListener {

    /** Listens to nothing. */
    FeedListener NONE = new FeedListener() {};

    /** A group that had read nothing yet begins behind some records, which are older than the retention. */
    default void skipped(Feed feed, long records) {}

    /** The dead-letter topic never takes a letter, in any form: its record is in the log alone. */
    default void letterGivenUp(Feed feed) {}
}
