package io.eventsgateway.redis;

/**
 * How the log is doing.
 *
 * @param connected whether commands reach the server
 * @param problem the last reason why not, empty where there was none
 * @param followed how many destinations are followed
 * @param unconfirmed how many of them Redis is not confirmed to push
 */
public record RedisState(boolean connected, String problem, int followed, long unconfirmed) {}
