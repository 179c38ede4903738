package io.eventsgateway.undertow;

import io.eventsgateway.Destination;
import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessPolicy;
import io.eventsgateway.auth.Authenticator;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.hub.Hub;
import io.eventsgateway.hub.Start;
import io.eventsgateway.hub.Timer;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioIoThread;

/**
 * Answers requests for event streams, and for the module that reads them in browsers. To be mounted at a prefix ({@code /api/events})
 * of any Undertow; it reads the path relative to that. Who may come in is decided beginning on a worker thread, which waits for nobody; the stream then runs on the connection's
 * I/O thread.
 */
public final class EventsHandler implements HttpHandler {

    private static final String METHODS = "GET, HEAD, OPTIONS";

    private final Hub hub;
    private final Authenticator authenticator;
    private final AccessPolicy policy;
    private final @Nullable String shared;
    private final SseOptions options;
    private final StreamTicker ticker;
    private final Limits limits;
    private final ConnectionAges ages;
    private final StreamListener listener;
    private final Refusals refusals;
    private final Faults faults = new Faults(InstantSource.system());
    private final ClientScript script = new ClientScript();
    private final Map<EventStream, OpenStream> streams = new ConcurrentHashMap<>();
    private final Map<StreamKind, AtomicInteger> ofKind = new EnumMap<>(StreamKind.class);
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

    /** A handler as the other constructor's, to which nothing listens. */
    public EventsHandler(
            Hub hub, Authenticator authenticator, AccessPolicy policy, @Nullable String shared, SseOptions options) {
        this(hub, authenticator, policy, shared, options, StreamListener.NONE);
    }

    /**
     * A handler that turns everybody away until {@link #open}. Everything is lent.
     *
     * @param shared an organisation whose destinations everybody sees beside those of the own one; null for none
     */
    public EventsHandler(
            Hub hub,
            Authenticator authenticator,
            AccessPolicy policy,
            @Nullable String shared,
            SseOptions options,
            StreamListener listener) {
        this.hub = hub;
        this.authenticator = authenticator;
        this.policy = policy;
        this.shared = shared;
        this.options = options;
        this.ticker = new StreamTicker(options, faults);
        this.limits = new Limits(options);
        this.ages = new ConnectionAges(options.maxAge());
        for (StreamKind kind : StreamKind.values()) {
            ofKind.put(kind, new AtomicInteger());
        }
        this.listener = listener;
        this.refusals = new Refusals(listener, Timer.SYSTEM, options.accessLog());
    }

    /** Lets clients in. */
    public void open() {
        phase = Phase.SERVING;
    }

    /**
     * Turns new clients away and ends the streams, evenly spread, each with its own time to come back. Connections end with their answer
     * (HTTP/1), or their clients are asked to leave them (HTTP/2, on an {@link SseServer}), so that they do not come back on one that leads here;
     * for that the streams of one connection end together. Returns at once; it is done when {@link #streams} returns 0.
     */
    public void drain(Duration over) {
        phase = Phase.DRAINING;
        Map<SocketAddress, Long> delays = new HashMap<>();
        for (EventStream stream : streams.keySet()) {
            long delay = delays.computeIfAbsent(
                    stream.peer(),
                    connection ->
                            over.isZero() ? 0 : ThreadLocalRandom.current().nextLong(over.toMillis()));
            stream.stop(delay, comeBackMillis());
        }
    }

    /** How many streams there are. */
    public int streams() {
        return streams.size();
    }

    /** How many streams of a kind there are. */
    public int streams(StreamKind kind) {
        return count(kind).get();
    }

