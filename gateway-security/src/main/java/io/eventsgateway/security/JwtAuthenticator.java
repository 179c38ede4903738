package io.eventsgateway.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.BadJWSException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessException.Reason;
import io.eventsgateway.auth.Authenticator;
import io.eventsgateway.auth.Credentials;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.route.Organisations;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.io.FileNotFoundException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks access tokens (RFC 7519, RFC 8725) by the keys that their issuer publishes: cached for each issuer, fetched again for an
 * unknown key but not often, kept through an outage. Any thread may call; a call may block for two seconds while keys are fetched.
 */
public final class JwtAuthenticator implements Authenticator {

    private static final int MAX_TOKEN = 16 * 1024;
    private static final int MAX_ISSUERS = 1000;
    private static final int MAX_UNKNOWN_KEYS = 100;
    private static final int MAX_HEADER = 1024;
    private static final Duration WITHOUT_KEYS = Duration.ofSeconds(30);
    private static final Duration ASK_AGAIN = Duration.ofSeconds(3);
    private static final int NEW_ISSUERS_A_SECOND = 20;
    private static final int SKEW_SECONDS = 30;
    private static final int FETCH_MILLIS = 2000;
    private static final int MAX_KEYS_BYTES = 512 * 1024;
    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512,
            JWSAlgorithm.ES256,
            JWSAlgorithm.ES384,
            JWSAlgorithm.ES512);

    /** Of tokens; most have none, or the first (RFC 7519, section 5.1; RFC 9068, section 2.1). */
    private static final Set<@Nullable JOSEObjectType> TYPES =
            new HashSet<>(Arrays.asList(null, JOSEObjectType.JWT, new JOSEObjectType("at+jwt")));

    private final Issuers issuers;
    private final String audience;
    private final InstantSource clock;

    private final Cache<String, Keys> issuersKeys =
            Caffeine.newBuilder().maximumSize(MAX_ISSUERS).build();

    /** Issuers that look right but had no keys, and what their tokens are told. */
    private final Cache<String, AccessException> withoutKeys = Caffeine.newBuilder()
            .expireAfter(Expiry.creating((String issuer, AccessException told) ->
                    told.reason() == Reason.UNAVAILABLE ? ASK_AGAIN : WITHOUT_KEYS))
            .maximumSize(10 * MAX_ISSUERS)
            .build();

    /** Anybody can name realms that are not there; each costs a request to the server of them all. */
    private final RateLimiter newIssuers = RateLimiter.of(
            "new issuers",
            RateLimiterConfig.custom()
                    .limitForPeriod(NEW_ISSUERS_A_SECOND)
                    .limitRefreshPeriod(Duration.ofSeconds(1))
                    .timeoutDuration(Duration.ZERO)
                    .build());

    /** An issuer's keys. */
    private static final class Keys {
        private final DefaultJWTProcessor<SecurityContext> processor;
        private volatile boolean seen;

        /** Headers of which no key was there, which is not asked again for a while; the whole, since more than the id selects a key. */
        private final Cache<String, BadJOSEException> unknown = Caffeine.newBuilder()
                .expireAfterWrite(WITHOUT_KEYS)
                .maximumSize(MAX_UNKNOWN_KEYS)
                .build();

        private Keys(DefaultJWTProcessor<SecurityContext> processor) {
            this.processor = processor;
        }
    }

    /**
     * A check of tokens.
     *
     * @param audience that a token must have; empty for any
     * @param clock what expiry is compared with
     */
    public JwtAuthenticator(Issuers issuers, String audience, InstantSource clock) {
        this.issuers = issuers;
        this.audience = audience;
        this.clock = clock;
    }

    @Override
    public Identity authenticate(Credentials credentials) throws AccessException {
        String token = credentials.token();
        if (token == null) {
            throw refused("Bring an access token: Authorization: Bearer <token>.");
        }
        if (token.length() > MAX_TOKEN) {
            throw refused("The token is larger than " + MAX_TOKEN + " bytes.");
        }
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            if (!ALGORITHMS.contains(jwt.getHeader().getAlgorithm())) {
                throw refused("The token is signed by an algorithm that is not accepted; use RS256 or ES256.");
            }
            if (!TYPES.contains(jwt.getHeader().getType())) {
                throw refused("The token is not an access token.");
            }
            String issuer = jwt.getJWTClaimsSet().getIssuer();
            String organisation = issuer == null ? null : issuers.organisation(issuer);
            if (issuer == null || organisation == null) {
                throw refused("The token is not from an issuer that is accepted here.");
            }
            JWTClaimsSet claims = verify(jwt, issuer);
            checkTimes(claims);
            checkUse(claims);
            return identity(claims, organisation);
        } catch (ParseException garbled) {
            throw refused("The token is not a signed JWT.");
        } catch (BadJWTException wrong) {
            throw refused("The token is not valid: " + wrong.getMessage() + ".");
        } catch (BadJOSEException unverified) {
            throw refused("The token's signature is not by a key of its issuer.");
        } catch (JOSEException | MalformedURLException | IllegalArgumentException unusable) {
            throw refused("The token can't be checked.");
        }
    }

    private void checkTimes(JWTClaimsSet claims) throws AccessException {
        Instant now = clock.instant();
        Duration skew = Duration.ofSeconds(SKEW_SECONDS);
        Date expires = claims.getExpirationTime();
        if (expires == null) {
            throw refused("The token never expires; it needs exp.");
        }
        if (!now.isBefore(expires.toInstant().plus(skew))) {
            throw refused("The token has expired; get a new one.");
        }
        Date notBefore = claims.getNotBeforeTime();
        Date issued = claims.getIssueTime();
        if (notBefore != null && now.plus(skew).isBefore(notBefore.toInstant())) {
            throw refused("The token is not valid yet.");
        }
        if (issued != null && now.plus(skew).isBefore(issued.toInstant())) {
            throw refused("The token was issued in the future.");
        }
    }

    private void checkUse(JWTClaimsSet claims) throws AccessException {
        if (!audience.isEmpty() && !claims.getAudience().contains(audience)) {
            throw refused("The token is meant for another audience.");
        }
        Object use = claims.getClaim("typ");
        if (use != null && !"Bearer".equals(use)) {
            throw refused("The token is not an access token.");
        }
        if (claims.getClaim("cnf") != null) {
            throw refused(
                    "The token is bound to a key (DPoP or mutual TLS), which can't be checked here; bring a plain one.");
        }
    }

    private static Identity identity(JWTClaimsSet claims, String organisation) throws AccessException {
        String subject = claims.getSubject();
        if (subject == null || subject.isEmpty() || subject.length() > 256 || subject.equals("*")) {
            throw refused("The token has no subject; it needs sub.");
        }
        Set<String> names = new HashSet<>(Set.of(subject));
        // who may choose a name must not choose another's subject
        if (claims.getClaim("preferred_username") instanceof String name && Organisations.ofUuid(name) == null) {
            names.add(name);
        }
        Set<String> roles = new HashSet<>();
        addRoles(roles, "", claims.getClaim("realm_access"));
        if (claims.getClaim("resource_access") instanceof Map<?, ?> clients) {
            clients.forEach((client, access) -> addRoles(roles, client + "/", access));
        }
        return new Identity(
                subject, organisation, names, roles, claims.getExpirationTime().toInstant());
    }

    private static void addRoles(Set<String> roles, String prefix, @Nullable Object access) {
        if (access instanceof Map<?, ?> map && map.get("roles") instanceof Collection<?> names) {
            names.forEach(name -> roles.add(prefix + name));
        }
    }

    private JWTClaimsSet verify(SignedJWT jwt, String issuer)
            throws AccessException, BadJOSEException, JOSEException, MalformedURLException {
        Keys keys = keys(issuer);
        String header = jwt.getHeader().toBase64URL().toString();
        BadJOSEException before = keys.unknown.getIfPresent(header);
        if (before != null) {
            throw before;
        }
        try {
            JWTClaimsSet claims = keys.processor.process(jwt, null);
            keys.seen = true;
            return claims;
        } catch (KeySourceException noKeys) {
            AccessException told = isMissing(noKeys)
                    ? refused("The token's issuer publishes no keys.")
                    : new AccessException(Reason.UNAVAILABLE, "The issuer's keys can't be had right now; try again.");
            if (!keys.seen) {
                issuersKeys.invalidate(issuer);
                withoutKeys.put(issuer, told);
            }
            throw told;
        } catch (BadJOSEException unverified) {
            keys.seen = true;
            if (!(unverified instanceof BadJWSException) && header.length() <= MAX_HEADER) {
                keys.unknown.put(header, unverified);
            }
            throw unverified;
        }
    }

    private Keys keys(String issuer) throws AccessException, MalformedURLException {
        Keys known = issuersKeys.getIfPresent(issuer);
        if (known != null) {
            return known;
        }
        AccessException before = withoutKeys.getIfPresent(issuer);
        if (before != null) {
            throw before;
        }
        if (!newIssuers.acquirePermission()) {
            throw new AccessException(Reason.UNAVAILABLE, "Too many issuers are new right now; try again.");
        }
        Keys made = new Keys(newProcessor(
                URI.create(issuer + "/protocol/openid-connect/certs").toURL()));
        Keys other = issuersKeys.asMap().putIfAbsent(issuer, made);
        return other == null ? made : other;
    }

    /** Whether there is no such realm, as against one that can't be asked. */
    private static boolean isMissing(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof FileNotFoundException) {
                return true;
            }
        }
        return false;
    }

    private static DefaultJWTProcessor<SecurityContext> newProcessor(URL keys) {
        JWKSource<SecurityContext> source = JWKSourceBuilder.create(
                        keys, new DefaultResourceRetriever(FETCH_MILLIS, FETCH_MILLIS, MAX_KEYS_BYTES))
                .cache(Duration.ofMinutes(5).toMillis(), 3 * FETCH_MILLIS)
                .refreshAheadCache(Duration.ofMinutes(1).toMillis(), false)
                .rateLimited(Duration.ofSeconds(30).toMillis())
                .outageTolerant(Duration.ofHours(12).toMillis())
                .build();
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, source));
        processor.setJWSTypeVerifier((type, context) -> {});
        processor.setJWTClaimsSetVerifier((claims, context) -> {});
        return processor;
    }

    private static AccessException refused(String detail) {
        return new AccessException(Reason.UNAUTHENTICATED, detail);
    }
}
