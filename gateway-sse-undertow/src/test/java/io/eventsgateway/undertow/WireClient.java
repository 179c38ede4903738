package io.eventsgateway.undertow;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A client of one stream, by every protocol there is, that reads and leaves as it is told. Used by one thread. */
final class WireClient implements AutoCloseable {

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int SMALL = 8 * 1024;

    private final Socket plain = new Socket();
    private final Socket socket;
    private final Protocol protocol;
    private final int window;
    private final DataInputStream in;
    private final DataOutputStream out;
    private int unread;
    private int updated;
    private int lastStream = 1;
    private int ended;
    private boolean over;
    private String goAway = "none";

    enum Protocol {
        HTTP1(false, false),
        HTTP2(false, true),
        HTTPS1(true, false),
        HTTPS2(true, true);

        final boolean tls;
        final boolean http2;

        Protocol(boolean tls, boolean http2) {
            this.tls = tls;
            this.http2 = http2;
        }
    }

    /** How a client leaves. */
    enum Leaving {
        FIN,
        RST,
        /** TLS says so before. */
        CLOSE_NOTIFY,
        /** It sends no more, and would still read. */
        HALF_CLOSE,
        /** Only the stream, of several on one connection. */
        STREAM
    }

    /**
     * Connects and asks for a path.
     *
     * @param window how much a stream over HTTP/2 may send ahead; half of it is to be read before more may come
     */
    WireClient(int port, Protocol protocol, String path, int window) throws Exception {
        this.protocol = protocol;
        this.window = window;
        plain.setReceiveBufferSize(SMALL);
        plain.setTcpNoDelay(true);
        plain.setSoTimeout(60_000);
        plain.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket = protocol.tls ? handshake() : plain;
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(socket.getOutputStream());
        if (protocol.http2) {
            out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            frame(SETTINGS, 0, 0, new byte[] {
                0, 4, (byte) (window >> 24), (byte) (window >> 16), (byte) (window >> 8), (byte) window
            });
            // the connection's own window is none that a test is about
            frame(WINDOW_UPDATE, 0, 0, new byte[] {0x3f, 0, 0, 0});
            askByHttp2(path);
        } else {
            out.write(("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        }
    }

    private Socket handshake() throws Exception {
        SSLContext context = TestTls.context();
        SSLSocket secure = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", 1, true);
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {protocol.http2 ? "h2" : "http/1.1"});
        secure.setSSLParameters(parameters);
        secure.startHandshake();
        return secure;
    }

    /** Literal fields without indexing, whose names are of the static table (RFC 7541, appendix A). */
    private void askByHttp2(String path) throws IOException {
        ByteArrayOutputStream fields = new ByteArrayOutputStream();
        fields.write(0x82);
        fields.write(protocol.tls ? 0x87 : 0x86);
        fields.write(0x04);
        fields.write(path.length());
        fields.writeBytes(path.getBytes(StandardCharsets.US_ASCII));
        fields.write(0x01);
        fields.write(1);
        fields.write('a');
        frame(HEADERS, 0x5, lastStream, fields.toByteArray());
    }

    /** Asks for a path on another stream of the connection (HTTP/2), which is read as one with those before. */
    void askToo(String path) throws IOException {
        over = false;
        lastStream += 2;
        askByHttp2(path);
    }

    private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        out.writeByte(0);
        out.writeShort(payload.length);
        out.writeByte(type);
        out.writeByte(flags);
        out.writeInt(stream);
        out.write(payload);
        out.flush();
    }

    /** Reads some bytes of the stream, at most so many, for which it waits; -1 where it has ended. */
    int read(byte[] some, int most) throws IOException {
        if (!protocol.http2) {
            return in.read(some, 0, most);
        }
        int count = readWithinWindow(some, most);
        if (updated >= window / 2) {
            frame(WINDOW_UPDATE, 0, 1, new byte[] {
                (byte) (updated >> 24), (byte) (updated >> 16), (byte) (updated >> 8), (byte) updated
            });
            updated = 0;
        }
        return count;
    }

    private int readWithinWindow(byte[] some, int most) throws IOException {
        while (unread == 0) {
            if (over || !nextFrame()) {
                return -1;
            }
        }
        int count = in.read(some, 0, Math.min(most, unread));
        unread -= count;
        updated += count;
        return count;
    }

    /** Reads, over HTTP/2, until the stream may send no more. */
    void fillWindow() throws IOException {
        byte[] some = new byte[1024];
        while (updated < window) {
            if (readWithinWindow(some, some.length) < 0) {
                throw new AssertionError("ended");
            }
        }
    }

    /** Whether the stream goes on behind the next frame. */
    private boolean nextFrame() throws IOException {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        in.readInt();
        if ((type == DATA || type == HEADERS) && (flags & 1) != 0) {
            ended++;
        }
        if (type == DATA) {
            unread = length;
            over = (flags & 1) != 0;
            return length > 0 || !over;
        }
        if (type == GOAWAY) {
            goAway = "last stream " + in.readInt() + ", error " + in.readInt() + ", streams ended " + ended;
            length -= 8;
        }
        in.skipNBytes(length);
        if (type == SETTINGS && (flags & 1) == 0) {
            frame(SETTINGS, 1, 0, new byte[0]);
        }
        return type != RST_STREAM;
    }

    /** Reads until a text has come. */
    void awaitText(String text) throws IOException {
        StringBuilder read = new StringBuilder();
        byte[] some = new byte[1024];
        while (read.indexOf(text) < 0) {
            int count = read(some, some.length);
            if (count < 0) {
                throw new AssertionError("ended without " + text + ": " + read);
            }
            read.append(new String(some, 0, count, StandardCharsets.ISO_8859_1));
        }
    }

    /** Reads until so many streams have ended (HTTP/2). */
    void awaitEnds(int streams) throws IOException {
        while (ended < streams) {
            skipFrame();
        }
    }

    /** What a GOAWAY has said, for which it reads (HTTP/2). */
    String awaitGoAway() throws IOException {
        while (goAway.equals("none")) {
            skipFrame();
        }
        return goAway;
    }

    private void skipFrame() throws IOException {
        in.skipNBytes(unread);
        unread = 0;
        nextFrame();
    }

    /** All that comes until the stream has ended; over HTTP/1 the connection too. */
    String readToEnd() throws IOException {
        StringBuilder read = new StringBuilder();
        byte[] some = new byte[1024];
        for (int count = read(some, some.length); count >= 0; count = read(some, some.length)) {
            read.append(new String(some, 0, count, StandardCharsets.ISO_8859_1));
        }
        return read.toString();
    }

    void leave(Leaving way) throws IOException {
        switch (way) {
            case FIN -> plain.close();
            case RST -> {
                plain.setSoLinger(true, 0);
                plain.close();
            }
            case CLOSE_NOTIFY -> socket.close();
            case HALF_CLOSE -> plain.shutdownOutput();
            case STREAM -> {
                frame(RST_STREAM, 0, 1, new byte[] {0, 0, 0, 8});
                readTheRest();
            }
        }
    }

    /** As a client does that has other streams on the connection. */
    private void readTheRest() {
        Thread thread = new Thread(
                () -> {
                    try {
                        in.transferTo(OutputStream.nullOutputStream());
                    } catch (IOException closed) {
                        // as it was asked to
                    }
                },
                "rest");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        plain.close();
    }
}
