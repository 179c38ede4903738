package io.eventsgateway.undertow;

/**
 * What happens to requests and sockets, for metrics. Called from any thread, on the event's path: an implementation must be quick, must
 * not block and must not throw.
 */
public interface StreamListener {

    /** Listens to nothing. */
    StreamListener NONE = new StreamListener() {};

    /** A request for an event stream got none. */
    default void refused(Refusal reason) {}

    /** A socket, or the buffer of a connection with TLS, took so many bytes of a stream. */
    default void written(int bytes) {}
}
