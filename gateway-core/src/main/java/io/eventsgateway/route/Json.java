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

    private final byte[] bytes;
    private final int from;
    private final int to;

    private Json(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.from = from;
        this.to = to;
    }

    /**
     * Checks that the bytes are one JSON value in UTF-8, with nothing but white space around it; a byte order mark before it is
     * left out (RFC 8259, section 8.1).
     */
    static Json parse(byte[] bytes) throws MalformedRecordException {
        JsonScanner scanner = new JsonScanner(bytes, 0, bytes.length);
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
        JsonScanner scanner = new JsonScanner(bytes, from + 1, to);
        for (boolean more = scanner.begin('}'); more; more = scanner.next('}')) {
            int name = scanner.at;
            scanner.string();
            String text = new Json(bytes, name, scanner.at).string();
            scanner.colon();
            Json value = slice(scanner);
            if (wanted.test(text)) {
                members.put(text, value);
            }
        }
        return members;
    }

    private Json slice(JsonScanner scanner) throws MalformedRecordException {
        int start = scanner.at;
        scanner.value();
        return new Json(bytes, start, scanner.at);
    }

    /** The elements of an array, the first so many. */
    List<Json> elements(int max) throws MalformedRecordException {
        List<Json> elements = new ArrayList<>();
        JsonScanner scanner = new JsonScanner(bytes, from + 1, to);
        for (boolean more = scanner.begin(']'); more && elements.size() < max; more = scanner.next(']')) {
            elements.add(slice(scanner));
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
}
