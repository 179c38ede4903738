package io.eventsgateway.undertow;

import io.eventsgateway.sse.SseFrame;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.nio.ByteBuffer;

/** The answer that an event stream is. */
final class SseResponse {

    private static final HttpString ACCEL_BUFFERING = new HttpString("X-Accel-Buffering");

    private SseResponse() {}

    /** Sets status and headers. */
    static void begin(HttpServerExchange exchange) {
        exchange.setStatusCode(200);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/event-stream;charset=utf-8");
        exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store, no-transform");
        exchange.getResponseHeaders().put(ACCEL_BUFFERING, "no");
    }

    /**
     * A whole answer without an event.
     *
     * @param afterMillis when to come back
     * @param reason for whoever looks, in a comment
     */
    static void comeBack(HttpServerExchange exchange, long afterMillis, String reason) {
        begin(exchange);
        exchange.getResponseSender().send(new ByteBuffer[] {SseFrame.retry(afterMillis), SseFrame.comment(reason)});
    }
}
