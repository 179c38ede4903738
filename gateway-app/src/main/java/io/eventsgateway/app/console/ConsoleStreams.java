package io.eventsgateway.app.console;

import io.eventsgateway.undertow.Problem;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Event streams for the inspector on the management port, in front of the handler that answers them: only with a token in the header {@code
 * Authorization}, and so few at a time that probes still find a connection. Any thread may call.
 */
public final class ConsoleStreams implements HttpHandler {

    static final int MOST = 64;

    private static final String SCRIPT = "/client.js";

    private final ConsoleAccess access;
    private final HttpHandler events;
    private final AtomicInteger streams = new AtomicInteger();

    /** A handler in front of one that is lent. */
    public ConsoleStreams(ConsoleAccess access, HttpHandler events) {
        this.access = access;
        this.events = events;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        if (exchange.getRelativePath().equals(SCRIPT)) {
            events.handleRequest(exchange);
        } else if (!access.isOpen() && !ConsoleAccess.bringsToken(exchange)) {
            ConsoleAccess.askForToken(exchange);
        } else if (streams.incrementAndGet() > MOST) {
            streams.decrementAndGet();
            exchange.getResponseHeaders().put(Headers.RETRY_AFTER, "5");
            new Problem(503, "The management port has as many streams as it takes; read this one at the other port.")
                    .send(exchange);
        } else {
            exchange.addExchangeCompleteListener((ended, next) -> {
                streams.decrementAndGet();
                next.proceed();
            });
            events.handleRequest(exchange);
        }
    }
}
