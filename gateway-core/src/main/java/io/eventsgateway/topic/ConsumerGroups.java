package io.eventsgateway.topic;

/** Which consumer group reads a feed, and with how many consumers. Pure. */
public interface ConsumerGroups {

    /** The documented defaults. */
    ConsumerGroups DEFAULT = new ConsumerGroups() {
        @Override
        public String group(Feed feed) {
            return feed.defaultGroup();
        }

        @Override
        public int threads(Feed feed) {
            return feed.defaultThreads();
        }
    };

    /** The group's id. */
    String group(Feed feed);

    /** How many consumers one replica may have, at least 1. */
    int threads(Feed feed);
}
