package io.eventsgateway.security;

import io.eventsgateway.auth.AccessPolicy;
import io.eventsgateway.auth.Credentials;
import io.eventsgateway.auth.Identity;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Whether somebody's organisation is let in at all, to whatever it is. Any thread may call; a call never waits for anybody. */
@FunctionalInterface
public interface OrganisationCheck {

    /** Lets in every organisation. */
    OrganisationCheck NONE = (identity, credentials) -> CompletableFuture.completedStage(null);

    /**
     * Asks whether it is. The stage may be complete on return; else it completes on a thread of whoever was asked, and what depends on
     * it must not block.
     *
     * @return completes, with anything, if it is; fails with {@link io.eventsgateway.auth.AccessException} if it is not, or the answer is not
     * available now
     */
    CompletionStage<?> check(Identity identity, Credentials credentials);

    /** Has a policy decide about those only whose organisation is let in. */
    default AccessPolicy before(AccessPolicy policy) {
        return (identity, credentials, destination) ->
                check(identity, credentials).thenCompose(known -> policy.check(identity, credentials, destination));
    }
}
