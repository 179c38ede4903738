package io.eventsgateway.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
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
import io.eventsgateway.auth.Identity;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.LinkedHashMap;
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

    private final Issuers issuers;
    private final String audience;
    private final InstantSource clock;

    // guarded by itself
    private final Map<String, DefaultJWTProcessor<SecurityContext>> processors = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, DefaultJWTProcessor<SecurityContext>> eldest) {
            return size() > MAX_ISSUERS;
        }
    };

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
    public Identity authenticate(@Nullable String token) throws AccessException {
        if (token == null || token.isEmpty()) {
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
            String issuer = jwt.getJWTClaimsSet().getIssuer();
            String organisation = issuer == null ? null : issuers.organisation(issuer);
            if (issuer == null || organisation == null) {
                throw refused("The token is not from an issuer that is accepted here.");
            }
            JWTClaimsSet claims = processor(issuer).process(jwt, null);
            checkTimes(claims);
            checkUse(claims);
            return identity(claims, organisation);
        } catch (ParseException garbled) {
            throw refused("The token is not a signed JWT.");
        } catch (BadJWTException wrong) {
            throw refused("The token is not valid: " + wrong.getMessage() + ".");
        } catch (BadJOSEException unverified) {
            throw refused("The token's signature is not by a key of its issuer.");
        } catch (KeySourceException noKeys) {
            throw new AccessException(Reason.UNAVAILABLE, "The issuer's keys can't be had right now; try again.");
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
    }

    private static Identity identity(JWTClaimsSet claims, String organisation) throws AccessException {
        String subject = claims.getSubject();
        if (subject == null || subject.isEmpty() || subject.length() > 256) {
            throw refused("The token has no subject; it needs sub.");
        }
        Set<String> names = new HashSet<>(Set.of(subject));
        if (claims.getClaim("preferred_username") instanceof String name) {
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

    private DefaultJWTProcessor<SecurityContext> processor(String issuer) throws MalformedURLException {
        synchronized (processors) {
            DefaultJWTProcessor<SecurityContext> known = processors.get(issuer);
            if (known == null) {
                known = newProcessor(
                        URI.create(issuer + "/protocol/openid-connect/certs").toURL());
                processors.put(issuer, known);
            }
            return known;
        }
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
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        processor.setJWTClaimsSetVerifier((claims, context) -> {});
        return processor;
    }

    private static AccessException refused(String detail) {
        return new AccessException(Reason.UNAUTHENTICATED, detail);
    }
}
