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
    public Identity authenticate(Credentials credentials) throws AccessException {
        if (credentials.token() != null) {
            return authenticator.authenticate(credentials);
        }
        String named = credentials.organisation();
        String organisation = named == null ? null : Organisations.ofUuid(named);
        if (organisation == null) {
            throw new AccessException(
                    Reason.UNAUTHENTICATED,
                    "Bring an access token, or name the organisation by its UUID: header Fx-Organization-Id, or query organization.");
        }
        return new Identity("anonymous", organisation, Set.of(), Set.of(), null);
    }

    @Override
    public void check(Identity identity, Credentials credentials, Destination destination) throws AccessException {
        if (credentials.token() != null) {
            policy.check(identity, credentials, destination);
        } else if (destination.type().equals(RuntimeManager.PROCESS_INSTANCE)) {
            runtimeManager.check(account.token(), destination);
        } else {
            throw new AccessException(
                    Reason.UNAUTHENTICATED, "Bring an access token; without one only process instances are shown.");
        }
    }
}
