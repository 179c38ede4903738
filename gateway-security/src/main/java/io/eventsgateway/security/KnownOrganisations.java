package io.eventsgateway.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessException.Reason;
import io.eventsgateway.auth.Credentials;
import io.eventsgateway.auth.Identity;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Lets in those only whose organisation the organisation manager knows. Who brings no token may name any
 * organisation; each address may have few asked about that way.
 */
final class KnownOrganisations implements OrganisationCheck {

    private static final int AT_ONCE = 16;
    private static final int SHARE = 4;
    private static final int UNPROVED_A_SECOND = 20;
    private static final String NO_ADDRESS = "";

    /** What a probe asks for. */
    private static final String NONE = "00000000-0000-0000-0000-000000000000";

    private final String base;
    private final ServiceHealth health;
    private final Lookup<String> lookup;
    private final Rates unproved = new Rates(UNPROVED_A_SECOND);
    private final Cache<String, Boolean> seen =
            Caffeine.newBuilder().maximumSize(10_000).build();

    KnownOrganisations(String baseUrl, HttpClient http) {
        this.base = baseUrl.replaceAll("/+$", "");
        this.health = new ServiceHealth(
                "organizationManager",
                "The organisation manager",
                base,
                SecuritySettings.ORGANIZATION_MANAGER.name(),
                () -> Lookup.probe(http, uri(NONE)),
                System::nanoTime);
        this.lookup = new Lookup<>("organisation manager", health, http, Duration.ofMinutes(5), false, AT_ONCE, SHARE);
    }

    @Override
    public CompletionStage<?> check(Identity identity, Credentials credentials) {
        return isKnown(identity.organisation(), credentials)
                .thenCompose(known -> known
                        ? CompletableFuture.completedStage(null)
                        : new AccessException(Reason.FORBIDDEN, "Your organisation is not known here.").asStage());
    }

    private CompletionStage<Boolean> isKnown(String organisation, Credentials credentials) {
        String address = Objects.requireNonNullElse(credentials.address(), NO_ADDRESS);
        String token = credentials.token();
        if (token == null && !lookup.remembers(organisation) && !unproved.takes(address)) {
            return new AccessException(Reason.UNAVAILABLE, "Too many organisations are new right now; try again.")
                    .asStage();
        }
        return lookup.ask(organisation, TokenForm.digest(token), address, () -> request(organisation, token))
                .handle((known, failure) -> {
                    if (known == null) {
                        // what was known stays so until there is another answer
                        return seen.getIfPresent(organisation) != null
                                ? CompletableFuture.completedStage(true)
                                : CompletableFuture.<Boolean>failedStage(failure);
                    }
                    if (known) {
                        seen.put(organisation, true);
                    } else {
                        seen.invalidate(organisation);
                    }
                    return CompletableFuture.completedStage(known);
                })
                .thenCompose(stage -> stage);
    }

    /** Whether the organisation manager answers. */
    ServiceHealth health() {
        return health;
    }

    private String uri(String organisation) {
        return base + "/api/organizations/" + URLEncoder.encode(organisation, StandardCharsets.UTF_8);
    }

    private HttpRequest.Builder request(String organisation, @Nullable String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(uri(organisation)));
        return token == null ? request : Asking.authorized(request, token);
    }
}