    private AtomicInteger count(StreamKind kind) {
        return Objects.requireNonNull(ofKind.get(kind));
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
            fault(exchange, fault);
        }
    }

    private void route(HttpServerExchange exchange) {
        options.cors().apply(exchange);
        // as text: an HttpString knows no case, a method does (RFC 9110, section 9.1)
        String method = exchange.getRequestMethod().toString();
        if (method.equals(Methods.OPTIONS_STRING)) {
            exchange.getResponseHeaders().put(Headers.ALLOW, METHODS);
            options.cors().preflight(exchange);
            if (Cors.isPreflight(exchange)) {
                countOrigin(exchange);
            }
            exchange.setStatusCode(204).endExchange();
        } else if (!method.equals(Methods.GET_STRING) && !method.equals(Methods.HEAD_STRING)) {
            exchange.getResponseHeaders().put(Headers.ALLOW, METHODS);
            refuse(exchange, new Problem(405, "Event streams are read with GET."));
        } else {
            countOrigin(exchange);
            try {
                route(exchange, new StreamRequest(exchange, options));
            } catch (ProblemException problem) {
                refuse(exchange, problem.problem());
            }
        }
    }

    private void countOrigin(HttpServerExchange exchange) {
        if (options.cors().refuses(exchange)) {
            refusals.add(
                    Refusal.ORIGIN,
                    "APPLICATION_CORS_ALLOW_ORIGIN does not allow the page's origin",
                    RequestIds.of(exchange));
        }
    }

    private void route(HttpServerExchange exchange, StreamRequest request) {
        if (request.isForClientScript()) {
            script.send(exchange);
        } else if (!request.acceptsEventStream()) {
            refuse(exchange, new Problem(406, "The answer is text/event-stream; Accept must allow it."));
        } else if (isRefusing()) {
            turnAway(exchange);
        } else if (streams.size() >= options.maxConnections()) {
            turnAway(exchange, Refusal.FULL, "The gateway has as many streams as it takes; come back later.");
        } else if (!limits.takesAddress(request.address())) {
            turnAway(exchange, Refusal.RATE, "This address asks for streams more often than it may; come back later.");
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

    AccessPolicy policy() {
        return policy;
    }

    /** The destinations that somebody asks for, with those that everybody sees. */
    List<Destination> destinations(StreamRequest request, Identity identity) throws ProblemException {
        return request.destinations(identity, identity.organisation().equals(shared) ? null : shared);
    }

    /**
     * The place of a stream with so many destinations.
     *
     * @throws TurnedAwayException where there is none, and the client has to come back
     */
    Limits.Place enter(Identity identity, String address, int destinations) throws TurnedAwayException {
        if (hub.destinations() + destinations > options.bounds().destinations()) {
            throw new TurnedAwayException(
                    Refusal.FULL, "The gateway has as many destinations as it takes; come back later.");
        }
        return limits.enter(identity, address, destinations);
    }

    /**
     * Begins a stream on its I/O thread; it leaves its place when it is over.
     *
     * @throws java.util.concurrent.RejectedExecutionException if that thread has stopped; the place is the caller's then
     */
    void open(
            HttpServerExchange exchange,
            Identity identity,
            List<Destination> destinations,
            Set<Destination> allowed,
            Start start,
            Limits.Place place) {
        AtomicInteger alike = count(StreamKind.of(destinations));
        HttpStreamExchange own = new HttpStreamExchange(exchange, ticker, refusals, listener);
        SocketAddress peer = own.peer();
        StreamWitness leaving = (gone, bytes) -> {
            ages.leave(peer);
            if (streams.remove(gone) != null) {
                alike.decrementAndGet();
            }
            place.leave();
        };
        OpenStream client = connected.next(exchange, identity, allowed);
        EventStream stream = new EventStream(
                own,
                identity,
                start,
                options,
                ages.enter(peer, System.nanoTime()),
                StreamDiary.isWanted(options)
                        ? new StreamDiary(exchange, client, options.accessLog(), leaving)
                        : leaving);
        XnioIoThread thread = exchange.getIoThread();
        thread.execute(() -> {
            // here, so that a drain finds no stream that it would stop before it has begun
            streams.put(stream, client);
            alike.incrementAndGet();
            try {
                stream.begin(hub.subscribe(identity, destinations, allowed, start, stream, thread));
            } catch (RuntimeException | Error fault) {
                faults.log("Stream failed, its client comes back", fault);
                stream.fail();
            }
            if (isRefusing()) {
                // the drain may have begun before the stream was there to be found
                stream.stop(0, comeBackMillis());
            }
        });
    }

    /** Whether nobody is let in who was not yet. */
    boolean isRefusing() {
        return phase != Phase.SERVING;
    }

    /**
     * Answers one who is not let in.
     *
     * @param undecided what it is called where that can't be decided now
     */
    void refuse(HttpServerExchange exchange, AccessException refused, Refusal undecided) {
        String detail = String.valueOf(refused.getMessage());
        switch (refused.reason()) {
            case UNAUTHENTICATED -> {
                refusals.add(exchange, Refusal.UNAUTHENTICATED, 401, detail);
                exchange.getResponseHeaders().put(Headers.WWW_AUTHENTICATE, "Bearer");
                new Problem(401, detail).send(exchange);
            }
            case FORBIDDEN -> refuse(exchange, new Problem(403, detail));
            case ENDED -> {
                refusals.add(exchange, Refusal.ENDED, 204, detail);
                exchange.setStatusCode(204).endExchange();
            }
            case UNAVAILABLE -> turnAway(exchange, undecided, detail);
        }
    }

    /** Answers a request that asks for what there is not, or for what it may not see. */
    void refuse(HttpServerExchange exchange, Problem problem) {
        refusals.add(
                exchange,
                problem.status() == 403 ? Refusal.FORBIDDEN : Refusal.INVALID,
                problem.status(),
                problem.detail());
        problem.send(exchange);
    }

    /** Answers a request that a fault of the gateway keeps from its stream. */
    void fault(HttpServerExchange exchange, Throwable fault) {
        RequestIds ids = refusals.add(exchange, Refusal.FAULT, 500, "");
        ids.around(() -> faults.answer(exchange, fault));
    }

    /** Turns one away that came before this replica lets clients in, or after. */
    void turnAway(HttpServerExchange exchange) {
        if (phase == Phase.DRAINING) {
            turnAway(exchange, Refusal.DRAINING, "The gateway stops; come back, to another replica.");
        } else {
            turnAway(exchange, Refusal.STARTING, "The gateway starts; come back in a moment.");
        }
    }

    /** A plain EventSource gives up for good on any status but 200, so that is what it gets for a passing condition. */
    void turnAway(HttpServerExchange exchange, Refusal refusal, String reason) {
        boolean status = options.overload() == SseSettings.Overload.STATUS;
        refusals.add(exchange, refusal, status ? 503 : 200, reason);
        long later = comeBackMillis();
        if (phase == Phase.DRAINING) {
            Connections.endAfter(exchange);
        }
        if (status) {
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
