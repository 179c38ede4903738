package io.eventsgateway.app.manage;

import io.eventsgateway.undertow.Cors;
import io.eventsgateway.undertow.Problem;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps pages of other origins away from what asks nobody who they are: such that say so, and such that made their own name lead
 * here (DNS rebinding). Requests that no browser makes are never refused. Immutable; any thread may call.
 */
public final class PageGuard {

    private static final HttpString FETCH_SITE = new HttpString("Sec-Fetch-Site");
    private static final int MAX_HOST = 300;

    private final Set<String> hosts;

    /**
     * A guard.
     *
     * @param hosts names that lead here beside addresses, {@code localhost} and names without a dot; {@code *} for all
     */
    public PageGuard(Set<String> hosts) {
        this.hosts = Set.copyOf(hosts);
    }

    /** Why a request is refused, for its sender; null where it is not. */
    public @Nullable String refusal(HttpServerExchange exchange) {
        HeaderMap headers = exchange.getRequestHeaders();
        String site = headers.getFirst(FETCH_SITE);
        String origin = headers.getFirst(Headers.ORIGIN);
        String host = host(headers);
        if (site != null && !site.equals("same-origin") && !site.equals("none")) {
            return "A page of another origin may not ask this.";
        }
        if (origin != null && !Cors.isOf(origin, host)) {
            return "A page of another origin may not ask this.";
        }
        return isOfBrowser(headers) ? refusalOfName(host) : null;
    }

    /**
     * A handler that refuses browsers that ask by a name which is not the gateway's, in front of one that decides about origins by
     * itself.
     */
    public HttpHandler byNameOnly(HttpHandler next) {
        return exchange -> {
            HeaderMap headers = exchange.getRequestHeaders();
            String refusal = isOfBrowser(headers) ? refusalOfName(host(headers)) : null;
            if (refusal == null) {
                next.handleRequest(exchange);
            } else {
                new Problem(403, refusal).send(exchange);
            }
        };
    }

    /** A handler that refuses what {@link #refusal} refuses, in front of one that decides about who asks alone. */
    public HttpHandler before(HttpHandler next) {
        return exchange -> {
            String refusal = refusal(exchange);
            if (refusal == null) {
                next.handleRequest(exchange);
            } else {
                new Problem(403, refusal).send(exchange);
            }
        };
    }

    private @Nullable String refusalOfName(String host) {
        return host.length() <= MAX_HOST && isOwn(name(host))
                ? null
                : "A browser may ask this by an address, localhost or a name without a dot only; MANAGEMENT_SERVER_ALLOWEDHOSTS lists others.";
    }

    private static String host(HeaderMap headers) {
        String host = headers.getFirst(Headers.HOST);
        return host == null ? "" : host;
    }

    private static boolean isOfBrowser(HeaderMap headers) {
        String agent = headers.getFirst(Headers.USER_AGENT);
        return headers.contains(Headers.ORIGIN)
                || headers.contains(FETCH_SITE)
                || headers.contains(Headers.ACCEPT_LANGUAGE)
                || headers.contains(Headers.REFERER)
                || (agent != null && agent.startsWith("Mozilla/"));
    }

    private static String name(String host) {
        int end = host.startsWith("[") ? host.indexOf(']') + 1 : host.indexOf(':');
        return (end <= 0 ? host : host.substring(0, end)).toLowerCase(Locale.ROOT);
    }

    private boolean isOwn(String name) {
        return name.startsWith("[")
                || name.indexOf('.') < 0
                || name.endsWith(".localhost")
                || name.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'))
                || hosts.contains("*")
                || hosts.contains(name);
    }

    /**
     * Whether a media type is JSON, which a page of another origin can't send without asking first (Fetch standard, section 2.2.2).
     */
    public static boolean isJson(@Nullable String type) {
        if (type == null) {
            return false;
        }
        int semicolon = type.indexOf(';');
        String essence =
                (semicolon < 0 ? type : type.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
        return essence.equals("application/json") || (essence.startsWith("application/") && essence.endsWith("+json"));
    }

    /** The hosts in a text that separates them by commas. */
    public static Set<String> hosts(String text) {
        return Arrays.stream(text.toLowerCase(Locale.ROOT).split(",", -1))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .collect(Collectors.toSet());
    }
}
