package io.eventsgateway.topic;

import io.eventsgateway.Event;
import java.util.List;
import java.util.Locale;

/** A Kafka topic, or pattern of topics, that is read for one purpose by one consumer group. */
public enum Feed {
    /** Messages of the process engine. */
    ENGINE_MESSAGE(
            "engine-commands-message",
            10,
            "process-instance",
            Event.Kind.MESSAGE,
            "eventsgateway",
            "engine",
            "commands",
            "message"),
    /** Ends of process instances' streams. */
    ENGINE_DISCONNECT(
            "engine-commands-disconnect",
            5,
            "process-instance",
            Event.Kind.DISCONNECT,
            "eventsgateway",
            "engine",
            "commands",
            "disconnect"),
    /** Beginnings of process instances' streams. */
    ENGINE_CONNECT(
            "engine-commands-connect",
            5,
            "process-instance",
            Event.Kind.CONNECT,
            "eventsgateway",
            "engine",
            "commands",
            "connect"),
    /** Messages to task views. */
    TASK_MESSAGE(
            "task-commands-message", 10, "view", Event.Kind.MESSAGE, "eventsgateway", "task", "commands", "message"),
    /** Messages to processes. */
    PROCESS_MESSAGE(
            "process-commands-message",
            10,
            "process",
            Event.Kind.MESSAGE,
            "eventsgateway",
            "process",
            "commands",
            "message"),
    /** Messages on every topic that matches a pattern, also on those that are made later. */
    GENERIC_MESSAGE("generic-commands-message", 10, "generic", Event.Kind.MESSAGE, "eventsgateway", "receive"),
    /** Messages to a user, or to every user. */
    USER_MESSAGE(
            "user-broadcast-commands-message",
            10,
            "user",
            Event.Kind.MESSAGE,
            "core",
            "designer",
            "notification",
            "user");

    private final String group;
    private final int threads;
    private final String destinationType;
    private final Event.Kind kind;
    private final List<String> topicParts;

    Feed(String group, int threads, String destinationType, Event.Kind kind, String... topicParts) {
        this.group = group;
        this.threads = threads;
        this.destinationType = destinationType;
        this.kind = kind;
        this.topicParts = List.of(topicParts);
    }

    /** The feed's name in logs and metrics, for example {@code engine-message}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The consumer group's default id. */
    public String defaultGroup() {
        return group;
    }

    /** How many consumers one replica has for it by default, at most. */
    public int defaultThreads() {
        return threads;
    }

    /** The type of a destination whose record names none, unless {@link #destinationType(String)} knows its topic better. */
    public String destinationType() {
        return destinationType;
    }

    /** The type of a destination whose record on this topic names none. */
    public String destinationType(String topic) {
        return this == GENERIC_MESSAGE && topic.contains("receive.taskmanager")
                ? TASK_MESSAGE.destinationType
                : destinationType;
    }

    /** What a record of this feed does. */
    public Event.Kind kind() {
        return kind;
    }

    /** Whether its topics are told by a pattern and not by a name. */
    public boolean isPattern() {
        return this == GENERIC_MESSAGE;
    }

    /** The topic's name, or the pattern's regular expression, in a naming. */
    public String topic(TopicNaming naming) {
        String[] parts = topicParts.toArray(String[]::new);
        return isPattern() ? naming.pattern(parts) : naming.topic(parts);
    }
}
