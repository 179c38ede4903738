package io.eventsgateway.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A port before another port, whose connections can be cut, held up and delayed. Used by one thread. */
public final class TcpProxy implements AutoCloseable {

    private final int targetPort;
    private final int port;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Set<Socket> stalled = ConcurrentHashMap.newKeySet();
    private volatile long delay;
    private ServerSocket server;

    /** A port of its own before a port of this machine. */
    public TcpProxy(int targetPort) {
        this.targetPort = targetPort;
        this.server = listen(0);
        this.port = server.getLocalPort();
    }

    /** The port to connect to. */
    public int port() {
        return port;
    }

    /** Breaks all connections and takes no new ones. */
    public void cut() {
        close();
    }

    /** Takes connections again. */
    public void mend() {
        server = listen(port);
    }

    /** Breaks the connections that there are; new ones are taken. */
    public void reset() {
        for (Socket socket : sockets) {
            closeQuietly(socket);
        }
        sockets.clear();
    }

    /** Lets nothing through on the connections that there are, which stay open; new ones work. */
    public void stall() {
        stalled.addAll(sockets);
    }

    /** Lets nothing through on the connection that the target sees from a port. */
    public void stallTo(int localPort) {
        sockets.stream().filter(socket -> socket.getLocalPort() == localPort).forEach(stalled::add);
    }

    /** Delays everything by so many milliseconds. */
    public void delay(long millis) {
        delay = millis;
    }

    /** How many connections there are. */
    public int connections() {
        return sockets.size() / 2;
    }

    @Override
    public void close() {
        try {
            server.close();
            reset();
        } catch (IOException unclosed) {
            throw new UncheckedIOException(unclosed);
        }
    }

    private ServerSocket listen(int at) {
        try {
            ServerSocket listening = new ServerSocket();
            listening.setReuseAddress(true);
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), at));
            start(() -> accept(listening));
            return listening;
        } catch (IOException taken) {
            throw new UncheckedIOException(taken);
        }
    }

    private void accept(ServerSocket listening) {
        try {
            while (true) {
                connect(listening.accept());
            }
        } catch (IOException cut) {
            // no more connections
        }
    }

    private void connect(Socket client) {
        try {
            Socket target = new Socket(InetAddress.getLoopbackAddress(), targetPort);
            sockets.add(client);
            sockets.add(target);
            start(() -> pump(client, target));
            start(() -> pump(target, client));
        } catch (IOException away) {
            // only this one is refused, as the target would: later ones may find it back
            closeQuietly(client);
        }
    }

    private void pump(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8192];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (delay > 0) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(delay));
                }
                while (stalled.contains(from) && !from.isClosed()) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                }
                out.write(buffer, 0, n);
            }
        } catch (IOException cut) {
            // both ends are closed
        } finally {
            stalled.remove(from);
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException unclosed) {
            throw new UncheckedIOException(unclosed);
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "tcp-proxy");
        thread.setDaemon(true);
        thread.start();
    }
}
