package io.eventsgateway.redis;

/** What happens between a log and its Redis, for metrics. Called by the thread that talks to Redis: an implementation must be quick and must not throw. */
public interface RedisListener {

    /** Listens to nothing. */
    RedisListener NONE = new RedisListener() {};

    /** A command was answered, so many nanoseconds after it was sent. */
    default void answered(long nanos) {}
}
