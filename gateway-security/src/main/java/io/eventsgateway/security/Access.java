package io.eventsgateway.security;

import io.eventsgateway.auth.AccessPolicy;
import io.eventsgateway.auth.Authenticator;

/**
 * Who gets in, as the settings say.
 *
 * @param authenticator tells who a client is
 * @param policy tells what it may see
 */
public record Access(Authenticator authenticator, AccessPolicy policy) {}
