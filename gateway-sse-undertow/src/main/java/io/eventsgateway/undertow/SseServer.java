package io.eventsgateway.undertow;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.xnio.Options;

/** An Undertow for those who have none of their own. */
public final class SseServer implements AutoCloseable {

    private final Undertow undertow;

    /**
     * A server that listens from {@link #start} on.
     *
     * @param port 0 for any that is free
     * @param root answers all requests
     */
    public SseServer(String host, int port, HttpHandler root) {
        this(host, port, root, 32 * 1024, null);
    }

    /**
     * A server that listens from {@link #start} on.
     *
     * @param port 0 for any that is free
     * @param root answers all requests; what it throws is logged briefly and answered with 500
     * @param maxHeaderBytes of a request's line and headers together
     * @param tls how to use TLS; null to listen in the clear
     */
    public SseServer(String host, int port, HttpHandler root, int maxHeaderBytes, @Nullable SSLContext tls) {
        int cores = Math.max(2, Runtime.getRuntime().availableProcessors());
        Undertow.Builder builder = Undertow.builder();
        this.undertow = (tls == null ? builder.addHttpListener(port, host) : builder.addHttpsListener(port, host, tls))
                .setIoThreads(cores)
                .setWorkerThreads(8 * cores)
                .setServerOption(UndertowOptions.ENABLE_HTTP2, true)
                .setServerOption(UndertowOptions.MAX_HEADER_SIZE, maxHeaderBytes)
                .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, 10_000)
                .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, 60_000)
                .setSocketOption(Options.BACKLOG, 10_000)
                .setSocketOption(Options.KEEP_ALIVE, true)
                .setHandler(new Faults(InstantSource.system()).around(root))
                .build();
    }

    /** Listens. */
    public void start() {
        undertow.start();
    }

    /** The port that it listens on. */
    public int port() {
        return ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort();
    }

    /** Stops listening and closes what is open. Idempotent. */
    @Override
    public void close() {
        undertow.stop();
    }
}
