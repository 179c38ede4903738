package io.eventsgateway.undertow;

import io.undertow.server.HttpServerExchange;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a request's URL says, read from its text as it came: every percent-encoding is of UTF-8 and decoded once, whatever the server
 * makes of it. Linear in the text's length.
 */
public final class RequestUrl {

    private final HttpServerExchange exchange;
    private final Map<String, List<String>> query;

    private RequestUrl(HttpServerExchange exchange, Map<String, List<String>> query) {
        this.exchange = exchange;
        this.query = query;
    }

    /**
     * The URL of a request.
     *
     * @throws IllegalArgumentException with what to change if the query is not encoded as it must be
     */
    public static RequestUrl of(HttpServerExchange exchange) {
        Map<String, List<String>> query = new LinkedHashMap<>();
        String text = exchange.getQueryString();
        for (int from = 0; from < text.length(); ) {
            int and = text.indexOf('&', from);
            int to = and < 0 ? text.length() : and;
            int equals = text.indexOf('=', from);
            boolean hasValue = equals >= 0 && equals < to;
            String name = decode(text.substring(from, hasValue ? equals : to), true);
            String value = hasValue ? decode(text.substring(equals + 1, to), true) : "";
            query.computeIfAbsent(name, any -> new ArrayList<>()).add(value);
            from = to + 1;
        }
        return new RequestUrl(exchange, query);
    }

    /**
     * A request's whole path, decoded.
     *
     * @throws IllegalArgumentException with what to change if it is not encoded as it must be
     */
    public static String path(HttpServerExchange exchange) {
        return decode(exchange.getRequestPath(), false);
    }

    /** The values of a query's parameter, in their order; none where it is not there. */
    public List<String> values(String name) {
        return query.getOrDefault(name, List.of());
    }

    /** The names of the query's parameters. */
    public Set<String> names() {
        return Set.copyOf(query.keySet());
    }

    /** The last value of a query's parameter; null where it is not there. */
    public @Nullable String value(String name) {
        List<String> values = values(name);
        return values.isEmpty() ? null : values.get(values.size() - 1);
    }

    /**
     * The path below where the handler is mounted, decoded: empty, or with a slash in front.
     *
     * @throws IllegalArgumentException with what to change if it could be read in more than one way
     */
    String path() {
        String raw = rawPath();
        if (raw.indexOf(';') >= 0 || !exchange.getPathParameters().isEmpty()) {
            throw new IllegalArgumentException(
                    "A destination's path has no parameters behind ';'; encode it where it is part of the id.");
        }
        String below = raw.substring(endOfMount(raw));
        if (below.endsWith("/")) {
            throw new IllegalArgumentException(
                    "A destination's path has no slash at its end; remove it, or write %2F where it is part of the id.");
        }
        if (below.contains("//")) {
            throw new IllegalArgumentException(
                    "A destination's path has no doubled slash; remove one, or write %2F where it is part of the id.");
        }
        String decoded = decode(below, false);
        if (hasEncoding(decoded)) {
            throw new IllegalArgumentException(
                    "A destination's path is encoded twice; encode it once, or name the destination by the query destination=type/id.");
        }
        return decoded;
    }

    private String rawPath() {
        String uri = exchange.getRequestURI();
        if (!exchange.isHostIncludedInRequestURI()) {
            return uri;
        }
        int path = uri.indexOf('/', uri.indexOf("://") + 3);
        return path < 0 ? "" : uri.substring(path);
    }

    /** Where as many segments end as the handlers before resolved. */
    private int endOfMount(String raw) {
        long segments = exchange.getResolvedPath().chars().filter(c -> c == '/').count();
        int end = 0;
        for (long i = 0; i < segments; i++) {
            int next = raw.indexOf('/', end + 1);
            if (next < 0) {
                return raw.length();
            }
            end = next;
        }
        return end;
    }

    private static boolean hasEncoding(String text) {
        for (int i = text.indexOf('%'); i >= 0; i = text.indexOf('%', i + 1)) {
            if (i + 2 < text.length()
                    && Character.digit(text.charAt(i + 1), 16) >= 0
                    && Character.digit(text.charAt(i + 2), 16) >= 0) {
                return true;
            }
        }
        return false;
    }

    private static String decode(String text, boolean plusIsBlank) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
                int low = i + 2 < text.length() ? Character.digit(text.charAt(i + 2), 16) : -1;
                if (high < 0 || low < 0) {
                    throw new IllegalArgumentException(
                            "In a URL % is followed by two hexadecimal digits; write %25 for itself.");
                }
                bytes.write(high << 4 | low);
                i += 2;
            } else if (c <= ' ' || c > '~') {
                throw new IllegalArgumentException("A URL has ASCII only; encode other characters as UTF-8 with %.");
            } else {
                bytes.write(plusIsBlank && c == '+' ? ' ' : c);
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException otherBytes) {
            throw new IllegalArgumentException(
                    "What is encoded with % in a URL is UTF-8, and this is not.", otherBytes);
        }
    }
}
