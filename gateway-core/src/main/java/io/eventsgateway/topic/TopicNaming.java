package io.eventsgateway.topic;

/** How topics are called in one installation. Pure: the same parts give the same name. */
public interface TopicNaming {

    /** The name of the topic with these parts. */
    String topic(String... parts);

    /** The regular expression of all topics that begin with these parts. */
    String pattern(String... parts);
}
