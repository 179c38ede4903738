package io.eventsgateway.app.manage;

import io.eventsgateway.hub.Hub;
import io.eventsgateway.log.EventLog;
import io.eventsgateway.undertow.OpenStreams;
import io.eventsgateway.undertow.Problem;
import io.eventsgateway.undertow.RequestUrl;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What operators ask of this replica's streams and destinations: {@code streams}, {@code destinations} and {@code destinations/type/id}. */
public final class Operations {

    private static final Logger LOG = LoggerFactory.getLogger(Operations.class);
    private static final String STREAMS = "streams";
    private static final String DESTINATIONS = "destinations";
    private static final String DESTINATION = DESTINATIONS + "/";

    private final StreamList streams;
    private final DestinationReport destinations;

    /**
     * Operations; all is lent.
     *
     * @param replica this one's name, which no other one has
     * @param drain over how long streams are ended
     * @param fallback the organisation of destinations for which none is named; null where one must be
     */
    public Operations(
            EventLog log, Hub hub, OpenStreams open, String replica, Duration drain, @Nullable String fallback) {
        this.streams = new StreamList(open, replica, drain);
        this.destinations = new DestinationReport(log, hub, open, streams, replica, fallback);
    }

    boolean answers(String what) {
        return what.equals(STREAMS) || what.equals(DESTINATIONS) || what.startsWith(DESTINATION);
    }

    /** Answers a request that may be answered. */
    void handle(HttpServerExchange exchange, String what) {
        String method = exchange.getRequestMethod().toString();
        boolean ends = method.equals(Methods.DELETE_STRING) && what.equals(STREAMS);
        if (ends || method.equals(Methods.GET_STRING) || method.equals(Methods.HEAD_STRING)) {
            exchange.dispatch(() -> answer(exchange, what, ends));
            return;
        }
        exchange.getResponseHeaders()
                .put(Headers.ALLOW, what.equals(STREAMS) ? "GET, HEAD, OPTIONS, DELETE" : "GET, HEAD, OPTIONS");
        if (method.equals(Methods.OPTIONS_STRING)) {
            exchange.setStatusCode(204).endExchange();
        } else {
            new Problem(405, "Streams are listed with GET and ended with DELETE, destinations read with GET.")
                    .send(exchange);
        }
    }

    private void answer(HttpServerExchange exchange, String what, boolean ends) {
        try {
            RequestUrl url = RequestUrl.of(exchange);
            if (ends) {
                Map<String, Object> ended = streams.end(url);
                if (ended == null) {
                    new Problem(404, "This replica has no such stream.").send(exchange);
                } else {
                    JsonAnswer.send(exchange, 200, ended);
                }
            } else if (what.equals(DESTINATIONS)) {
                JsonAnswer.send(exchange, 200, destinations.top(url));
            } else {
                Executor worker = exchange.getConnection().getWorker();
                CompletionStage<Map<String, Object>> found = what.equals(STREAMS)
                        ? streams.find(url, worker)
                        : destinations.of(what.substring(DESTINATION.length()), url, worker);
                found.whenCompleteAsync((body, failure) -> send(exchange, body, failure), worker);
            }
        } catch (IllegalArgumentException bad) {
            new Problem(400, String.valueOf(bad.getMessage())).send(exchange);
        } catch (RuntimeException | Error fault) {
            send(exchange, null, fault);
        }
    }

    private static void send(
            HttpServerExchange exchange, @Nullable Map<String, Object> body, @Nullable Throwable failure) {
        if (body != null) {
            JsonAnswer.send(exchange, 200, body);
            return;
        }
        LOG.debug("Operator not answered", failure);
        exchange.getResponseHeaders().put(Headers.RETRY_AFTER, "1");
        new Problem(503, "The store or a stream's thread does not answer; health says more.").send(exchange);
    }
}
