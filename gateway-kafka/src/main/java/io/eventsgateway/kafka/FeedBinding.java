package io.eventsgateway.kafka;

import io.eventsgateway.topic.Feed;
import java.util.regex.Pattern;

/**
 * What one feed reads.
 *
 * @param reads the topic's name, or the regular expression when the feed {@linkplain Feed#isPattern is a pattern}
 * @param group the consumer group
 * @param threads how many consumers one replica has at most, at least 1
 */
public record FeedBinding(Feed feed, String reads, String group, int threads) {

    /** Whether a topic's records are read. */
    public boolean reads(String topic) {
        return feed.isPattern() ? Pattern.matches(reads, topic) : reads.equals(topic);
    }
}
