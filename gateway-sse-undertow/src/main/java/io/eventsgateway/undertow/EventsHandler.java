package io.eventsgateway.undertow;

import io.eventsgateway.Destination;
import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessPolicy;
import io.eventsgateway.auth.Authenticator;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.hub.Hub;
import io.eventsgateway.hub.Start;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.XnioIoThread;

/**
 * Answers requests for event streams, and for the module that reads them in browsers. To be mounted at a prefix ({@code /api/events})
 * of any Undertow; it reads the path relative to that. Who may come in is decided beginning on a worker thread, which waits for nobody; the stream then runs on the connection's
 * I/O thread.
 */
public final class EventsHandler implements HttpHandler {

    private static final Logger LOG = LoggerFactory.getLogger(EventsHandler.class);
    private static final String METHODS = "GET, HEAD, OPTIONS";

    private final Hub hub;
    private final Authenticator authenticator;
    private final AccessPolicy policy;
    private final @Nullable String shared;
    private final SseOptions options;
    private final StreamTicker ticker;
    private final Limits limits;
    private final Faults faults = new Faults(InstantSource.system());
    private final ClientScript script = new ClientScript();
    private final Map<EventStream, OpenStream> streams = new ConcurrentHashMap<>();
    private final OpenStreams connected = new OpenStreams(streams);
    private volatile Phase phase = Phase.STARTING;

    /** Goes on from one to the next. */
    private enum Phase {
        /** Everybody is turned away. */
        STARTING,
        /** Clients are let in. */
        SERVING,
        /** Everybody is turned away to another replica, and streams end. */
        DRAINING
    }

    /**
     * A handler that turns everybody away until {@link #open}. Everything is lent.
     *
     * @param shared an organisation whose destinations everybody sees beside those of the own one; null for none
     */
    public EventsHandler(
            Hub hub, Authenticator authenticator, AccessPolicy policy, @Nullable String shared, SseOptions options) {
        this.hub = hub;
        this.authenticator = authenticator;
        this.policy = policy;
        this.shared = shared;
        this.options = options;
        this.ticker = new StreamTicker(options);
        this.limits = new Limits(options);
    }

    /** Lets clients in. */
    public void open() {
        phase = Phase.SERVING;
    }

    /**
     * Turns new clients away and ends the streams, evenly spread, each with its own time to come back. Connections of HTTP/1 end with
     * their answer, so that clients do not come back on one that leads here. Returns at once; {@link #streams} tells when it is done.
     */
    public void drain(Duration over) {
        phase = Phase.DRAINING;
        for (EventStream stream : streams.keySet()) {
            long delay = over.isZero() ? 0 : ThreadLocalRandom.current().nextLong(over.toMillis());
            stream.stop(delay, comeBackMillis());
        }
    }

    /** How many streams there are. */
    public int streams() {
        return streams.size();
    }

    /** Who is connected. */
    public OpenStreams connected() {
        return connected;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        try {
            route(exchange);
        } catch (RuntimeException | Error fault) {
            faults.answer(exchange, fault);
        }
    }

    private void route(HttpServerExchange exchange) {
        options.cors().apply(exchange);
        // as text: an HttpString knows no case, a method does (RFC 9110, section 9.1)
        String method = exchange.getRequestMethod().toString();
        if (method.equals(Methods.OPTIONS_STRING)) {
            exchange.getResponseHeaders().put(Headers.ALLOW, METHODS);
            options.cors().preflight(exchange);
            exchange.setStatusCode(204).endExchange();
        } else if (!method.equals(Methods.GET_STRING) && !method.equals(Methods.HEAD_STRING)) {
            exchange.getResponseHeaders().put(Headers.ALLOW, METHODS);
            new Problem(405, "Event streams are read with GET.").send(exchange);
        } else {
            try {
                route(exchange, new StreamRequest(exchange, options));
            } catch (ProblemException problem) {
                problem.problem().send(exchange);
            }
        }
    }

