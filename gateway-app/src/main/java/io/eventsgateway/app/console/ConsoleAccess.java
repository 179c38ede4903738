package io.eventsgateway.app.console;

import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessException.Reason;
import io.eventsgateway.auth.Authenticator;
import io.eventsgateway.auth.Credentials;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.security.OrganisationCheck;
import io.eventsgateway.undertow.ClientAddress;
import io.eventsgateway.undertow.Problem;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets in to what the inspector asks for: by the same tokens and from the same organisations as event streams, but by the header {@code Authorization} alone, which no
 * browser sends by itself, and nobody without a token. Any thread may call.
 */
public final class ConsoleAccess {

    private static final Logger LOG = LoggerFactory.getLogger(ConsoleAccess.class);
    private static final String BEARER = "Bearer ";
    private static final String NO_TOKEN = "Bring an access token, as Authorization: Bearer.";

    private final Authenticator authenticator;
    private final OrganisationCheck organisations;
    private final boolean open;

    /**
     * Access by an authenticator and a check of organisations, which are lent.
     *
     * @param open whether everybody is let in, without a token too
     */
    public ConsoleAccess(Authenticator authenticator, OrganisationCheck organisations, boolean open) {
        this.authenticator = authenticator;
        this.organisations = organisations;
        this.open = open;
    }

    /** Whether nobody needs a token. */
    boolean isOpen() {
        return open;
    }

    /** Has a request answered for who sent it, or refuses it. Called by a worker thread. */
    void admit(HttpServerExchange exchange, Consumer<Identity> answer) {
        HeaderValues given = exchange.getRequestHeaders().get(Headers.AUTHORIZATION);
        if (given != null && given.size() > 1) {
            new Problem(400, "The header Authorization is there more than once; send one.").send(exchange);
            return;
        }
        try {
            identity(given == null ? null : given.getFirst(), exchange)
                    .thenAccept(answer)
                    .whenComplete((done, failure) -> {
                        if (failure != null) {
                            refuse(exchange, failure);
                        }
                    });
        } catch (Throwable fault) {
            // an error too: nobody else would end the exchange
            refuse(exchange, fault);
        }
    }

    /** Whether there is a token in the header. */
    static boolean bringsToken(HttpServerExchange exchange) {
        return !token(exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION))
                .isEmpty();
    }

    /** Answers a request without one. */
    static void askForToken(HttpServerExchange exchange) {
        refuse(exchange, new AccessException(Reason.UNAUTHENTICATED, NO_TOKEN));
    }

    private static String token(@Nullable String header) {
        return header != null && header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? header.substring(BEARER.length()).strip()
                : "";
    }

    private CompletionStage<Identity> identity(@Nullable String header, HttpServerExchange exchange) {
        String token = token(header);
        if (token.isEmpty() && !open) {
            return new AccessException(Reason.UNAUTHENTICATED, NO_TOKEN).asStage();
        }
        Credentials credentials = new Credentials(token, null, ClientAddress.of(exchange));
        return authenticator.authenticate(credentials).thenCompose(identity -> organisations
                .check(identity, credentials)
                .thenApply(known -> identity));
    }

    private static void refuse(HttpServerExchange exchange, Throwable failure) {
        AccessException refused = AccessException.of(failure);
        if (refused == null) {
            LOG.error("Inspector request failed", failure);
            new Problem(500, "The gateway has a fault; its log says more.").send(exchange);
            return;
        }
        String detail = String.valueOf(refused.getMessage());
        switch (refused.reason()) {
            case UNAUTHENTICATED -> {
                exchange.getResponseHeaders().put(Headers.WWW_AUTHENTICATE, "Bearer");
                new Problem(401, detail).send(exchange);
            }
            case FORBIDDEN, ENDED -> new Problem(403, detail).send(exchange);
            case UNAVAILABLE -> {
                exchange.getResponseHeaders().put(Headers.RETRY_AFTER, "5");
                new Problem(503, detail).send(exchange);
            }
        }
    }
}
