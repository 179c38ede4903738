package io.eventsgateway.security;

import io.eventsgateway.Destination;
import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessException.Reason;
import io.eventsgateway.auth.AccessPolicy;
import io.eventsgateway.auth.Authenticator;
import io.eventsgateway.auth.Credentials;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.route.Organisations;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Lets in who brings no token, to those process instances that the runtime manager shows to the anonymous account. Such a client says
 * which organisation it asks for; everybody else is decided upon by others.
 */
final class AnonymousAccess implements Authenticator, AccessPolicy {

    private final Authenticator authenticator;
    private final AccessPolicy policy;
    private final ServiceAccount account;
    private final RuntimeManager runtimeManager;

    AnonymousAccess(
            Authenticator authenticator, AccessPolicy policy, ServiceAccount account, RuntimeManager runtimeManager) {
        this.authenticator = authenticator;
        this.policy = policy;
        this.account = account;
        this.runtimeManager = runtimeManager;
    }

    @Override
    public CompletionStage<Identity> authenticate(Credentials credentials) {
        if (credentials.token() != null) {
            return authenticator.authenticate(credentials);
        }
        String named = credentials.organisation();
        String organisation = named == null ? null : Organisations.ofUuid(named);
        return organisation == null
                ? new AccessException(
                                Reason.UNAUTHENTICATED,
                                "Bring an access token, or name the organisation by its UUID: header Fx-Organization-Id, or query organization.")
                        .asStage()
                : CompletableFuture.completedStage(new Identity("anonymous", organisation, Set.of(), Set.of(), null));
    }

    @Override
    public CompletionStage<?> check(Identity identity, Credentials credentials, Destination destination) {
        if (credentials.token() != null) {
            return policy.check(identity, credentials, destination);
        }
        if (!destination.type().equals(RuntimeManager.PROCESS_INSTANCE)) {
            return new AccessException(
                            Reason.UNAUTHENTICATED,
                            "Bring an access token; without one only process instances are shown.")
                    .asStage();
        }
        // nobody is known to be the same as another, but for where they come from
        String asker = "from " + credentials.address();
        return account.token().thenCompose(token -> runtimeManager.check(token, asker, destination));
    }
}