    private void route(HttpServerExchange exchange, StreamRequest request) {
        if (request.isForClientScript()) {
            script.send(exchange);
        } else if (!request.acceptsEventStream()) {
            new Problem(406, "The answer is text/event-stream; Accept must allow it.").send(exchange);
        } else if (isRefusing()) {
            turnAway(exchange);
        } else if (streams.size() >= options.maxConnections()) {
            turnAway(exchange, "The gateway has as many streams as it takes; come back later.");
        } else if (!limits.takesAddress(request.address())) {
            turnAway(exchange, "This address has as many streams without a token as it may; come back later.");
        } else {
            exchange.dispatch(() -> admit(exchange, request));
        }
    }

    private void admit(HttpServerExchange exchange, StreamRequest request) {
        new Entrance(exchange, request, this).begin();
    }

    Authenticator authenticator() {
        return authenticator;
    }

    Faults faults() {
        return faults;
    }

    AccessPolicy policy() {
        return policy;
    }

    /** The destinations that somebody asks for, with those that everybody sees. */
    List<Destination> destinations(StreamRequest request, Identity identity) throws ProblemException {
        return request.destinations(identity, identity.organisation().equals(shared) ? null : shared);
    }

    /** The place of a stream with so many destinations; null where there is none, and the client has to come back. */
    Limits.@Nullable Place enter(Identity identity, String address, int destinations) {
        return hub.destinations() + destinations > options.bounds().destinations()
                ? null
                : limits.enter(identity, address, destinations);
    }

    /** Begins a stream on its I/O thread; it leaves its place when it is over. */
    void open(
            HttpServerExchange exchange,
            Identity identity,
            List<Destination> destinations,
            Set<Destination> allowed,
            Start start,
            Limits.Place place) {
        EventStream stream =
                new EventStream(new HttpStreamExchange(exchange, ticker), identity, start, options, gone -> {
                    streams.remove(gone);
                    place.leave();
                });
        streams.put(stream, connected.next(exchange, identity, allowed));
        XnioIoThread thread = exchange.getIoThread();
        try {
            thread.execute(() -> {
                try {
                    stream.begin(hub.subscribe(identity, destinations, allowed, start, stream, thread));
                } catch (RuntimeException | Error fault) {
                    stream.fail(fault);
                }
            });
        } catch (RejectedExecutionException stopping) {
            streams.remove(stream);
            place.leave();
            throw stopping;
        }
    }

    /** Whether nobody is let in who was not yet. */
    boolean isRefusing() {
        return phase != Phase.SERVING;
    }

    void refuse(HttpServerExchange exchange, AccessException refused) {
        String detail = String.valueOf(refused.getMessage());
        LOG.debug("Client refused reason={} detail=\"{}\"", refused.reason(), detail);
        switch (refused.reason()) {
            case UNAUTHENTICATED -> {
                exchange.getResponseHeaders().put(Headers.WWW_AUTHENTICATE, "Bearer");
                new Problem(401, detail).send(exchange);
            }
            case FORBIDDEN -> new Problem(403, detail).send(exchange);
            case ENDED -> exchange.setStatusCode(204).endExchange();
            case UNAVAILABLE -> turnAway(exchange, detail);
        }
    }

    /** Turns one away that came before this replica lets clients in, or after. */
    void turnAway(HttpServerExchange exchange) {
        turnAway(
                exchange,
                phase == Phase.DRAINING
                        ? "The gateway stops; come back, to another replica."
                        : "The gateway starts; come back in a moment.");
    }

    /** A plain EventSource gives up for good on any status but 200, so that is what it gets for a passing condition. */
    void turnAway(HttpServerExchange exchange, String reason) {
        long later = comeBackMillis();
        if (phase == Phase.DRAINING) {
            exchange.setPersistent(false);
        }
        if (options.overload() == SseSettings.Overload.STATUS) {
            exchange.getResponseHeaders().put(Headers.RETRY_AFTER, Long.toString(Math.round(later / 1000.0)));
            new Problem(503, reason).send(exchange);
        } else {
            SseResponse.comeBack(exchange, later, reason);
        }
    }

    /** Soon where another replica is there, in good time for this one to be there else; spread, so that not all come at once. */
    private long comeBackMillis() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return phase == Phase.DRAINING ? EventStream.soonMillis() : random.nextLong(2000, 10_000);
    }
}
