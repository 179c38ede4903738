package io.eventsgateway.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessException.Reason;
import io.eventsgateway.auth.Credentials;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.auth.IssuerMemory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Good and hostile tokens, against an issuer that publishes its keys by HTTP. */
class JwtAuthenticatorIT {

    private static final String ORGANISATION = "5f24c66f-04a7-433a-b64a-a765d3b8121a";
    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    private static RSAKey rsa;
    private static RSAKey otherRsa;
    private static ECKey ec;

    private final List<JWK> published = new ArrayList<>();
    private final AtomicInteger fetches = new AtomicInteger();
    private HttpServer server;
    private String base;
    private String issuer;

    @BeforeAll
    static void makeKeys() throws Exception {
        rsa = new RSAKeyGenerator(2048).keyID("rsa").generate();
        otherRsa = new RSAKeyGenerator(2048).keyID("rsa").generate();
        ec = new ECKeyGenerator(Curve.P_256).keyID("ec").generate();
    }

    @BeforeEach
    void start() throws IOException {
        published.addAll(List.of(rsa, ec));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            fetches.incrementAndGet();
            boolean certs = exchange.getRequestURI()
                    .getPath()
                    .equals("/auth/realms/" + ORGANISATION + "/protocol/openid-connect/certs");
            byte[] body = new JWKSet(published).toString().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(certs ? 200 : 404, certs ? body.length : -1);
            if (certs) {
                exchange.getResponseBody().write(body);
            }
            exchange.close();
        });
        server.start();
        base = "http://127.0.0.1:" + server.getAddress().getPort() + "/auth";
        issuer = base + "/realms/" + ORGANISATION;
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void letsInWhoeverBringsATokenOfTheIssuer() throws Exception {
        JWTClaimsSet claims = good().claim("preferred_username", "ann")
                .claim("realm_access", Map.of("roles", List.of("clerk")))
                .claim("resource_access", Map.of("crm", Map.of("roles", List.of("reader"))))
                .build();

        for (String token : List.of(
                sign(JWSAlgorithm.RS256, new RSASSASigner(rsa), "rsa", claims),
                sign(JWSAlgorithm.PS256, new RSASSASigner(rsa), "rsa", claims),
                sign(JWSAlgorithm.ES256, new ECDSASigner(ec), "ec", claims))) {
            Identity identity = authenticate(authenticator(""), token);

            assertThat(identity.subject()).isEqualTo("f:ann");
            assertThat(identity.organisation()).isEqualTo(ORGANISATION);
            assertThat(identity.names()).containsExactlyInAnyOrder("f:ann", "user:ann");
            assertThat(identity.roles()).containsExactlyInAnyOrder("clerk", "crm/reader");
            assertThat(identity.expiresAt()).isEqualTo(NOW.plusSeconds(300));
        }
    }

    @Test
    void takesNobodysChosenNameForAnothersSubject() throws Exception {
        String other = UUID.randomUUID().toString();

        assertThat(authenticate(authenticator(""), rsa(good().claim("preferred_username", other)))
                        .names())
                .containsExactlyInAnyOrder("f:ann", "user:" + other);
    }

    @Test
    void letsInATokenUntilItExpires() throws Exception {
        assertThat(authenticate(authenticator(""), rsa(good().expirationTime(Date.from(NOW.plusSeconds(1))))))
                .isNotNull();
    }

    @Test
    void toleratesClocksThatDifferALittle() throws Exception {
        assertThat(authenticate(
                        authenticator(""),
                        rsa(good().notBeforeTime(Date.from(NOW.plusSeconds(20)))
                                .issueTime(Date.from(NOW.plusSeconds(20))))))
                .isNotNull();
    }

    @Test
    void checksTheAudienceWhereOneIsSet() throws Exception {
        JwtAuthenticator events = authenticator("events");

        assertThat(authenticate(events, rsa(good().audience(List.of("account", "events")))))
                .isNotNull();
        for (JWTClaimsSet.Builder other : List.of(good(), good().audience("account"))) {
            String token = rsa(other);
            assertThat(catchThrowableOfType(AccessException.class, () -> authenticate(events, token)))
                    .hasMessageContaining("audience");
        }
    }

    @Test
    void trustsListedIssuersOnlyWhereThereIsAList() throws Exception {
        Issuers listed = new Issuers(base, "", Set.of("https://id.example.com/realms/shop"));

        assertThat(listed.organisation("https://id.example.com/realms/shop")).isEqualTo("shop");
        assertThat(listed.organisation(issuer)).isNull();
        Issuers realms = new Issuers(base + "/", "services", Set.of());
        assertThat(realms.organisation(base + "/realms/services")).isEqualTo("services");
        assertThat(realms.organisation(base + "/realms/" + ORGANISATION.toUpperCase(Locale.ROOT)))
                .isEqualTo(ORGANISATION);
        assertThat(new Issuers("", "", Set.of()).organisation(issuer)).isNull();
    }

    @Test
    void fetchesKeysOnceAndAgainForAKeyItDoesNotKnow() throws Exception {
        JwtAuthenticator authenticator = authenticator("");
        for (int i = 0; i < 10; i++) {
            authenticate(authenticator, rsa(good()));
        }
        assertThat(fetches).hasValue(1);

        RSAKey next = new RSAKeyGenerator(2048).keyID("next").generate();
        published.add(next);
        assertThat(authenticate(
                        authenticator, sign(JWSAlgorithm.RS256, new RSASSASigner(next), "next", good().build())))
                .isNotNull();
        assertThat(fetches).hasValue(2);

        RSAKey unknown = new RSAKeyGenerator(2048).keyID("unknown").generate();
        String token = sign(JWSAlgorithm.RS256, new RSASSASigner(unknown), "unknown", good().build());
        for (int i = 0; i < 20; i++) {
            assertThat(catchThrowableOfType(AccessException.class, () -> authenticate(authenticator, token)))
                    .isNotNull();
        }
        assertThat(fetches.get()).isLessThan(5);
        assertThat(authenticate(authenticator, rsa(good()))).isNotNull();
    }

    @Test
    void keepsKeysThroughAnOutageAndBlamesNobodyWhenItHasNone() throws Exception {
        JwtAuthenticator knowing = authenticator("");
        authenticate(knowing, rsa(good()));
        server.stop(0);

        assertThat(authenticate(knowing, rsa(good()))).isNotNull();
        String token = rsa(good());
        assertThat(catchThrowableOfType(AccessException.class, () -> authenticate(authenticator(""), token))
                        .reason())
                .isEqualTo(Reason.UNAVAILABLE);
    }

    @Test
    void keepsOthersInWhateverAStrangersHeaderSays() throws Exception {
        JwtAuthenticator authenticator = authenticator("");
        authenticate(authenticator, rsa(good()));
        for (JWSHeader.Builder stranger : List.of(
                new JWSHeader.Builder(JWSAlgorithm.RS256).x509CertSHA256Thumbprint(Base64URL.encode("none of ours")),
                new JWSHeader.Builder(JWSAlgorithm.PS512).x509CertSHA256Thumbprint(Base64URL.encode("none of ours")),
                new JWSHeader.Builder(JWSAlgorithm.RS256).type(new JOSEObjectType("logout+jwt")))) {
            String token = sign(stranger.keyID("rsa").build(), new RSASSASigner(otherRsa), good().build());
            assertThat(catchThrowableOfType(AccessException.class, () -> authenticate(authenticator, token)))
                    .isNotNull();
        }

        assertThat(authenticate(authenticator, rsa(good()))).isNotNull();
    }

    @Test
    void asksForTheKeysOfFewRealmsThatAreNotThere() throws Exception {
        JwtAuthenticator authenticator = authenticator("");
        authenticate(authenticator, rsa(good()));
        fetches.set(0);
        long since = System.nanoTime();
        for (int i = 0; i < 2000; i++) {
            String token = rsa(good().issuer(base + "/realms/" + UUID.randomUUID()));
            assertThat(catchThrowableOfType(AccessException.class, () -> authenticate(authenticator, token)))
                    .isNotNull();
        }
        String again = rsa(good().issuer(base + "/realms/" + UUID.randomUUID()));
        for (int i = 0; i < 20; i++) {
            assertThat(catchThrowableOfType(AccessException.class, () -> authenticate(authenticator, again)))
                    .isNotNull();
        }

        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - since) + 1;
        assertThat(fetches.get()).isLessThanOrEqualTo((int) (20 * (seconds + 1)));
        assertThat(authenticate(authenticator, rsa(good()))).isNotNull();
    }

    @Test
    void signsDevelopmentTokensThatItAccepts() throws Exception {
        DevelopmentToken signer = new DevelopmentToken();
        published.clear();
        published.addAll(JWKSet.parse(signer.keys()).getKeys());

        // the signer has the machine's clock
        JwtAuthenticator now = authenticator("", InstantSource.system());
        Identity identity = authenticate(now, signer.sign(issuer, "dev", List.of("tester"), Duration.ofMinutes(5)));

        assertThat(identity.subject()).isEqualTo("dev");
        assertThat(identity.roles()).containsExactly("tester");
    }

    private static Identity authenticate(JwtAuthenticator authenticator, String token) throws AccessException {
        return Answers.of(authenticator.authenticate(new Credentials(token, null)));
    }

    private JwtAuthenticator authenticator(String audience) {
        return authenticator(audience, InstantSource.fixed(NOW));
    }

    private JwtAuthenticator authenticator(String audience, InstantSource clock) {
        return new JwtAuthenticator(new Issuers(base, "", Set.of()), audience, false, IssuerMemory.ofProcess(), clock);
    }

    private JWTClaimsSet.Builder good() {
        return new JWTClaimsSet.Builder()
                .issuer(issuer)
                .subject("f:ann")
                .issueTime(Date.from(NOW))
                .expirationTime(Date.from(NOW.plusSeconds(300)))
                .claim("typ", "Bearer");
    }

    private static String rsa(JWTClaimsSet.Builder claims) throws Exception {
        return sign(JWSAlgorithm.RS256, new RSASSASigner(rsa), "rsa", claims.build());
    }

    private static String sign(JWSAlgorithm algorithm, JWSSigner signer, String key, JWTClaimsSet claims)
            throws Exception {
        return sign(new JWSHeader.Builder(algorithm).keyID(key).build(), signer, claims);
    }

    private static String sign(JWSHeader header, JWSSigner signer, JWTClaimsSet claims) throws Exception {
        SignedJWT jwt = new SignedJWT(header, claims);
        jwt.sign(signer);
        return jwt.serialize();
    }
}
