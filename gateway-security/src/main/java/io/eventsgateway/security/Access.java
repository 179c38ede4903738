package io.eventsgateway.security;

import io.eventsgateway.auth.AccessPolicy;
import io.eventsgateway.auth.Authenticator;

/**
 * Who gets in, as the settings say.
 *
 * @param authenticator tells who a client is
 * @param organisations tells whether its organisation is let in, for what is no destination
 * @param policy tells what it may see, the check of its organisation included
 * @param services which they ask; to be started for their health, and closed
 */
public record Access(
        Authenticator authenticator, OrganisationCheck organisations, AccessPolicy policy, Services services) {}
