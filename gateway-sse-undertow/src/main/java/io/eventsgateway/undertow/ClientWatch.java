package io.eventsgateway.undertow;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;

/**
 * Notices that a stream's client goes: it closes the connection; else only a write would show it, and an event would have gone nowhere.
 * Owned by the connection's I/O thread.
 *
 * <p>{@code BODY} –its end→ {@code WATCHING} –{@link #stop}→ {@code STOPPED}; a request without a body begins with the second.
 */
final class ClientWatch {

    private static final long MAX_BODY = 1024 * 1024;

    private final HttpServerExchange exchange;
    private final Runnable whenGone;
    private State state = State.STOPPED;
    private long bodyBytes;

    enum State {
        /** The request's body comes, and means nothing (RFC 9110, section 9.3.1). */
        BODY,
        /** Whatever comes, or nothing more, is the client's going. */
        WATCHING,
        STOPPED
    }

    /** A watch that {@link #start} begins. */
    ClientWatch(HttpServerExchange exchange, Runnable whenGone) {
        this.exchange = exchange;
        this.whenGone = whenGone;
    }

    void start() {
        if (exchange.isRequestComplete()) {
            watch();
            return;
        }
        state = State.BODY;
        exchange.setPersistent(false);
        StreamSourceChannel body = exchange.getRequestChannel();
        body.getReadSetter().set(this::discard);
        body.resumeReads();
    }

    private void discard(StreamSourceChannel body) {
        ByteBuffer discarded = ByteBuffer.allocate(1024);
        try {
            for (int n = body.read(discarded); n != 0; n = body.read(discarded.clear())) {
                if (n < 0) {
                    body.suspendReads();
                    watch();
                    return;
                }
                bodyBytes += n;
                if (bodyBytes > MAX_BODY) {
                    whenGone.run();
                    return;
                }
            }
        } catch (IOException broken) {
            whenGone.run();
        }
    }

    private void watch() {
        state = State.WATCHING;
        if (exchange.getConnection() instanceof HttpServerConnection connection) {
            ConduitStreamSourceChannel source = connection.getChannel().getSourceChannel();
            source.setReadListener(this::readable);
            source.resumeReads();
        }
    }

    /** A request behind this one would never be answered: the client is not one of ours. */
    private void readable(ConduitStreamSourceChannel source) {
        try {
            if (source.read(ByteBuffer.allocate(1)) != 0) {
                whenGone.run();
            }
        } catch (IOException broken) {
            whenGone.run();
        }
    }

    /** The connection's next request is Undertow's again. */
    void stop() {
        if (state == State.WATCHING && exchange.getConnection() instanceof HttpServerConnection connection) {
            ConduitStreamSourceChannel source = connection.getChannel().getSourceChannel();
            source.suspendReads();
            source.setReadListener(null);
        }
        state = State.STOPPED;
    }
}
