package io.eventsgateway.security;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.eventsgateway.Text;
import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessException.Reason;
import io.eventsgateway.auth.Credentials;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.auth.IssuerMemory;
import io.eventsgateway.config.Environment;
import io.eventsgateway.config.Setting;
import io.eventsgateway.route.Organisations;
import java.net.URI;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Explains a token claim by claim to the operator who has it: what the gateway would say of each, and what it would answer. The client is
 * told less. Never the token itself, nor its signature. Any thread may call; no call waits.
 */
public final class TokenExamination {

    private final Environment environment;
    private final InstantSource clock;
    private final IssuerExamination issuers;

    /**
     * What is to be said of one claim.
     *
     * @param claim its name, or what it is about
     * @param good whether the gateway accepts it
     * @param seen what it is
     * @param advice what to do; empty where nothing is to be done
     */
    public record Line(String claim, boolean good, String seen, String advice) {}

    /**
     * A token explained.
     *
     * @param issuer null where it names none that is accepted
     * @param organisation whose destinations it opens; null where it opens none
     */
    public record Explained(
            List<Line> lines,
            @Nullable String issuer,
            @Nullable String organisation) {}

    /** An explanation by the settings. */
    public TokenExamination(Environment environment, InstantSource clock) {
        this.environment = environment;
        this.clock = clock;
        this.issuers = new IssuerExamination();
    }

    /** Explains. */
    public CompletionStage<Explained> explain(String token) {
        List<Line> lines = new ArrayList<>();
        SignedJWT jwt;
        JWTClaimsSet claims;
        try {
            jwt = SignedJWT.parse(token);
            claims = jwt.getJWTClaimsSet();
        } catch (ParseException | RuntimeException garbled) {
            lines.add(new Line(
                    "form",
                    false,
                    "it is no signed JWT: three parts of base64url, separated by dots, the first two of them JSON",
                    "give the access token alone, without Bearer; an opaque token can't be used"));
            return CompletableFuture.completedStage(new Explained(lines, null, null));
        }
        String issuer = claims.getIssuer();
        String organisation =
                issuer == null ? null : SecuritySettings.issuers(environment).organisation(issuer);
        lines.add(issuer(issuer, organisation));
        if (organisation != null) {
            lines.add(new Line(
                    "organisation", true, organisation + ", the realm of iss: it sees records of it alone", ""));
        }
        times(claims, lines);
        who(claims, lines);
        CompletionStage<Line> signature = organisation == null || issuer == null
                ? CompletableFuture.completedStage(
                        new Line("signature", false, "not compared: the issuer is not accepted", "see iss"))
                : issuers.keySet(issuer).handle((keys, failure) -> signature(jwt, keys));
        return signature
                .thenAccept(lines::add)
                .thenCompose(done -> answer(token))
                .thenApply(answer -> {
                    lines.add(answer);
                    return new Explained(List.copyOf(lines), organisation == null ? null : issuer, organisation);
                });
    }

    private Line issuer(@Nullable String issuer, @Nullable String organisation) {
        if (organisation != null) {
            return new Line("iss", true, Text.forLog(String.valueOf(issuer)), "");
        }
        Set<String> list = environment.get(SecuritySettings.ISSUERS);
        Setting<?> setting = list.isEmpty() ? SecuritySettings.BASE_URL : SecuritySettings.ISSUERS;
        String accepted = list.isEmpty()
                ? environment.get(SecuritySettings.BASE_URL).replaceAll("/+$", "") + "/realms/<an organisation's UUID>"
                : String.join(", ", new TreeSet<>(list));
        return new Line(
                "iss",
                false,
                issuer == null
                        ? "there is none"
                        : Text.forLog(issuer) + " is not accepted; accepted is " + accepted + difference(issuer),
                "make " + setting.name()
                        + " what tokens have in iss, to the letter, or have the issuer's public URL corrected");
    }

    private String difference(String issuer) {
        String prefix = environment.get(SecuritySettings.BASE_URL).replaceAll("/+$", "") + "/realms/";
        if (!environment.get(SecuritySettings.ISSUERS).isEmpty()) {
            return "";
        }
        if (issuer.startsWith(prefix)) {
            String realm = issuer.substring(prefix.length());
            return Organisations.ofUuid(realm) == null
                    ? ": its realm " + Text.forLog(realm) + " is not called by a UUID"
                    : "";
        }
        try {
            URI theirs = URI.create(issuer);
            URI ours = URI.create(prefix);
            if (String.valueOf(theirs.getHost()).equals(ours.getHost())) {
                return theirs.getPath().startsWith(ours.getPath())
                        ? ": scheme or port differ"
                        : ": the path differs, as that of Keycloak before 17, /auth, does";
            }
            return ": the host differs";
        } catch (IllegalArgumentException malformed) {
            return "";
        }
    }

