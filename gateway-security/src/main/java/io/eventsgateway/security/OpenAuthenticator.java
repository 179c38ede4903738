package io.eventsgateway.security;

import io.eventsgateway.Text;
import io.eventsgateway.auth.Authenticator;
import io.eventsgateway.auth.Credentials;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.route.Organisations;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Lets everybody in, as whom they say they are: the token is taken for the subject. For development only.
 *
 * @param organisation the one that everybody belongs to who names none
 */
public record OpenAuthenticator(String organisation) implements Authenticator {

    private static final int MAX_NAME = 256;

    @Override
    public CompletionStage<Identity> authenticate(Credentials credentials) {
        return CompletableFuture.completedStage(identity(credentials));
    }

    private Identity identity(Credentials credentials) {
        String token = credentials.token();
        String named = credentials.organisation();
        String uuid = named == null ? null : Organisations.ofUuid(named);
        String whose = uuid == null ? organisation : uuid;
        // a real token is nobody's name
        return token == null || token.length() > MAX_NAME || Text.hasForbiddenCharacter(token)
                ? new Identity("anonymous", whose, Set.of(), Set.of(), null)
                : new Identity(token, whose, Set.of(token), Set.of(), null);
    }
}
