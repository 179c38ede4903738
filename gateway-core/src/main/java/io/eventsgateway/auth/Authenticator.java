package io.eventsgateway.auth;

/** Tells who a client is by what it brought. Any thread may call; a call may block for as long as a key is fetched. */
@FunctionalInterface
public interface Authenticator {

    /**
     * Checks what a client brought.
     *
     * @throws AccessException if the client is not let in, or it can't be told now
     */
    Identity authenticate(Credentials credentials) throws AccessException;
}
