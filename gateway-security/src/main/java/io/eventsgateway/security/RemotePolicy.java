package io.eventsgateway.security;

import io.eventsgateway.Destination;
import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessPolicy;
import io.eventsgateway.auth.Credentials;
import io.eventsgateway.auth.Identity;

/** Asks the runtime manager, in the caller's name, about process instances; lets everybody in to the rest. */
final class RemotePolicy implements AccessPolicy {

    private final RuntimeManager runtimeManager;

    RemotePolicy(RuntimeManager runtimeManager) {
        this.runtimeManager = runtimeManager;
    }

    @Override
    public void check(Identity identity, Credentials credentials, Destination destination) throws AccessException {
        String token = credentials.token();
        if (token != null && destination.type().equals(RuntimeManager.PROCESS_INSTANCE)) {
            runtimeManager.check(token, destination);
        }
    }
}
