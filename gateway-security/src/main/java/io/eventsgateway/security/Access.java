package io.eventsgateway.security;

import io.eventsgateway.auth.AccessPolicy;
import io.eventsgateway.auth.Authenticator;

/**
 * Who gets in, as the settings say.
 *
 * @param authenticator tells who a client is
 * @param policy tells what it may see
 * @param services which both ask; to be started for their health, and closed
 */
public record Access(Authenticator authenticator, AccessPolicy policy, Services services) {}
