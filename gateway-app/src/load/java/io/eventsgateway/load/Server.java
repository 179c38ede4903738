package io.eventsgateway.load;

import java.net.InetSocketAddress;
import java.util.List;

/** What is measured: something that serves event streams, and the way events get into it. Used by one thread. */
interface Server extends AutoCloseable {

    /** Where its replicas are. */
    List<InetSocketAddress> addresses();

    /** The path of a destination's stream. */
    String path(String destination);

    /**
     * Sends events to destinations by turns, numbered in each, and returns when all are sent.
     *
     * @param prefix what the destinations' names begin with; their number follows
     */
    Schedule.Kept send(int run, Schedule schedule, int size, String prefix, int destinations);

    /** Its processes. */
    ProcessTree processes();

    @Override
    void close();
}
