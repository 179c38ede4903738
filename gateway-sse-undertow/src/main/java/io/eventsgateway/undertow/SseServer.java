package io.eventsgateway.undertow;

import io.undertow.UndertowOptions;
import io.undertow.protocols.http2.Http2Channel;
import io.undertow.protocols.ssl.UndertowXnioSsl;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.server.protocol.http.AlpnOpenListener;
import io.undertow.server.protocol.http.HttpOpenListener;
import io.undertow.server.protocol.http2.Http2OpenListener;
import io.undertow.server.protocol.http2.Http2UpgradeHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;
import org.xnio.ssl.SslConnection;

/**
 * An Undertow for those who have none of their own, which bounds its connections and closes those on which nothing goes on. Its listeners
 * are made here and not by Undertow's builder, since that hands out no connection before its first request.
 */
public final class SseServer implements AutoCloseable {

    /** For how many milliseconds Undertow lets a stream of HTTP/2 wait for room in its window. */
    static final String WINDOW_MILLIS_PROPERTY = "io.undertow.await_writable_timeout";

    static {
        // else HTTP/2 takes headers of 20,000 bytes at most, whatever a server's options say
        setDefault(Http2Channel.HTTP2_MAX_HEADER_SIZE_PROPERTY, "0");
        // else Undertow ends a slow stream after ten minutes, whatever StallLimit says
        setDefault(WINDOW_MILLIS_PROPERTY, Long.toString(TimeUnit.DAYS.toMillis(2)));
    }

