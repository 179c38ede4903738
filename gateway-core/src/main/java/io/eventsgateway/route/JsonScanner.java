package io.eventsgateway.route;

import java.util.Arrays;

/** Goes over bytes once and knows the grammar of JSON (RFC 8259); without recursion, so that depth costs no stack. */
final class JsonScanner {

    private static final int MAX_DEPTH = 1000;

    private final byte[] bytes;
    private final int end;
    int at;

    JsonScanner(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    /** Whether a container that was just opened has anything in it; else it is closed. */
    boolean begin(char close) {
        space();
        return !taken(close);
    }

    /** Whether a container goes on after a value; else it is closed. */
    boolean next(char close) throws MalformedRecordException {
        space();
        if (taken(close)) {
            return false;
        }
        expect(',');
        space();
        return true;
    }

    void colon() throws MalformedRecordException {
        space();
        expect(':');
        space();
    }

    void value() throws MalformedRecordException {
        byte[] closers = new byte[16];
        int depth = 0;
        do {
            boolean opened = false;
            byte b = peek();
            if (b == '{' || b == '[') {
                at++;
                if (depth == MAX_DEPTH) {
                    throw new MalformedRecordException("not JSON: nested deeper than " + MAX_DEPTH);
                }
                if (depth == closers.length) {
                    closers = Arrays.copyOf(closers, MAX_DEPTH);
                }
                closers[depth++] = (byte) (b == '{' ? '}' : ']');
                opened = begin((char) closers[depth - 1]);
                if (!opened) {
                    depth--;
                }
            } else {
                scalar(b);
            }
            while (depth > 0 && !opened) {
                opened = next((char) closers[depth - 1]);
                if (!opened) {
                    depth--;
                }
            }
            if (opened && closers[depth - 1] == '}') {
                string();
                colon();
            }
        } while (depth > 0);
    }

    private void scalar(byte first) throws MalformedRecordException {
        switch (first) {
            case '"' -> string();
            case 't' -> word("true");
            case 'f' -> word("false");
            case 'n' -> word("null");
            default -> number();
        }
    }

    private void word(String word) throws MalformedRecordException {
        for (int i = 0; i < word.length(); i++) {
            expect(word.charAt(i));
        }
    }

    private void number() throws MalformedRecordException {
        taken('-');
        if (!taken('0')) {
            digits();
        }
        if (taken('.')) {
            digits();
        }
        if (taken('e') || taken('E')) {
            if (!taken('+')) {
                taken('-');
            }
            digits();
        }
    }

    private void digits() throws MalformedRecordException {
        int first = at;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
            at++;
        }
        if (at == first) {
            throw unexpected();
        }
    }

    void string() throws MalformedRecordException {
        expect('"');
        while (true) {
            byte b = peek();
            if (b == '"') {
                at++;
                return;
            } else if (b == '\\') {
                at++;
                escape();
            } else if (b >= 0x20) {
                at++;
            } else if (b < 0) {
                multibyte();
            } else {
                throw unexpected();
            }
        }
    }

    private void escape() throws MalformedRecordException {
        byte b = peek();
        if (b == 'u') {
            at++;
            for (int i = 0; i < 4; i++) {
                if (Character.digit(peek(), 16) < 0) {
                    throw unexpected();
                }
                at++;
            }
        } else if ("\"\\/bfnrt".indexOf(b) >= 0) {
            at++;
        } else {
            throw unexpected();
        }
    }

    /** One character of two to four bytes (RFC 3629): no overlong form, no surrogate, nothing above U+10FFFF. */
    private void multibyte() throws MalformedRecordException {
        int b = bytes[at] & 0xFF;
        int length = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2;
        if (b < 0xC2 || b > 0xF4 || end - at < length) {
            throw notUtf8();
        }
        int second = bytes[at + 1] & 0xFF;
        int low = b == 0xE0 ? 0xA0 : b == 0xF0 ? 0x90 : 0x80;
        int high = b == 0xED ? 0x9F : b == 0xF4 ? 0x8F : 0xBF;
        if (second < low || second > high) {
            throw notUtf8();
        }
        for (int i = 2; i < length; i++) {
            if ((bytes[at + i] & 0xC0) != 0x80) {
                throw notUtf8();
            }
        }
        at += length;
    }

    void byteOrderMark() {
        if (end >= 3 && bytes[0] == (byte) 0xEF && bytes[1] == (byte) 0xBB && bytes[2] == (byte) 0xBF) {
            at = 3;
        }
    }

    void space() {
        while (at < end && (bytes[at] == ' ' || bytes[at] == '\n' || bytes[at] == '\r' || bytes[at] == '\t')) {
            at++;
        }
    }

    private byte peek() throws MalformedRecordException {
        if (at >= end) {
            throw new MalformedRecordException("not JSON: ends too early");
        }
        return bytes[at];
    }

    private boolean taken(char c) {
        if (at < end && bytes[at] == c) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char c) throws MalformedRecordException {
        if (peek() != c) {
            throw unexpected();
        }
        at++;
    }

    MalformedRecordException unexpected() {
        return new MalformedRecordException("not JSON: unexpected byte at " + at);
    }

    private MalformedRecordException notUtf8() {
        return new MalformedRecordException("not JSON: not UTF-8 at byte " + at);
    }
}