    private void times(JWTClaimsSet claims, List<Line> lines) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Date expires = claims.getExpirationTime();
        if (expires == null) {
            lines.add(new Line("exp", false, "there is none", "have the issuer set it: a token must expire"));
        } else {
            Instant exp = expires.toInstant();
            boolean over = !now.isBefore(exp);
            lines.add(new Line(
                    "exp",
                    !over,
                    exp + ", " + (over ? "which is over since " : "in ")
                            + Duration.between(now, exp).abs(),
                    over ? "get a new one; if it is new, compare the clocks" : ""));
        }
        future("nbf", claims.getNotBeforeTime(), now, lines);
        future("iat", claims.getIssueTime(), now, lines);
    }

    private static void future(String claim, @Nullable Date date, Instant now, List<Line> lines) {
        if (date != null) {
            boolean future = now.plusSeconds(JwtAuthenticator.SKEW_SECONDS).isBefore(date.toInstant());
            lines.add(new Line(
                    claim,
                    !future,
                    date.toInstant()
                            + (future ? ", which is in the future by " + Duration.between(now, date.toInstant()) : ""),
                    future ? "correct the clock of the issuer or of this machine; 30 s are allowed" : ""));
        }
    }

    private void who(JWTClaimsSet claims, List<Line> lines) {
        String audience = environment.get(SecuritySettings.AUDIENCE);
        if (!audience.isEmpty()) {
            boolean good = claims.getAudience().contains(audience);
            lines.add(new Line(
                    "aud",
                    good,
                    Text.forLog(claims.getAudience().toString()),
                    good
                            ? ""
                            : "SECURITY_OAUTH2_AUDIENCE=" + audience + " must be one of them: have the issuer add it"));
        }
        Object use = claims.getClaim("typ");
        if (use != null && !"Bearer".equals(use)) {
            lines.add(new Line(
                    "typ", false, Text.forLog(use.toString()), "use the access token, not the ID or refresh token"));
        }
        if (claims.getClaim("cnf") != null) {
            lines.add(new Line("cnf", false, "it is bound to a key", "have the issuer give a plain bearer token"));
        }
        String subject = claims.getSubject();
        lines.add(new Line(
                "sub",
                subject != null && !subject.isEmpty(),
                subject == null
                        ? "there is none"
                        : Text.forLog(subject) + ", whose own destination is user/" + Text.forLog(subject),
                subject == null ? "have the issuer add it: Keycloak's client scope basic has it" : ""));
        Object name = claims.getClaim("preferred_username");
        if (name != null) {
            lines.add(new Line("preferred_username", true, Text.forLog(name.toString()), ""));
        }
        Set<String> roles =
                new TreeSet<>(Names.roles(claims.getClaim("realm_access"), claims.getClaim("resource_access")));
        lines.add(new Line("roles", true, roles.isEmpty() ? "none" : Text.forLog(roles.toString()), ""));
    }

    private static Line signature(SignedJWT jwt, @Nullable KeySet keys) {
        String key = "by key " + Text.forLog(String.valueOf(jwt.getHeader().getKeyID())) + ", algorithm "
                + Text.forLog(String.valueOf(jwt.getHeader().getAlgorithm()));
        if (keys == null) {
            return new Line(
                    "signature", false, key + ", not compared: the issuer's keys can't be had", "see issuer keys");
        }
        if (!KeySet.ALGORITHMS.contains(jwt.getHeader().getAlgorithm())) {
            return new Line("signature", false, key + ", which is not accepted", "have the issuer use RS256 or ES256");
        }
        return switch (keys.verify(jwt)) {
            case SIGNED -> new Line("signature", true, key, "");
            case FORGED ->
                new Line(
                        "signature",
                        false,
                        key + ", which does not fit",
                        "the token was changed, or is of another server");
            case UNKNOWN ->
                new Line(
                        "signature",
                        false,
                        key + ", which the issuer does not publish",
                        "the key was removed, or the token is of another server under the same name");
        };
    }

    /** What a client with it is answered. */
    private CompletionStage<Line> answer(String token) {
        return SecuritySettings.jwt(environment, IssuerMemory.ofProcess())
                .authenticate(new Credentials(token, null))
                .handle((identity, failure) -> {
                    if (identity != null) {
                        return new Line("answer", true, letsIn(identity), "");
                    }
                    AccessException refused = failure == null ? null : AccessException.of(failure);
                    Reason reason = refused == null ? Reason.UNAUTHENTICATED : refused.reason();
                    String status =
                            switch (reason) {
                                case UNAUTHENTICATED -> "401";
                                case FORBIDDEN -> "403";
                                case ENDED -> "204";
                                case UNAVAILABLE -> "come back later";
                            };
                    String detail = refused == null ? "" : ": " + refused.getMessage();
                    return new Line("answer", false, status + detail, "see the claims above");
                });
    }

    private static String letsIn(Identity identity) {
        return "it is let in, as " + identity.subject() + " of " + identity.organisation() + " until "
                + identity.expiresAt();
    }
}