    private static void setDefault(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /** A browser's 101st stream would wait without a word where 100 are announced, which many servers do. */
    private static final int MAX_STREAMS_PER_CONNECTION = 1000;

    private static final int STOP_SECONDS = 10;
    private static final long MB = 1024 * 1024;

    private final ServerOptions options;
    private final Connections connections;
    private final HttpHandler root;
    private @Nullable XnioWorker worker;
    private @Nullable DefaultByteBufferPool buffers;
    private @Nullable AcceptingChannel<? extends StreamConnection> listener;

    /**
     * A server that listens from {@link #start} on, in the clear.
     *
     * @param port 0 for any that is free
     * @param root answers all requests
     */
    public SseServer(String host, int port, HttpHandler root) {
        this(ServerOptions.of(host, port), root);
    }

    /**
     * A server that listens from {@link #start} on.
     *
     * @param root answers all requests; what it throws is logged briefly and answered with 500
     */
    public SseServer(ServerOptions options, HttpHandler root) {
        this(options, root, Connections.Patience.STANDARD);
    }

    SseServer(ServerOptions options, HttpHandler root, Connections.Patience patience) {
        this.options = options;
        this.connections = new Connections(options, patience);
        HttpHandler limited = new HeaderLimit(options.maxHeaderBytes(), options.cors(), root);
        this.root = connections.around(new Faults(InstantSource.system()).around(new ConnectionClose(limited)));
    }

    /**
     * Listens.
     *
     * @throws UncheckedIOException if the port is taken, or the address is none of this machine
     */
    public void start() {
        int cores = Math.max(2, Runtime.getRuntime().availableProcessors());
        Xnio xnio = Xnio.getInstance(SseServer.class.getClassLoader());
        try {
            XnioWorker made = xnio.createWorker(workerOptions(cores));
            worker = made;
            DefaultByteBufferPool pool = pool();
            buffers = pool;
            InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(options.host()), options.port());
            AcceptingChannel<? extends StreamConnection> listening = options.tls() == null
                    ? made.createStreamConnectionServer(address, accept(clear(pool)), socketOptions(cores))
                    : secure(xnio, made, address, pool, options.tls(), socketOptions(cores));
            listener = listening;
            connections.start();
            listening.resumeAccepts();
            made.getIoThread().executeAtInterval(() -> made.execute(connections::look), 1, TimeUnit.SECONDS);
        } catch (IOException unavailable) {
            close();
            throw new UncheckedIOException(unavailable);
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // XNIO's server of TLS takes listeners of its own type only
    private AcceptingChannel<SslConnection> secure(
            Xnio xnio,
            XnioWorker made,
            InetSocketAddress address,
            DefaultByteBufferPool pool,
            SSLContext tls,
            OptionMap socket)
            throws IOException {
        HttpOpenListener http = new HttpOpenListener(pool, serverOptions());
        http.setRootHandler(root);
        Http2OpenListener http2 = new Http2OpenListener(pool, serverOptions());
        http2.setRootHandler(root);
        AlpnOpenListener alpn = new AlpnOpenListener(pool, serverOptions(), http);
        alpn.addProtocol(Http2OpenListener.HTTP2, http2, 10);
        OptionMap direct = OptionMap.create(Options.USE_DIRECT_BUFFERS, true);
        return new UndertowXnioSsl(xnio, direct, tls)
                .createSslConnectionServer(made, address, (ChannelListener) accept(alpn), socket);
    }

    private HttpOpenListener clear(DefaultByteBufferPool pool) {
        HttpOpenListener http = new HttpOpenListener(pool, serverOptions());
        http.setRootHandler(new Http2UpgradeHandler(root));
        return http;
    }

    private ChannelListener<AcceptingChannel<StreamConnection>> accept(ChannelListener<StreamConnection> protocol) {
        return ChannelListeners.openListenerAdapter(connection -> {
            if (connections.enter(connection)) {
                BadRequestBody.on(connection);
                protocol.handleEvent(connection);
            } else {
                IoUtils.safeClose(connection);
            }
        });
    }

    private static OptionMap workerOptions(int cores) {
        return OptionMap.builder()
                .set(Options.WORKER_IO_THREADS, cores)
                .set(Options.WORKER_TASK_CORE_THREADS, 8 * cores)
                .set(Options.WORKER_TASK_MAX_THREADS, 8 * cores)
                .set(Options.TCP_NODELAY, true)
                .set(Options.CORK, true)
                .getMap();
    }

    private OptionMap socketOptions(int cores) {
        return OptionMap.builder()
                .set(Options.WORKER_IO_THREADS, cores)
                .set(Options.TCP_NODELAY, true)
                .set(Options.REUSE_ADDRESSES, true)
                .set(Options.BALANCING_TOKENS, 1)
                .set(Options.BALANCING_CONNECTIONS, 2)
                // the bounds are kept by Connections, which closes what is too much; XNIO would let it wait
                .set(Options.CONNECTION_HIGH_WATER, Integer.MAX_VALUE)
                .set(Options.CONNECTION_LOW_WATER, Integer.MAX_VALUE)
                .set(Options.BACKLOG, 10_000)
                .set(Options.SEND_BUFFER, options.sendBuffer())
                .set(Options.KEEP_ALIVE, true)
                .getMap();
    }

    private OptionMap serverOptions() {
        return OptionMap.builder()
                .set(UndertowOptions.BUFFER_PIPELINED_DATA, true)
                .set(UndertowOptions.ENABLE_HTTP2, true)
                .set(UndertowOptions.HTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, MAX_STREAMS_PER_CONNECTION)
                .set(UndertowOptions.MAX_HEADER_SIZE, options.maxHeaderBytes() + HeaderLimit.MARGIN)
                .set(UndertowOptions.MAX_HEADERS, 10 * HeaderLimit.MAX_HEADERS)
                // bounded by the size of the headers; beyond these Undertow answers without a body
                .set(UndertowOptions.MAX_PARAMETERS, options.maxHeaderBytes())
                .set(UndertowOptions.MAX_COOKIES, options.maxHeaderBytes())
                // RequestUrl reads URLs, and says what is wrong with one
                .set(UndertowOptions.DECODE_URL, false)
                .set(UndertowOptions.ALLOW_UNESCAPED_CHARACTERS_IN_URL, true)
                .getMap();
    }

    /** As Undertow's builder has it: buffers that fit into one TLS record, smaller ones where memory is short. */
    private static DefaultByteBufferPool pool() {
        long heap = Runtime.getRuntime().maxMemory();
        int size = heap < 64 * MB ? 512 : heap < 128 * MB ? 1024 : 16 * 1024 - 20;
        return new DefaultByteBufferPool(heap >= 64 * MB, size, -1, 4);
    }

    /** The port that it listens on. */
    public int port() {
        AcceptingChannel<? extends StreamConnection> listening = listener;
        if (listening == null || !(listening.getLocalAddress() instanceof InetSocketAddress address)) {
            throw new IllegalStateException("not started");
        }
        return address.getPort();
    }

    /** How many connections are open, within the last second. */
    public int connections() {
        return connections.count();
    }

    /** Stops listening and closes what is open. Idempotent. */
    @Override
    public void close() {
        IoUtils.safeClose(listener);
        connections.close();
        XnioWorker running = worker;
        if (running != null && !running.isShutdown()) {
            running.shutdown();
            try {
                if (!running.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                    running.shutdownNow();
                }
            } catch (InterruptedException interrupted) {
                running.shutdownNow();
                Thread.currentThread().interrupt();
            }
        }
        if (buffers != null) {
            buffers.close();
        }
    }
}
