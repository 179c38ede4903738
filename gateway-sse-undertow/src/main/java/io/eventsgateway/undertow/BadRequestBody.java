package io.eventsgateway.undertow;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.xnio.StreamConnection;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Gives a body to what Undertow answers to bytes that are no HTTP request: it writes a bare 400 by itself, before there is an exchange. Owned by
 * the connection's I/O thread.
 */
final class BadRequestBody extends AbstractStreamSinkConduit<StreamSinkConduit> {

    private static final ByteBuffer BARE =
            ascii("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    private static final String BODY = new Problem(
                    400,
                    "This is no HTTP request that can be read: look at its line, its headers, and that % in its URL is followed by two "
                            + "hexadecimal digits.")
            .body();
    private static final ByteBuffer FULL = ascii("HTTP/1.1 400 Bad Request\r\nContent-Type: " + Problem.CONTENT_TYPE
            + "\r\nContent-Length: " + BODY.length() + "\r\nConnection: close\r\n\r\n" + BODY);

    /** What is not written yet of the answer in place of the bare one. */
    private @Nullable ByteBuffer rest;

    private BadRequestBody(StreamSinkConduit next) {
        super(next);
    }

    /** Looks after what is written to a connection. */
    static void on(StreamConnection connection) {
        ConduitStreamSinkChannel sink = connection.getSinkChannel();
        sink.setConduit(new BadRequestBody(sink.getConduit()));
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        if (rest == null && bytes.remaining() == BARE.remaining() && bytes.equals(BARE)) {
            rest = FULL.duplicate();
        }
        if (rest == null) {
            return next.write(bytes);
        }
        next.write(rest);
        if (rest.hasRemaining()) {
            return 0;
        }
        rest = null;
        int written = bytes.remaining();
        bytes.position(bytes.limit());
        return written;
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)).asReadOnlyBuffer();
    }
}
