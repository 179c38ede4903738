/** Feeds and the names of their topics. Start at {@link io.eventsgateway.topic.Feed}. */
package io.eventsgateway.topic;
