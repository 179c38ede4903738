package io.eventsgateway.kafka;

/**
 * How one replica reads a feed.
 *
 * @param consumers how many consumers it has
 * @param partitions how many partitions they have together
 * @param topics how many topics there are that the feed reads
 * @param isPaused whether something keeps records from being read, or from getting into the log
 * @param lag how many records of these partitions are not in the log
 * @param oldestUnreadMillis for how long, about, the oldest of these has been in its topic; 0 where there is none
 */
public record FeedState(
        int consumers, int partitions, int topics, boolean isPaused, long lag, long oldestUnreadMillis) {

    /** Of a feed that is not read. */
    static final FeedState NONE = new FeedState(0, 0, 0, false, 0, 0);

    FeedState plus(FeedState other) {
        return new FeedState(
                consumers + other.consumers,
                partitions + other.partitions,
                topics + other.topics,
                isPaused || other.isPaused,
                lag + other.lag,
                Math.max(oldestUnreadMillis, other.oldestUnreadMillis));
    }
}
