package io.eventsgateway.auth;

import java.util.concurrent.CompletionStage;

/** Tells who a client is by what it brought. Any thread may call, also one that must not block: a call never waits for anybody. */
@FunctionalInterface
public interface Authenticator {

    /**
     * Checks what a client brought. The stage may be complete on return, and is where nobody has to be asked; else it completes on a
     * thread of whoever was asked, within a bounded time, and what depends on it must not block.
     *
     * @return fails with {@link AccessException} if the client is not let in, or it can't be told now
     */
    CompletionStage<Identity> authenticate(Credentials credentials);
}
