package io.eventsgateway.security;

import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessException.Reason;
import io.eventsgateway.auth.Authenticator;
import io.eventsgateway.auth.Credentials;
import io.eventsgateway.auth.Identity;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Lets in only those whose organisation the organisation manager knows. */
final class KnownOrganisations implements Authenticator {

    private final Authenticator authenticator;
    private final String base;
    private final Lookup<String> lookup;

    KnownOrganisations(Authenticator authenticator, String baseUrl, HttpClient http) {
        this.authenticator = authenticator;
        this.base = baseUrl.replaceAll("/+$", "");
        this.lookup = new Lookup<>("organisation manager", http, Duration.ofMinutes(5));
    }

    @Override
    public Identity authenticate(Credentials credentials) throws AccessException {
        Identity identity = authenticator.authenticate(credentials);
        String organisation = identity.organisation();
        boolean known = lookup.ask(organisation, () -> {
            HttpRequest.Builder request = HttpRequest.newBuilder(
                    URI.create(base + "/api/organizations/" + URLEncoder.encode(organisation, StandardCharsets.UTF_8)));
            String token = credentials.token();
            return token == null ? request : request.header("Authorization", "Bearer " + token);
        });
        if (!known) {
            throw new AccessException(Reason.FORBIDDEN, "Your organisation is not known here.");
        }
        return identity;
    }
}
