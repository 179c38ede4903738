package io.eventsgateway.undertow;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.util.Arrays;

/**
 * Ends the connection behind the answer where the client asks for that, in front of another handler. {@code Connection} is a list and may be there
 * more than once (RFC 9110, section 7.6.1); Undertow by itself understands {@code close} alone.
 */
final class ConnectionClose implements HttpHandler {

    private final HttpHandler next;

    ConnectionClose(HttpHandler next) {
        this.next = next;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        HeaderValues values = exchange.getRequestHeaders().get(Headers.CONNECTION);
        if (values != null && values.stream().anyMatch(ConnectionClose::hasClose)) {
            exchange.setPersistent(false);
            exchange.getResponseHeaders().put(Headers.CONNECTION, "close");
        }
        next.handleRequest(exchange);
    }

    private static boolean hasClose(String value) {
        return Arrays.stream(value.split(",", -1)).anyMatch(each -> each.strip().equalsIgnoreCase("close"));
    }
}
