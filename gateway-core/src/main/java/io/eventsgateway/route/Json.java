package io.eventsgateway.route;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value (RFC 8259) as a slice of the bytes it was read from, so that a part of it can be relayed byte for byte. Only what a
 * reader asks for is taken apart.
 */
final class Json {

    private static final int MAX_DEPTH = 1000;

    private final byte[] bytes;
    private final int from;
    private final int to;

    private Json(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.from = from;
        this.to = to;
    }

    /**
     * Checks that the bytes are one JSON value in UTF-8, with nothing but white space around it; a byte order mark before it is left
     * out (RFC 8259, section 8.1).
     */
    static Json parse(byte[] bytes) throws MalformedRecordException {
        Scanner scanner = new Scanner(bytes, 0, bytes.length);
        scanner.byteOrderMark();
        scanner.space();
        int from = scanner.at;
        scanner.value();
        int to = scanner.at;
        scanner.space();
        if (scanner.at != bytes.length) {
            throw scanner.unexpected();
        }
        return new Json(bytes, from, to);
    }

    /** The bytes of an object with one member, which is left out when there is no value. */
    static byte[] object(String name, @Nullable Json value) {
        byte[] text = value == null ? new byte[0] : Arrays.copyOfRange(value.bytes, value.from, value.to);
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length + name.length() + 5);
        out.write('{');
        if (value != null) {
            out.writeBytes(('"' + name + "\":").getBytes(StandardCharsets.UTF_8));
            out.writeBytes(text);
        }
        out.write('}');
        return out.toByteArray();
    }

    boolean isObject() {
        return bytes[from] == '{';
    }

    boolean isArray() {
        return bytes[from] == '[';
    }

    boolean isString() {
        return bytes[from] == '"';
    }

    boolean isNull() {
        return bytes[from] == 'n';
    }

    /** The number of its bytes. */
    int size() {
        return to - from;
    }

    int from() {
        return from;
    }

    int to() {
        return to;
    }

    /** The members of an object that have a wanted name; of two with one name, the last. */
    Map<String, Json> members(Predicate<String> wanted) throws MalformedRecordException {
        Map<String, Json> members = new LinkedHashMap<>();
        Scanner scanner = new Scanner(bytes, from + 1, to);
        for (boolean more = scanner.begin('}'); more; more = scanner.next('}')) {
            int name = scanner.at;
            scanner.string();
            String text = new Json(bytes, name, scanner.at).string();
            scanner.colon();
            Json value = scanner.slice();
            if (wanted.test(text)) {
                members.put(text, value);
            }
        }
        return members;
    }

    /** The elements of an array, the first so many. */
    List<Json> elements(int max) throws MalformedRecordException {
        List<Json> elements = new ArrayList<>();
        Scanner scanner = new Scanner(bytes, from + 1, to);
        for (boolean more = scanner.begin(']'); more && elements.size() < max; more = scanner.next(']')) {
            elements.add(scanner.slice());
        }
        return elements;
    }

    /** The text of a string. */
    String string() {
        int end = to - 1;
        for (int i = from + 1; i < end; i++) {
            if (bytes[i] == '\\') {
                return unescape(i, end);
            }
        }
        return new String(bytes, from + 1, end - from - 1, StandardCharsets.UTF_8);
    }

    private String unescape(int first, int end) {
        StringBuilder text = new StringBuilder(end - from);
        int plain = from + 1;
        for (int i = first; i < end; i++) {
            if (bytes[i] == '\\') {
                text.append(new String(bytes, plain, i - plain, StandardCharsets.UTF_8));
                i++;
                switch (bytes[i]) {
                    case 'b' -> text.append('\b');
                    case 'f' -> text.append('\f');
                    case 'n' -> text.append('\n');
                    case 'r' -> text.append('\r');
                    case 't' -> text.append('\t');
                    case 'u' -> {
                        text.append(
                                (char) Integer.parseInt(new String(bytes, i + 1, 4, StandardCharsets.US_ASCII), 16));
                        i += 4;
                    }
                    default -> text.append((char) bytes[i]);
                }
                plain = i + 1;
            }
        }
        return text.append(new String(bytes, plain, end - plain, StandardCharsets.UTF_8))
                .toString();
    }

    /** Goes over the bytes once and knows the grammar; without recursion, so that depth costs no stack. */
    private static final class Scanner {

        private final byte[] bytes;
        private final int end;
        int at;

        Scanner(byte[] bytes, int from, int end) {
            this.bytes = bytes;
            this.at = from;
            this.end = end;
        }

        Json slice() throws MalformedRecordException {
            int from = at;
            value();
            return new Json(bytes, from, at);
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
}
