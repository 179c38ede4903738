package io.eventsgateway.undertow;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An origin (RFC 6454, section 6.2), or all whose host is below a domain. Reading and comparing is linear in the text's length.
 *
 * @param scheme {@code http} or {@code https}
 * @param below whether hosts below the named one are meant, at any depth, and not the named one
 * @param host in lower case; a literal IPv6 address with its brackets
 * @param port as named, else the scheme's own
 */
public record OriginPattern(String scheme, boolean below, String host, int port) {

    /** Of an origin in a request: a host's name has at most 253 characters. */
    static final int MAX_LENGTH = 300;

    private static final String BELOW = "*.";

    /** Reads {@code https://host}, {@code https://host:port}, or with {@code *.} in front of the host; null for any other text. */
    public static @Nullable OriginPattern parse(String text) {
        int slashes = text.indexOf("://");
        if (slashes < 0 || text.chars().anyMatch(c -> c > 126)) {
            return null;
        }
        String scheme = text.substring(0, slashes).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            return null;
        }
        String rest = text.substring(slashes + 3).toLowerCase(Locale.ROOT);
        boolean below = rest.startsWith(BELOW);
        rest = below ? rest.substring(BELOW.length()) : rest;
        int colon = rest.indexOf(':', Math.max(0, rest.indexOf(']')));
        String host = colon < 0 ? rest : rest.substring(0, colon);
        int port = colon < 0 ? (scheme.equals("http") ? 80 : 443) : port(rest.substring(colon + 1));
        return port < 0 || !(isName(host) || (!below && isAddress(host)))
                ? null
                : new OriginPattern(scheme, below, host, port);
    }

    private static int port(String text) {
        boolean number = !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int port = number ? Integer.parseInt(text) : -1;
        return port > 65535 ? -1 : port;
    }

    private static boolean isName(String text) {
        return !text.isEmpty()
                && text.chars()
                        .allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || "._-".indexOf(c) >= 0);
    }

    private static boolean isAddress(String text) {
        return text.length() > 2
                && text.startsWith("[")
                && text.endsWith("]")
                && text.substring(1, text.length() - 1)
                        .chars()
                        .allMatch(c -> (c >= 'a' && c <= 'f') || (c >= '0' && c <= '9') || c == ':' || c == '.');
    }

    /** Whether a single origin is meant. */
    boolean covers(OriginPattern origin) {
        return !origin.below
                && scheme.equals(origin.scheme)
                && port == origin.port
                && (below ? isBelow(origin.host) : host.equals(origin.host));
    }

    private boolean isBelow(String other) {
        String suffix = "." + host;
        return other.length() > suffix.length()
                && other.endsWith(suffix)
                && !other.startsWith(".")
                && !other.contains("..");
    }
}
