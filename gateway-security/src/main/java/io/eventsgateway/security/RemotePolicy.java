package io.eventsgateway.security;

import io.eventsgateway.Destination;
import io.eventsgateway.auth.AccessPolicy;
import io.eventsgateway.auth.Credentials;
import io.eventsgateway.auth.Identity;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Asks the runtime manager, in the caller's name, about process instances; lets everybody in to the rest. */
final class RemotePolicy implements AccessPolicy {

    private final RuntimeManager runtimeManager;

    RemotePolicy(RuntimeManager runtimeManager) {
        this.runtimeManager = runtimeManager;
    }

    @Override
    public CompletionStage<?> check(Identity identity, Credentials credentials, Destination destination) {
        String token = credentials.token();
        return token != null && destination.type().equals(RuntimeManager.PROCESS_INSTANCE)
                ? runtimeManager.check(token, identity.organisation() + "/" + identity.subject(), destination)
                : CompletableFuture.completedStage(null);
    }
}
