package io.eventsgateway.load;

import io.eventsgateway.sse.SseReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** One client's stream, read by the thread that wants its events. */
final class PlainStream implements AutoCloseable, SseReader.Listener {

    private static final int PATIENCE_MILLIS = 30_000;

    private final SseReader events = new SseReader(this);
    private final ResponseDecoder response = new ResponseDecoder(this::one);
    private final byte[] buffer = new byte[64 * 1024];
    private final Socket socket;
    private int length;
    private int at;
    private int wanted;

    /** @param position to go on from; empty for none */
    PlainStream(Server server, String destination, String position) {
        String resume = position.isEmpty() ? "" : "Last-Event-ID: " + position + "\r\n";
        String request = "GET " + server.path(destination) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + resume
                + "Accept: text/event-stream\r\n\r\n";
        try {
            socket = new Socket();
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(server.addresses().get(0));
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            while (response.status() == 0) {
                advance();
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        if (response.status() != 200) {
            throw new IllegalStateException("no event stream: " + response.statusLine());
        }
    }

    /** Reads until so many more events have come. */
    void await(int count) {
        wanted = count;
        try {
            while (wanted > 0) {
                advance();
            }
        } catch (SocketTimeoutException none) {
            throw new IllegalStateException(wanted + " of " + count + " events did not come", none);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The position after what was read. */
    String lastEventId() {
        return events.lastEventId();
    }

    /** Takes one byte, so that nothing is read past the event that was wanted. */
    private void advance() throws IOException {
        if (at == length) {
            length = socket.getInputStream().read(buffer);
            at = 0;
            if (length < 0) {
                throw new IOException("the stream has ended");
            }
        }
        response.feed(buffer, at, ++at);
    }

    private void one(byte[] bytes, int from, int to) {
        events.feed(bytes, from, to);
    }

    @Override
    public void frame(SseReader frame) {
        wanted -= frame.hasData() ? 1 : 0;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }
}
