package io.eventsgateway.app;

import io.eventsgateway.FreePort;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A port before the gateway's, whose connections fail in every way that a network knows. Requests for {@code /page} go to another server, so
 * that a browser's page has the origin of its stream. One thread gives the orders.
 */
final class FaultyWire implements AutoCloseable {

    /** At which text of an event a connection breaks. */
    static final String CUT = "cut here, cut here, cut here";

    private final int gateway;
    private final int pages;
    private final int port = FreePort.any();
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final AtomicInteger requests = new AtomicInteger();
    private ServerSocket server;

    FaultyWire(int gateway, int pages) {
        this.gateway = gateway;
        this.pages = pages;
        listen();
    }

    int port() {
        return port;
    }

    /** How many streams were asked for. */
    int requests() {
        return requests.get();
    }

    /** How many streams are silent because of {@link #freeze}. */
    long frozen() {
        return links.stream().filter(link -> link.frozen).count();
    }

    /** Breaks every stream by RST. */
    void reset() {
        links.forEach(Link::reset);
    }

    /** Ends every stream by FIN, inside the answer. */
    void end() {
        links.forEach(Link::end);
    }

    /** Breaks every stream by RST when it comes to {@link #CUT}, behind that text. */
    void cutInside() {
        links.forEach(link -> link.cutInside = true);
    }

    /** Lets nothing through on the streams that there are, whose connections stay open; new ones work. */
    void freeze() {
        links.forEach(link -> link.frozen = true);
    }

    /** Breaks by RST what is silent. */
    void resetFrozen() {
        links.stream().filter(link -> link.frozen).forEach(Link::reset);
    }

    /** Takes no connections. */
    void refuse() {
        try {
            server.close();
        } catch (IOException unclosed) {
            throw new UncheckedIOException(unclosed);
        }
    }

    /** Takes connections again. */
    void listen() {
        try {
            ServerSocket listening = new ServerSocket();
            listening.setReuseAddress(true);
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            server = listening;
            start(() -> accept(listening));
        } catch (IOException taken) {
            throw new UncheckedIOException(taken);
        }
    }

    @Override
    public void close() {
        refuse();
        reset();
    }

    private void accept(ServerSocket listening) {
        try {
            while (true) {
                Socket client = listening.accept();
                start(() -> new Link(client).run());
            }
        } catch (IOException refused) {
            // no more connections
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "faulty-wire");
        thread.setDaemon(true);
        thread.start();
    }

    /** One connection, with a thread for each direction. */
    private final class Link {

        private final Socket client;
        private final Socket target = new Socket();
        private volatile boolean frozen;
        private volatile boolean cutInside;

        Link(Socket client) {
            this.client = client;
        }

        /** Decides by the first bytes where it leads to, and carries what the client says. */
        void run() {
            byte[] buffer = new byte[8192];
            try {
                InputStream in = client.getInputStream();
                int n = in.read(buffer);
                if (n < 0) {
                    client.close();
                    return;
                }
                boolean toPages = text(buffer, n).startsWith("GET /page");
                target.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), toPages ? pages : gateway));
                start(this::carryAnswers);
                OutputStream out = target.getOutputStream();
                for (; n >= 0; n = in.read(buffer)) {
                    if (text(buffer, n).startsWith("GET /api/events/process")) {
                        requests.incrementAndGet();
                        links.add(this);
                    }
                    awaitThaw();
                    out.write(buffer, 0, n);
                }
                end();
            } catch (IOException away) {
                reset();
            }
        }

        private void carryAnswers() {
            byte[] buffer = new byte[65536];
            try {
                InputStream in = target.getInputStream();
                OutputStream out = client.getOutputStream();
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    awaitThaw();
                    int cut = cutInside ? text(buffer, n).indexOf(CUT) : -1;
                    if (cut >= 0) {
                        out.write(buffer, 0, cut + CUT.length());
                        reset();
                        return;
                    }
                    out.write(buffer, 0, n);
                }
                end();
            } catch (IOException broken) {
                reset();
            }
        }

        private void awaitThaw() {
            while (frozen && !client.isClosed()) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }

        private void reset() {
            try {
                client.setSoLinger(true, 0);
                target.setSoLinger(true, 0);
            } catch (IOException closed) {
                // is over already
            }
            end();
        }

        private void end() {
            try (client;
                    target) {
                links.remove(this);
            } catch (IOException unclosed) {
                throw new UncheckedIOException(unclosed);
            }
        }

        private String text(byte[] buffer, int n) {
            return new String(buffer, 0, n, StandardCharsets.ISO_8859_1);
        }
    }
}
