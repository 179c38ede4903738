package io.eventsgateway.auth;

import org.jspecify.annotations.Nullable;

/** Tells who a client is by the token it brought. Any thread may call; a call may block for as long as a key is fetched. */
@FunctionalInterface
public interface Authenticator {

    /**
     * Checks a token.
     *
     * @param token what the client brought, null if nothing
     * @throws AccessException if the client is not let in, or it can't be told now
     */
    Identity authenticate(@Nullable String token) throws AccessException;
}
