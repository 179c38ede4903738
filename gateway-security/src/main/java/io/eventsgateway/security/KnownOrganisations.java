package io.eventsgateway.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
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
import org.jspecify.annotations.Nullable;

/** Lets in only those whose organisation the organisation manager knows. */
final class KnownOrganisations implements Authenticator {

    private final Authenticator authenticator;
    private final String base;
    private final Lookup<String> lookup;
    private final Cache<String, Boolean> seen =
            Caffeine.newBuilder().maximumSize(10_000).build();

    KnownOrganisations(Authenticator authenticator, String baseUrl, HttpClient http) {
        this.authenticator = authenticator;
        this.base = baseUrl.replaceAll("/+$", "");
        this.lookup = new Lookup<>("organisation manager", http, Duration.ofMinutes(5), false);
    }

    @Override
    public Identity authenticate(Credentials credentials) throws AccessException {
        Identity identity = authenticator.authenticate(credentials);
        String organisation = identity.organisation();
        if (!isKnown(organisation, credentials.token())) {
            throw new AccessException(Reason.FORBIDDEN, "Your organisation is not known here.");
        }
        return identity;
    }

    private boolean isKnown(String organisation, @Nullable String token) throws AccessException {
        try {
            boolean known = lookup.ask(organisation, () -> {
                HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(
                        base + "/api/organizations/" + URLEncoder.encode(organisation, StandardCharsets.UTF_8)));
                return token == null ? request : request.header("Authorization", "Bearer " + token);
            });
            if (known) {
                seen.put(organisation, true);
            } else {
                seen.invalidate(organisation);
            }
            return known;
        } catch (AccessException noAnswer) {
            // what was known stays so until there is another answer
            if (seen.getIfPresent(organisation) == null) {
                throw noAnswer;
            }
            return true;
        }
    }
}
