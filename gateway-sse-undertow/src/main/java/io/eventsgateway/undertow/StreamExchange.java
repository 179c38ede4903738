package io.eventsgateway.undertow;

import java.net.SocketAddress;
import org.xnio.channels.StreamSinkChannel;

/**
 * What a stream needs of the HTTP exchange whose answer it is. All but {@link #after} and {@link #peer} is called by the connection's I/O thread, and {@link
 * #begin} before everything else but the whole answers {@link #endEmpty}, {@link #endHead} and {@link #comeBack}, of which it is given one at most.
 */
interface StreamExchange {

    /** Whether the headers are all that is asked for. */
    boolean isHead();

    /** Whether the connection has other streams, each of which the client lets flow as it likes (HTTP/2). */
    boolean isMultiplexed();

    /** The other end of the connection, by which the streams of one connection are known. Any thread may call. */
    SocketAddress peer();

    /**
     * Begins the answer, and to watch the client, and the ticks of the stream. An idle stream lasts for hours, so that the exchange keeps
     * nothing of its request.
     *
     * @param whenLeft runs when the client has left
     * @param whenOver runs when the exchange is over, for whatever reason
     * @return what the stream is written to
     */
    StreamSinkChannel begin(EventStream stream, Runnable whenLeft, Runnable whenOver);

    /** The socket has taken the answer's headers, which are not kept. */
    void headersSent();

    /** The socket has taken some bytes of the stream. */
    void wrote(int bytes);

    /** Runs a task on the I/O thread after a delay. Any thread may call. */
    void after(long millis, Runnable task);

    /** The connection takes no request behind the exchange, so that the client's next one goes elsewhere. */
    void endConnection();

    /** The connection's next request is not the stream's any more. */
    void stopWatching();

    /** No tick comes any more. */
    void stopTicks(EventStream stream);

    /** Ends the exchange behind an answer that was written to its end. */
    void end();

    /** Ends the exchange with the headers of a stream. */
    void endHead();

    /** Ends the exchange with a status at which no client comes back. */
    void endEmpty();

    /** Ends the exchange with nothing but a time to come back. */
    void comeBack(long afterMillis, String reason);

    /** Closes the connection. */
    void abort();
}
