package io.eventsgateway.undertow;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;

/**
 * Answers 431 (RFC 6585, section 5) to requests whose line and headers are too large, in front of another handler. Undertow by itself answers
 * such without a body, or closes the connection; it is let take {@value #MARGIN} bytes more, so that one is answered here.
 */
final class HeaderLimit implements HttpHandler {

    /** How much larger a request may be and still get an answer that says why. */
    static final int MARGIN = 64 * 1024;

    /** How many headers a request may have. */
    static final int MAX_HEADERS = 200;

    private final int maxBytes;
    private final Cors cors;
    private final HttpHandler next;

    HeaderLimit(int maxBytes, Cors cors, HttpHandler next) {
        this.maxBytes = maxBytes;
        this.cors = cors;
        this.next = next;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        HeaderMap headers = exchange.getRequestHeaders();
        int count = 0;
        long bytes = exchange.getRequestURI().length()
                + (long) exchange.getQueryString().length();
        for (HeaderValues values : headers) {
            count += values.size();
            for (String value : values) {
                bytes += values.getHeaderName().length() + value.length() + 4L;
            }
        }
        if (bytes > maxBytes) {
            refuse(
                    exchange,
                    "The request's line and headers are larger than " + maxBytes
                            + " bytes; send less, or raise SERVER_MAX_HTTP_REQUEST_HEADER_SIZE.");
        } else if (count > MAX_HEADERS) {
            refuse(exchange, "The request has more than " + MAX_HEADERS + " headers; send fewer.");
        } else {
            next.handleRequest(exchange);
        }
    }

    private void refuse(HttpServerExchange exchange, String detail) {
        cors.apply(exchange);
        new Problem(431, detail).send(exchange);
    }
}
