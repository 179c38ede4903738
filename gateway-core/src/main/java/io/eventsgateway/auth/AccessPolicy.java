package io.eventsgateway.auth;

import io.eventsgateway.Destination;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Whether somebody may listen to a destination of its own organisation. Asked once for each destination of a stream, before it
 * opens. Any thread may call, also one that must not block: a call never waits for anybody.
 */
@FunctionalInterface
public interface AccessPolicy {

    /** Lets in everybody who was authenticated. */
    AccessPolicy AUTHENTICATED = (identity, credentials, destination) -> CompletableFuture.completedStage(null);

    /**
     * Asks whether it may. The stage may be complete on return, and is where nobody has to be asked; else it completes on a thread
     * of whoever was asked, and what depends on it must not block. Several calls for one client may be under way at once.
     *
     * @param identity who it is
     * @param credentials what it brought, for those who ask others in its name
     * @return completes, with anything, if it may; fails with {@link AccessException} if it may not, or the answer is not available
     * now
     */
    CompletionStage<?> check(Identity identity, Credentials credentials, Destination destination);
}
