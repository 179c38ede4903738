package io.eventsgateway.load;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Takes an HTTP/1.1 response apart as it arrives, in pieces of any size: its status, then its body, which is chunked (RFC 9112, section 7.1)
 * or goes on until the connection ends. Used by one thread.
 */
final class ResponseDecoder {

    private final Body body;
    private ByteArrayOutputStream head = new ByteArrayOutputStream(256);
    private Part part = Part.HEAD;
    private int status;
    private String statusLine = "";
    private int left;

    private enum Part {
        HEAD,
        SIZE,
        EXTENSION,
        DATA,
        DATA_END,
        UNTIL_CLOSED,
        END
    }

    /** Gets the body. */
    interface Body {
        void piece(byte[] bytes, int from, int to);
    }

    ResponseDecoder(Body body) {
        this.body = body;
    }

    /** The status, 0 until all headers have arrived. */
    int status() {
        return status;
    }

    /** The status and what the server says to it. */
    String statusLine() {
        return statusLine;
    }

    /** Whether the body has come to its end. */
    boolean ended() {
        return part == Part.END;
    }

    /** Takes the next piece. */
    void feed(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && part != Part.END) {
            if (part == Part.UNTIL_CLOSED) {
                body.piece(bytes, at, to);
                return;
            }
            if (part == Part.DATA) {
                int end = Math.min(to, at + left);
                body.piece(bytes, at, end);
                left -= end - at;
                at = end;
                part = left == 0 ? Part.DATA_END : Part.DATA;
                continue;
            }
            take(bytes[at++]);
        }
    }

    private void take(byte each) {
        switch (part) {
            case HEAD -> takeHead(each);
            case SIZE -> takeSize(each);
            case EXTENSION -> endSize(each);
            case DATA_END -> part = each == '\n' ? Part.SIZE : Part.DATA_END;
            default -> throw new IllegalStateException("no single bytes in " + part);
        }
    }

    private void takeHead(byte each) {
        head.write(each);
        if (each != '\n') {
            return;
        }
        String text = head.toString(StandardCharsets.ISO_8859_1);
        if (!text.endsWith("\r\n\r\n")) {
            return;
        }
        head = new ByteArrayOutputStream(0);
        statusLine = text.substring(0, text.indexOf('\r'));
        status = Integer.parseInt(statusLine.split(" ", 3)[1]);
        boolean chunked = text.toLowerCase(Locale.ROOT).contains("\r\ntransfer-encoding: chunked\r\n");
        part = chunked ? Part.SIZE : Part.UNTIL_CLOSED;
    }

    private void takeSize(byte each) {
        int digit = Character.digit(each, 16);
        if (digit >= 0) {
            left = 16 * left + digit;
        } else {
            part = Part.EXTENSION;
            endSize(each);
        }
    }

    private void endSize(byte each) {
        if (each == '\n') {
            part = left == 0 ? Part.END : Part.DATA;
        }
    }
}
