package io.eventsgateway.undertow;

import io.eventsgateway.Destination;
import io.eventsgateway.auth.Credentials;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.hub.Start;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.Cookie;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a request for an event stream says; the one place that reads it. */
final class StreamRequest {

    private static final HttpString LAST_EVENT_ID = new HttpString("Last-Event-ID");
    private static final HttpString ORGANISATION = new HttpString("Fx-Organization-Id");
    private static final int MAX_DESTINATIONS = 64;

    private final HttpServerExchange exchange;
    private final SseOptions options;
    private final RequestUrl url;
    private final String path;

    /** @throws ProblemException if its URL is not encoded as it must be */
    StreamRequest(HttpServerExchange exchange, SseOptions options) throws ProblemException {
        this.exchange = exchange;
        this.options = options;
        try {
            this.url = RequestUrl.of(exchange);
            this.path = url.path();
        } catch (IllegalArgumentException ambiguous) {
            throw new ProblemException(400, String.valueOf(ambiguous.getMessage()));
        }
    }

    /** Whether it is no request for a stream, but for the module that reads them. */
    boolean isForClientScript() {
        return path.equals(ClientScript.PATH);
    }

    boolean acceptsEventStream() {
        HeaderValues accept = exchange.getRequestHeaders().get(Headers.ACCEPT);
        return accept == null || Accept.allowsEventStream(accept);
    }

    /**
     * The token, from where it may be, header before cookie before query; and the organisation, by its header or the query's
     * {@code organization}.
     *
     * @throws ProblemException if one of them is there twice, so that another reader may take the other
     */
    Credentials credentials() throws ProblemException {
        String organisation = onlyHeader(ORGANISATION);
        return new Credentials(token(), organisation == null ? onlyQuery("organization") : organisation, address());
    }

    /** Where the request comes from, as text. */
    String address() {
        return ClientAddress.of(exchange);
    }

    private @Nullable String token() throws ProblemException {
        String header = onlyHeader(Headers.AUTHORIZATION);
        if (header != null && header.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return header.substring(7).strip();
        }
        Cookie cookie = options.authCookie().isEmpty() ? null : exchange.getRequestCookie(options.authCookie());
        if (cookie != null) {
            return cookie.getValue();
        }
        return options.authQuery() ? onlyQuery("access_token") : null;
    }

    private @Nullable String onlyHeader(HttpString name) throws ProblemException {
        HeaderValues values = exchange.getRequestHeaders().get(name);
        if (values != null && values.size() > 1) {
            throw new ProblemException(400, "The header " + name + " is there more than once; send one.");
        }
        return values == null ? null : values.getFirst();
    }

    private @Nullable String onlyQuery(String name) throws ProblemException {
        if (url.values(name).size() > 1) {
            throw new ProblemException(400, "The query parameter " + name + " is there more than once; send one.");
        }
        return url.value(name);
    }

    /** Where to begin: after the client's position, by header before query; or where it asks to. */
    Start start() throws ProblemException {
        String header = exchange.getRequestHeaders().getFirst(LAST_EVENT_ID);
        String id = header == null || header.isEmpty() ? url.value("lastEventId") : header;
        return new Start(from(), id == null || id.isEmpty() ? null : id);
    }

    private Start.From from() throws ProblemException {
        String from = url.value("from");
        if (from == null) {
            return options.start();
        }
        return switch (from) {
            case "pending" -> Start.From.PENDING;
            case "earliest" -> Start.From.EARLIEST;
            case "latest" -> Start.From.LATEST;
            default -> throw new ProblemException(400, "The query parameter from must be pending, earliest or latest.");
        };
    }

    /**
     * The destinations, each once and always in the same order.
     *
     * @param shared an organisation that everybody belongs to as well; null for none
     */
    List<Destination> destinations(Identity identity, @Nullable String shared) throws ProblemException {
        TreeSet<Destination> destinations = new TreeSet<>();
        if (path.isEmpty()) {
            List<String> asked = url.values("destination");
            if (asked.isEmpty() || asked.size() > MAX_DESTINATIONS) {
                throw new ProblemException(
                        400,
                        "Name 1 to " + MAX_DESTINATIONS + " destinations by destination=type/id, or one in the path.");
            }
            for (String each : asked) {
                add(each, identity, shared, destinations);
            }
        } else {
            String one = path.substring(1);
            if (one.indexOf('/') < 0 && !one.equals(Destination.USER)) {
                throw new ProblemException(404, "A destination is /api/events/{type}/{id}, or /api/events/user.");
            }
            add(one, identity, shared, destinations);
        }
        return List.copyOf(destinations);
    }

    private static void add(
            String path, Identity identity, @Nullable String shared, Collection<Destination> destinations)
            throws ProblemException {
        int slash = path.indexOf('/');
        String type = slash < 0 ? path : path.substring(0, slash);
        String id = slash < 0 ? "" : path.substring(slash + 1);
        if (type.equals(Destination.USER)) {
            if (slash >= 0 && !id.equals(identity.subject())) {
                throw new ProblemException(403, "A user's events are for that user only; ask for user without an id.");
            }
            add(type, identity.subject(), identity, shared, destinations);
            add(type, Destination.EVERYONE, identity, shared, destinations);
        } else if (slash < 0) {
            throw new ProblemException(400, "Bad destination: a destination is type/id, or user.");
        } else {
            add(type, id, identity, shared, destinations);
        }
    }

    private static void add(
            String type, String id, Identity identity, @Nullable String shared, Collection<Destination> destinations)
            throws ProblemException {
        try {
            destinations.add(new Destination(identity.organisation(), type, id));
            if (shared != null) {
                destinations.add(new Destination(shared, type, id));
            }
        } catch (IllegalArgumentException invalid) {
            throw new ProblemException(400, "Bad destination: " + invalid.getMessage() + ".");
        }
    }
}
