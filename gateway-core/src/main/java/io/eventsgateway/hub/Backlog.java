package io.eventsgateway.hub;

/**
 * How far the streams of a hub are behind.
 *
 * @param streams how many have not got all that is there
 * @param events how many events these have not got, together
 */
public record Backlog(int streams, long events) {}
