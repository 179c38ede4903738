package io.eventsgateway.auth;

import java.util.concurrent.CompletionStage;

/** Identifies a client by its credentials. Any thread may call, also one that must not block: a call never blocks. */
@FunctionalInterface
public interface Authenticator {

    /**
     * Checks what a client brought. The stage may be complete on return, and is where nobody has to be asked; else it completes on
     * a thread of whoever was asked, within a bounded time, and what depends on it must not block.
     *
     * @return fails with {@link AccessException} if the client is refused, or the answer is not available now
     */
    CompletionStage<Identity> authenticate(Credentials credentials);
}
