package io.eventsgateway.undertow;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which pages may read the streams (Fetch standard, section 3.2).
 *
 * @param any whether every page may, without credentials
 * @param origins those of the others
 */
public record Cors(boolean any, List<OriginPattern> origins) {

    private static final HttpString ALLOW_ORIGIN = new HttpString("Access-Control-Allow-Origin");
    private static final HttpString ALLOW_CREDENTIALS = new HttpString("Access-Control-Allow-Credentials");
    private static final HttpString ALLOW_METHODS = new HttpString("Access-Control-Allow-Methods");
    private static final HttpString ALLOW_HEADERS = new HttpString("Access-Control-Allow-Headers");
    private static final HttpString EXPOSE_HEADERS = new HttpString("Access-Control-Expose-Headers");
    private static final HttpString FETCH_SITE = new HttpString("Sec-Fetch-Site");
    private static final HttpString REQUEST_METHOD = new HttpString("Access-Control-Request-Method");
    private static final HttpString MAX_AGE = new HttpString("Access-Control-Max-Age");
    private static final String HEADERS =
            "Accept, Authorization, Cache-Control, Content-Type, Last-Event-ID, X-Requested-With, "
                    + "flowx-platform, platform, Fx-Workspace-Id, Fx-Organization-Id";

    /** No page of another origin. */
    public static final Cors NONE = new Cors(false, List.of());

    /** Copies the origins. */
    public Cors {
        origins = List.copyOf(origins);
    }

    /** Reads a list of origins; null when one of them is none. */
    static @Nullable Cors parse(String text) {
        if (text.isBlank() || text.equals("-")) {
            return NONE;
        }
        if (text.equals("*")) {
            return new Cors(true, List.of());
        }
        List<OriginPattern> origins = new ArrayList<>();
        for (String each : text.split(",", -1)) {
            if (!each.isBlank()) {
                OriginPattern origin = OriginPattern.parse(each.strip());
                if (origin == null) {
                    return null;
                }
                origins.add(origin);
            }
        }
        return new Cors(false, origins);
    }

    /** Answers for the origin of a request; on every answer, so that a page can read errors too. */
    public void apply(HttpServerExchange exchange) {
        exchange.getResponseHeaders().add(Headers.VARY, "Origin");
        String origin = exchange.getRequestHeaders().getFirst(Headers.ORIGIN);
        if (origin == null) {
            return;
        }
        if (any) {
            exchange.getResponseHeaders().put(ALLOW_ORIGIN, "*");
        } else if (allows(origin)) {
            exchange.getResponseHeaders().put(ALLOW_ORIGIN, origin);
            exchange.getResponseHeaders().put(ALLOW_CREDENTIALS, "true");
        } else {
            return;
        }
        exchange.getResponseHeaders().put(EXPOSE_HEADERS, "Retry-After, X-Request-Id");
    }

    /** Whether the request is of a page of another origin, which may not read the answer. */
    boolean refuses(HttpServerExchange exchange) {
        String origin = exchange.getRequestHeaders().getFirst(Headers.ORIGIN);
        return origin != null && !any && !isOwn(exchange, origin) && !allows(origin);
    }

    /** Whether an origin is where the request itself goes to: by the browser's word, or by the host where the browser gives none. */
    private static boolean isOwn(HttpServerExchange exchange, String origin) {
        String site = exchange.getRequestHeaders().getFirst(FETCH_SITE);
        return site == null
                ? isOf(origin, exchange.getRequestHeaders().getFirst(Headers.HOST))
                : site.equals("same-origin");
    }

    /** Whether an origin is of a host, by http or https, as the header Host names it; null for no header. */
    public static boolean isOf(String origin, @Nullable String host) {
        int slashes = origin.indexOf("://");
        return slashes >= 0 && origin.substring(slashes + 3).equalsIgnoreCase(host);
    }

    /** Whether the request asks for what another one may do. */
    static boolean isPreflight(HttpServerExchange exchange) {
        return exchange.getRequestHeaders().contains(REQUEST_METHOD);
    }

    /** Adds what a preflight asks for. */
    void preflight(HttpServerExchange exchange) {
        exchange.getResponseHeaders().put(ALLOW_METHODS, "GET, OPTIONS");
        exchange.getResponseHeaders().put(ALLOW_HEADERS, HEADERS);
        exchange.getResponseHeaders().put(MAX_AGE, "3600");
    }

    /** Whether a page of an origin may read the streams, apart from {@link #any}. */
    public boolean allows(String origin) {
        if (origin.length() > OriginPattern.MAX_LENGTH) {
            return false;
        }
        OriginPattern asked = OriginPattern.parse(origin);
        return asked != null && origins.stream().anyMatch(each -> each.covers(asked));
    }
}
