package io.eventsgateway.security;

import io.eventsgateway.auth.AccessPolicy;
import io.eventsgateway.auth.Authenticator;

/**
 * Who gets in, as the settings say.
 *
 * @param authenticator identifies a client
 * @param organisations checks whether its organisation is let in, for requests that name no destination
 * @param policy decides what it may see, and checks its organisation too
 * @param services the services that these ask; to be started for their health, and closed
 */
public record Access(
        Authenticator authenticator, OrganisationCheck organisations, AccessPolicy policy, Services services) {}
