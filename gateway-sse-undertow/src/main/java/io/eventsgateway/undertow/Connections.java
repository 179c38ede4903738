package io.eventsgateway.undertow;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.AttachmentKey;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.conduits.ConduitStreamSinkChannel;

/**
 * The connections of a server: bounds how many there are, and closes those on which nothing goes on: no first request, no request after the
 * last answer, a request whose body does not come. A connection with an open stream is never closed. Those that wait for their socket try it
 * once a second. Asks the clients of connections that are to take no more requests to leave. Any thread may call.
 */
final class Connections {

    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);
    private static final long FILES_INTERVAL = TimeUnit.SECONDS.toNanos(2);
    private static final long LOG_INTERVAL = TimeUnit.MINUTES.toNanos(1);

    /** Of an exchange whose connection is to take no more requests. */
    private static final AttachmentKey<Boolean> LAST = AttachmentKey.create(Boolean.class);

    /**
     * GOAWAY without an error, and with the highest stream that there may be, as none is refused (RFC 9113, section 6.8). Undertow's own ends
     * the connection at once, with the answers to requests that are on their way.
     */
    private static final byte[] GO_AWAY = {0, 0, 8, 7, 0, 0, 0, 0, 0, 0x7f, -1, -1, -1, 0, 0, 0, 0};

    private final ServerOptions options;
    private final Patience patience;
    private final Map<Ends, Open> open = new ConcurrentHashMap<>();

    /** How many each address has; empty where they are not bounded. */
    private final Map<Object, Integer> ofAddress = new ConcurrentHashMap<>();

    private final AtomicInteger refused = new AtomicInteger();
    private volatile long bound;

    // owned by the thread that calls look(), one at a time
    private long nextFiles;
    private long nextLog = System.nanoTime();

    /**
     * How long to wait for a client.
     *
     * @param first from accepting to the first request, a TLS handshake included
     * @param next from the end of an answer to the next request
     * @param body from a request's headers to the end of its body; not of a stream's request
     */
    record Patience(Duration first, Duration next, Duration body) {
        static final Patience STANDARD =
                new Patience(Duration.ofSeconds(20), Duration.ofSeconds(60), Duration.ofSeconds(20));
    }

    /** Both ends of a connection. */
    private record Ends(SocketAddress peer, SocketAddress local) {}

    /** Whether a connection's client is to leave; goes on from one to the next. */
    private enum Leaving {
        NOT,
        /** It is asked to when no request is being answered and all is written. */
        DUE,
        ASKED
    }

    /** One connection; its exchanges begin on its I/O thread. */
    private static final class Open {
        private final StreamConnection connection;
        private final Object address;
        private final AtomicInteger exchanges = new AtomicInteger();
        private volatile boolean used;
        private volatile long idleSince = System.nanoTime();
        private volatile Leaving leaving = Leaving.NOT;

        Open(StreamConnection connection, Object address) {
            this.connection = connection;
            this.address = address;
        }

        boolean isIdleTooLong(long now, Patience patience) {
            Duration most = used ? patience.next() : patience.first();
            return exchanges.get() == 0 && now - idleSince > most.toNanos();
        }
    }

    Connections(ServerOptions options, Patience patience) {
        this.options = options;
        this.patience = patience;
        this.bound = options.maxConnections();
        this.nextFiles = System.nanoTime();
    }

    /** Takes in an accepted connection; false if there are too many, and then it is to be closed. */
    boolean enter(StreamConnection connection) {
        Object address = address(connection.getPeerAddress());
        if (open.size() >= bound || !enterAddress(address)) {
            refused.incrementAndGet();
            return false;
        }
        open.put(new Ends(connection.getPeerAddress(), connection.getLocalAddress()), new Open(connection, address));
        return true;
    }

    private boolean enterAddress(Object address) {
        if (options.maxConnectionsPerAddress() == 0) {
            return true;
        }
        if (ofAddress.merge(address, 1, Integer::sum) > options.maxConnectionsPerAddress()) {
            leaveAddress(address);
            return false;
        }
        return true;
    }

    private void leaveAddress(Object address) {
        ofAddress.computeIfPresent(address, (any, count) -> count == 1 ? null : count - 1);
    }

    /** A handler by which it knows on which connections something goes on. */
    HttpHandler around(HttpHandler handler) {
        return exchange -> {
            ServerConnection connection = exchange.getConnection();
            Open own = open.get(new Ends(connection.getPeerAddress(), connection.getLocalAddress()));
            if (own != null) {
                own.used = true;
                own.exchanges.incrementAndGet();
                exchange.addExchangeCompleteListener((ended, next) -> {
                    own.idleSince = System.nanoTime();
                    if (own.leaving == Leaving.NOT && isLast(ended)) {
                        own.leaving = Leaving.DUE;
                    }
                    if (own.exchanges.decrementAndGet() == 0 && own.leaving == Leaving.DUE) {
                        own.connection.getIoThread().execute(() -> askToLeave(own));
                    }
                    next.proceed();
                });
            }
            if (!exchange.isRequestComplete()) {
                exchange.getIoThread()
                        .executeAfter(
                                () -> expectBody(exchange), patience.body().toMillis(), TimeUnit.MILLISECONDS);
            }
            handler.handleRequest(exchange);
        };
    }

    /**
     * Has the connection of an exchange take no request behind it, so that the client's next one goes elsewhere: one of HTTP/1 ends with the
     * exchange. The client of one of HTTP/2 is asked to leave when no other exchange is going on.
     */
    static void endAfter(HttpServerExchange exchange) {
        exchange.setPersistent(false);
        exchange.putAttachment(LAST, true);
    }

    private static boolean isLast(HttpServerExchange exchange) {
        return exchange.getAttachment(LAST) != null && !(exchange.getConnection() instanceof HttpServerConnection);
    }

    /** By the connection's I/O thread, where exchanges begin: while there is none nobody else writes. */
    private static void askToLeave(Open each) {
        ConduitStreamSinkChannel sink = each.connection.getSinkChannel();
        if (each.leaving != Leaving.DUE || each.exchanges.get() > 0 || sink.isWriteResumed()) {
            return;
        }
        each.leaving = Leaving.ASKED;
        ByteBuffer frame = ByteBuffer.wrap(GO_AWAY);
        try {
            sink.write(frame);
            if (frame.hasRemaining() || !sink.flush()) {
                IoUtils.safeClose(each.connection);
            }
        } catch (IOException broken) {
            IoUtils.safeClose(each.connection);
        }
    }

    private static void expectBody(HttpServerExchange exchange) {
        if (!exchange.isRequestComplete() && exchange.getAttachment(HttpStreamExchange.OPEN) == null) {
            IoUtils.safeClose(exchange.getConnection());
        }
    }

    /** To be called once a second, by one thread at a time. */
    void look() {
        long now = System.nanoTime();
        open.forEach((ends, each) -> {
            if (!each.connection.isOpen()) {
                leave(ends, each);
            } else if (each.isIdleTooLong(now, patience)) {
                // where its requests begin, so that none is cut off
                each.connection.getIoThread().execute(() -> {
                    if (each.isIdleTooLong(now, patience)) {
                        IoUtils.safeClose(each.connection);
                    }
                });
            } else if (each.connection.getSinkChannel().isWriteResumed()) {
                each.connection.getIoThread().execute(() -> tryAgain(each.connection.getSinkChannel()));
            } else if (each.leaving == Leaving.DUE) {
                each.connection.getIoThread().execute(() -> askToLeave(each));
            }
        });
        if (now - nextFiles >= 0) {
            nextFiles = now + FILES_INTERVAL;
            boundByFiles();
        }
        if (now - nextLog >= 0 && refused.get() > 0) {
            nextLog = now + LOG_INTERVAL;
            LOG.warn(
                    "Connections closed because there are too many port={} closed={} open={} most={}",
                    options.port(),
                    refused.getAndSet(0),
                    open.size(),
                    bound);
        }
    }

    /** The kernel calls a socket writable only when a third of its buffer is free, which takes a slow client minutes. */
    private static void tryAgain(ConduitStreamSinkChannel sink) {
        if (sink.isWriteResumed()) {
            // not wakeupWrites: with TLS that asks for writes again later, when there may be nothing left to write
            ChannelListeners.invokeChannelListener(sink, sink.getWriteListener());
        }
    }

    private void leave(Ends ends, Open each) {
        if (open.remove(ends, each) && options.maxConnectionsPerAddress() > 0) {
            leaveAddress(each.address);
        }
    }

    /** To be called once, when all is open that a server needs without clients. */
    void start() {
        boundByFiles();
    }

    /** Leaves files to others where the process may not open as many as there may be connections. */
    private void boundByFiles() {
        long max = OpenFiles.max();
        if (options.spareFiles() > 0 && max < 2L * options.maxConnections()) {
            long others = Math.max(0, OpenFiles.count() - open.size());
            bound = Math.max(1, Math.min(options.maxConnections(), max - others - options.spareFiles()));
        }
    }

    int count() {
        return open.size();
    }

    /** Closes all. */
    void close() {
        open.values().forEach(each -> IoUtils.safeClose(each.connection));
    }

    /** An Internet address without its port. */
    private static Object address(SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getAddress() != null ? inet.getAddress() : address;
    }
}
