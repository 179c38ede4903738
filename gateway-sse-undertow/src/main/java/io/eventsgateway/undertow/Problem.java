package io.eventsgateway.undertow;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;

/**
 * An error as clients see it (RFC 9457).
 *
 * @param status the HTTP status
 * @param detail one sentence that says what to change; nothing of the request is repeated in it
 */
public record Problem(int status, String detail) {

    static final String CONTENT_TYPE = "application/problem+json";

    /** Answers with it. */
    public void send(HttpServerExchange exchange) {
        exchange.setStatusCode(status);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, CONTENT_TYPE);
        exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store");
        exchange.getResponseSender().send(body());
    }

    String body() {
        return "{\"type\":\"about:blank\",\"title\":\"" + StatusCodes.getReason(status) + "\",\"status\":" + status
                + ",\"detail\":\"" + escape(detail) + "\"}";
    }

    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 8);
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                escaped.append('\\');
            }
            escaped.append(Character.isISOControl(c) ? ' ' : (char) c);
        });
        return escaped.toString();
    }
}
