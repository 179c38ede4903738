package io.eventsgateway.app;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** A reverse proxy of HTTP/1.1 with one fault, one connection a request. Any thread may use what it serves. */
final class SmallProxy implements AutoCloseable {

    private final int target;
    private final Fault fault;
    private final ServerSocket server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    /**
     * What is wrong with it.
     *
     * @param request what it makes of a request's head
     * @param answer what it answers itself to a request's head, instead of passing it on; empty for nothing
     * @param buffers whether it keeps an answer until that ends
     * @param idleMillis after how long without a byte of an answer it cuts the connection; 0 for never
     */
    record Fault(UnaryOperator<String> request, UnaryOperator<String> answer, boolean buffers, int idleMillis) {

        static final Fault BUFFERS = new Fault(head -> head, head -> "", true, 0);
        static final Fault CUTS_IDLE = new Fault(head -> head, head -> "", false, 300);

        static Fault changing(UnaryOperator<String> request) {
            return new Fault(request, head -> "", false, 0);
        }

        static Fault answering(UnaryOperator<String> answer) {
            return new Fault(head -> head, answer, false, 0);
        }
    }

    /** Before a port of this machine. */
    SmallProxy(int target, Fault fault) {
        this.target = target;
        this.fault = fault;
        try {
            this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
        run(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    private static void run(Runnable task) {
        Thread thread = new Thread(task, "small-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                sockets.add(client);
                run(() -> serve(client));
            }
        } catch (IOException closed) {
            // no more clients
        }
    }

    private void serve(Socket client) {
        try (client) {
            String head = head(client.getInputStream());
            OutputStream out = client.getOutputStream();
            String own = fault.answer().apply(head);
            if (!own.isEmpty()) {
                out.write(own.getBytes(StandardCharsets.ISO_8859_1));
                return;
            }
            try (Socket gateway = new Socket(InetAddress.getLoopbackAddress(), target)) {
                sockets.add(gateway);
                gateway.setSoTimeout(fault.idleMillis());
                gateway.getOutputStream()
                        .write(fault.request()
                                .apply(head.replaceFirst("\r\n", "\r\nConnection: close\r\n"))
                                .getBytes(StandardCharsets.ISO_8859_1));
                pass(gateway.getInputStream(), out);
            }
        } catch (IOException cut) {
            // both ends are closed
        }
    }

    private void pass(InputStream in, OutputStream out) throws IOException {
        if (fault.buffers()) {
            out.write(in.readAllBytes());
            return;
        }
        byte[] some = new byte[8192];
        for (int count = in.read(some); count >= 0; count = in.read(some)) {
            out.write(some, 0, count);
            out.flush();
        }
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        String text = "";
        while (!text.endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("no request");
            }
            head.write(next);
            text = head.toString(StandardCharsets.ISO_8859_1);
        }
        return text;
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException unclosed) {
            throw new UncheckedIOException(unclosed);
        }
    }
}
