package io.eventsgateway.security;

import io.eventsgateway.auth.Authenticator;
import io.eventsgateway.auth.Credentials;
import io.eventsgateway.auth.Identity;
import java.util.Set;

/**
 * Lets everybody in, as whom they say they are: the token is taken for the subject. For development only.
 *
 * @param organisation the one that everybody belongs to
 */
public record OpenAuthenticator(String organisation) implements Authenticator {

    @Override
    public Identity authenticate(Credentials credentials) {
        String token = credentials.token();
        return token == null
                ? new Identity("anonymous", organisation, Set.of(), Set.of(), null)
                : new Identity(token, organisation, Set.of(token), Set.of(), null);
    }
}
