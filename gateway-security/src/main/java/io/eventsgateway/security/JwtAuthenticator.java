package io.eventsgateway.security;

import com.github.benmanes.caffeine.cache.Ticker;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.eventsgateway.Text;
import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessException.Reason;
import io.eventsgateway.auth.Authenticator;
import io.eventsgateway.auth.Credentials;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.auth.IssuerMemory;
import io.eventsgateway.security.KeySet.Verdict;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Date;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Checks access tokens (RFC 7519, RFC 8725) by the keys that their issuer publishes: cached for each issuer, fetched again for an
 * unknown key but not often, kept through an outage. Any thread may call; no call waits. A token by cached keys is checked at once, on
 * the calling thread; else on the thread that fetched the keys.
 */
public final class JwtAuthenticator implements Authenticator {

    private static final int MAX_TOKEN = 16 * 1024;
    static final int SKEW_SECONDS = 30;
    private static final String NO_ADDRESS = "";

    /** Of tokens; most have none, or the first (RFC 7519, section 5.1; RFC 9068, section 2.1). */
    private static final Set<@Nullable JOSEObjectType> TYPES =
            new HashSet<>(Arrays.asList(null, JOSEObjectType.JWT, new JOSEObjectType("at+jwt")));

    private final Issuers issuers;
    private final String audience;
    private final Names names;
    private final IssuerKeys keys;
    private final ServiceHealth health;
    private final InstantSource clock;

    /** A token that was read, and by itself may be accepted: nothing of it is known to be true. */
    private record Claimed(SignedJWT jwt, JWTClaimsSet claims, String subject, String issuer, String organisation) {}

    /**
     * A check of tokens.
     *
     * @param audience that a token must have; empty for any
     * @param matchUserNames whether a preferred user name is also one of the names that connects may call its bearer by as it is
     * @param memory of issuers that had keys; lent
     * @param clock what expiry is compared with
     */
    public JwtAuthenticator(
            Issuers issuers, String audience, boolean matchUserNames, IssuerMemory memory, InstantSource clock) {
        this(issuers, audience, matchUserNames, issuers.fetcher(), memory, clock);
    }

    private JwtAuthenticator(
            Issuers issuers,
            String audience,
            boolean matchUserNames,
            KeyFetcher fetcher,
            IssuerMemory memory,
            InstantSource clock) {
        this(
                issuers,
                audience,
                matchUserNames,
                new IssuerKeys(fetcher, new GoodIssuers(memory, Ticker.systemTicker()), Ticker.systemTicker()),
                fetcher.health(),
                clock);
    }

    private JwtAuthenticator(
            Issuers issuers,
            String audience,
            boolean matchUserNames,
            IssuerKeys keys,
            ServiceHealth health,
            InstantSource clock) {
        this.health = health;
        this.issuers = issuers;
        this.audience = audience;
        this.names = new Names(matchUserNames);
        this.keys = keys;
        this.clock = clock;
    }

    /** Whether issuers answer when they are asked for keys. */
    ServiceHealth health() {
        return health;
    }

    @Override
    public CompletionStage<Identity> authenticate(Credentials credentials) {
        Claimed claimed;
        try {
            claimed = read(credentials.token());
        } catch (AccessException refused) {
            return refused.asStage();
        }
        String address = Objects.requireNonNullElse(credentials.address(), NO_ADDRESS);
        return keys.of(claimed.issuer(), address)
                .thenCompose(issuersKeys -> issuersKeys.verify(claimed.jwt()))
                .handle((verdict, failure) -> refusal(claimed, verdict, failure))
                .thenCompose(refusal ->
                        refusal == null ? CompletableFuture.completedStage(identity(claimed)) : refusal.asStage());
    }

    private Claimed read(@Nullable String token) throws AccessException {
        if (token == null) {
            throw refused("Bring an access token: Authorization: Bearer <token>.");
        }
        if (token.length() > MAX_TOKEN) {
            throw refused("The token is larger than " + MAX_TOKEN + " bytes.");
        }
        if (!TokenForm.isCompact(token)) {
            throw noJwt();
        }
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            checkHeader(jwt.getHeader());
            Map<String, Object> json = jwt.getPayload().toJSONObject();
            if (json == null) {
                throw noJwt();
            }
            JWTClaimsSet claims = JWTClaimsSet.parse(json);
            String issuer = claims.getIssuer();
            String organisation = issuer == null ? null : issuers.organisation(issuer);
            if (issuer == null || organisation == null) {
                throw refused("The token is not from an issuer that is accepted here.");
            }
            // a number would do for the library
            String subject = json.get("sub") instanceof String text ? text : "";
            return new Claimed(jwt, claims, subject, issuer, organisation);
        } catch (ParseException | RuntimeException garbled) {
            throw noJwt();
        }
    }

    private static void checkHeader(JWSHeader header) throws AccessException, ParseException {
        if (!KeySet.ALGORITHMS.contains(header.getAlgorithm())) {
            throw refused("The token is signed by an algorithm that is not accepted; use RS256 or ES256.");
        }
        if (!TYPES.contains(header.getType())) {
            throw refused("The token is not an access token.");
        }
        // as it was sent: the library forgets what is null; an empty list is not allowed either (RFC 7515, section
        // 4.1.11)
        if (JSONObjectUtils.parse(header.toBase64URL().decodeToString()).containsKey("crit")) {
            throw refused("The token has extensions that are not understood here.");
        }
    }

    /** Why a token is refused; null where it is not. */
    private @Nullable AccessException refusal(Claimed claimed, @Nullable Verdict verdict, @Nullable Throwable failure) {
        if (verdict == null) {
            AccessException told = failure == null ? null : AccessException.of(failure);
            return told == null ? refused("The token can't be checked.") : told;
        }
        if (verdict != Verdict.SIGNED) {
            return refused("The token's signature is not by a key of its issuer.");
        }
        try {
            checkTimes(claimed.claims());
            checkUse(claimed.claims());
            checkSubject(claimed.subject());
            return null;
        } catch (AccessException refused) {
            return refused;
        }
    }

    private void checkTimes(JWTClaimsSet claims) throws AccessException {
        Instant now = clock.instant();
        Duration skew = Duration.ofSeconds(SKEW_SECONDS);
        Date expires = claims.getExpirationTime();
        if (expires == null) {
            throw refused("The token never expires; it needs exp.");
        }
        // without skew: a stream that is let in ends when its token does
        if (!now.isBefore(expires.toInstant())) {
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

    private static void checkSubject(String subject) throws AccessException {
        if (subject.isEmpty() || subject.length() > 256 || subject.equals("*") || Text.hasForbiddenCharacter(subject)) {
            throw refused(
                    "The token has no subject that can be used; its sub must be a text of 1 to 256 characters, none of them a "
                            + "control character, and not *.");
        }
    }

    private Identity identity(Claimed claimed) {
        JWTClaimsSet claims = claimed.claims();
        return new Identity(
                claimed.subject(),
                claimed.organisation(),
                names.of(claimed.subject(), claims.getClaim("preferred_username")),
                Names.roles(claims.getClaim("realm_access"), claims.getClaim("resource_access")),
                claims.getExpirationTime().toInstant());
    }

    private static AccessException noJwt() {
        return refused("The token is not a signed JWT.");
    }

    private static AccessException refused(String detail) {
        return new AccessException(Reason.UNAUTHENTICATED, detail);
    }
}
