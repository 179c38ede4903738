package io.eventsgateway.auth;

import io.eventsgateway.Destination;

/**
 * Whether somebody may listen to a destination of its own organisation. Asked once for each destination of a stream, before it
 * opens. Any thread may call; a call may block.
 */
@FunctionalInterface
public interface AccessPolicy {

    /** Lets in everybody who was authenticated. */
    AccessPolicy AUTHENTICATED = (identity, credentials, destination) -> {};

    /**
     * Returns if it may.
     *
     * @param identity who it is
     * @param credentials what it brought, for those who ask others in its name
     * @throws AccessException if it may not, or it can't be told now
     */
    void check(Identity identity, Credentials credentials, Destination destination) throws AccessException;
}
