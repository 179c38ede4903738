package io.eventsgateway.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessException.Reason;
import io.eventsgateway.auth.Credentials;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.auth.IssuerMemory;
import io.eventsgateway.security.StandIn.Answer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tokens that must not get in, each refused for its own reason. The good one they are made from gets in. */
@TestInstance(Lifecycle.PER_CLASS)
class HostileTokensIT {

    private static final String REALM = "11111111-1111-4111-8111-111111111111";
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

    private static final String FORM = "not a signed JWT";
    private static final String ALGORITHM = "algorithm that is not accepted";
    private static final String SIGNATURE = "not by a key of its issuer";
    private static final String ISSUER = "not from an issuer";
    private static final String USE = "not an access token";
    private static final String EXTENSION = "extensions that are not understood";
    private static final String SUBJECT = "no subject";

    private final StandIn keycloak = new StandIn();
    private RSAKey rsa;
    private RSAKey foreign;
    private ECKey ec;

    /**
     * A token that must not get in.
     *
     * @param name what is wrong with it
     * @param reason part of what its bearer is told
     */
    private record Hostile(String name, String token, String reason) {
        @Override
        public String toString() {
            return name;
        }
    }

    @BeforeAll
    void start() throws Exception {
        rsa = new RSAKeyGenerator(2048).keyID("rsa").generate();
        foreign = new RSAKeyGenerator(2048).keyID("rsa").generate();
        ec = new ECKeyGenerator(Curve.P_256).keyID("ec").generate();
        String keys = new JWKSet(List.of(rsa, ec)).toString();
        keycloak.answer(exchange ->
                exchange.getRequestURI().getPath().equals("/auth/realms/" + REALM + "/protocol/openid-connect/certs")
                        ? new Answer(200, keys)
                        : new Answer(404, ""));
    }

    /** One that has seen nothing yet. */
    private JwtAuthenticator authenticator() {
        return new JwtAuthenticator(
                new Issuers(base(), "services", Set.of()),
                "events",
                false,
                IssuerMemory.ofProcess(),
                InstantSource.fixed(NOW));
    }

    private Identity authenticate(String token) throws AccessException {
        return Answers.identity(authenticator(), new Credentials(token, null));
    }

    @AfterAll
    void stop() {
        keycloak.close();
    }

    private String base() {
        return keycloak.url() + "/auth";
    }

    @Test
    void letsTheGoodOneIn() throws Exception {
        assertThat(authenticate(good()).subject()).isEqualTo("ann");
        assertThat(authenticate(sign(
                                "{\"alg\":\"ES256\",\"kid\":\"ec\"}",
                                claims(),
                                JWSAlgorithm.ES256,
                                new ECDSASigner(ec)))
                        .subject())
                .isEqualTo("ann");
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void staysOutForItsOwnReason(Hostile hostile) {
        AccessException refused = catchThrowableOfType(AccessException.class, () -> authenticate(hostile.token()));

        assertThat(refused).isNotNull();
        assertThat(refused).hasMessageContaining(hostile.reason());
        assertThat(refused.reason()).isIn(Reason.UNAUTHENTICATED, Reason.UNAVAILABLE);
        assertThat(refused.reason() == Reason.UNAVAILABLE)
                .as("only what can't be told now may come back")
                .isEqualTo(hostile.reason().contains("try again"));
        assertThat(refused.getMessage()).doesNotContain("Exception");
        if (hostile.token() != null && hostile.token().length() > 40) {
            assertThat(refused.getMessage()).doesNotContain(hostile.token().substring(0, 40));
        }
    }

    @Test
    void areMany() throws Exception {
        assertThat(hostile()).hasSizeGreaterThanOrEqualTo(150);
    }

    Stream<Hostile> hostile() throws Exception {
        List<Hostile> all = new ArrayList<>();
        forms(all);
        algorithms(all);
        keys(all);
        issuers(all);
        times(all);
        uses(all);
        spellings(all);
        subjects(all);
        extensions(all);
        return all.stream();
    }

    private void forms(List<Hostile> all) throws Exception {
        String[] parts = good().split("\\.");
        all.add(new Hostile("nothing", null, "Bring an access token"));
        all.add(new Hostile("blank", "   ", "Bring an access token"));
        all.add(new Hostile("garbage", "garbage", FORM));
        all.add(new Hostile("dots", "...", FORM));
        all.add(new Hostile("three parts of garbage", "a.b.c", FORM));
        all.add(new Hostile("two parts", parts[0] + "." + parts[1], FORM));
        all.add(new Hostile("four parts", good() + ".x", FORM));
        all.add(new Hostile("five parts, as if encrypted", parts[0] + "." + parts[1] + "." + parts[2] + ".x.y", FORM));
        all.add(new Hostile("no signature", parts[0] + "." + parts[1] + ".", FORM));
        all.add(new Hostile("no payload", parts[0] + ".." + parts[2], FORM));
        all.add(new Hostile("a header that is no JSON", b64("header") + "." + parts[1] + "." + parts[2], FORM));
        all.add(new Hostile("a header that is a list", b64("[]") + "." + parts[1] + "." + parts[2], FORM));
        all.add(new Hostile("a payload that is no JSON", sign("rsa", "claims"), FORM));
        all.add(new Hostile("a payload that is a list", sign("rsa", "[]"), ISSUER));
        all.add(new Hostile("JSON in place of the compact form", "{\"payload\":\"" + parts[1] + "\"}", FORM));
        all.add(new Hostile("a line break", good() + "\r\nX-Evil: 1", FORM));
        all.add(new Hostile("larger than any token", "a".repeat(16 * 1024 + 1), "larger than 16384"));
        all.add(new Hostile("a good one with much behind it", good() + "." + "a".repeat(20_000), "larger than 16384"));
        all.add(new Hostile("nested deeply", sign("rsa", "{\"a\":" + "[".repeat(5000) + "]".repeat(5000) + "}"), FORM));
    }

    private void algorithms(List<Hostile> all) throws Exception {
        String payload = b64(claims());
        for (String none : List.of("none", "None", "NONE", "nOnE")) {
            String header = b64("{\"alg\":\"" + none + "\"}");
            all.add(new Hostile("alg " + none + " without a signature", header + "." + payload + ".", FORM));
        }
        all.add(new Hostile("alg none with a signature", b64("{\"alg\":\"none\"}") + "." + payload + ".AAAA", FORM));
        all.add(new Hostile("no alg", b64("{\"kid\":\"rsa\"}") + "." + payload + ".AAAA", FORM));
        all.add(new Hostile("alg that is a number", b64("{\"alg\":256}") + "." + payload + ".AAAA", FORM));
        all.add(new Hostile("alg that is unknown", b64("{\"alg\":\"XX256\"}") + "." + payload + ".AAAA", ALGORITHM));
        byte[] publicKey = rsa.toRSAPublicKey().getEncoded();
        for (JWSAlgorithm mac : List.of(JWSAlgorithm.HS256, JWSAlgorithm.HS384, JWSAlgorithm.HS512)) {
            all.add(new Hostile(
                    mac + " by the public key",
                    sign("{\"alg\":\"" + mac + "\",\"kid\":\"rsa\"}", claims(), mac, new MACSigner(publicKey)),
                    ALGORITHM));
        }
        all.add(new Hostile("EdDSA", b64("{\"alg\":\"EdDSA\",\"kid\":\"rsa\"}") + "." + payload + ".AAAA", ALGORITHM));
        all.add(new Hostile("ES256K", b64("{\"alg\":\"ES256K\",\"kid\":\"ec\"}") + "." + payload + ".AAAA", ALGORITHM));
        all.add(new Hostile(
                "an algorithm that is not the key's",
                b64("{\"alg\":\"ES256\",\"kid\":\"rsa\"}") + "." + payload + "." + "A".repeat(86),
                SIGNATURE));
    }

    private void keys(List<Hostile> all) throws Exception {
        String[] parts = good().split("\\.");
        RSASSASigner evil = new RSASSASigner(foreign);
        all.add(new Hostile("another's key under a known id", sign("rsa", claims(), evil), SIGNATURE));
        all.add(new Hostile("a key that nobody published", sign("nobody's", claims(), evil), SIGNATURE));
        all.add(new Hostile(
                "another's key without an id",
                sign("{\"alg\":\"RS256\"}", claims(), JWSAlgorithm.RS256, evil),
                SIGNATURE));
        all.add(new Hostile(
                "a key of its own",
                sign(
                        "{\"alg\":\"RS256\",\"kid\":\"rsa\",\"jwk\":" + foreign.toPublicJWK() + "}",
                        claims(),
                        JWSAlgorithm.RS256,
                        evil),
                SIGNATURE));
        for (String url : List.of("jku", "x5u")) {
            all.add(new Hostile(
                    "keys from an address of its own by " + url,
                    sign(
                            "{\"alg\":\"RS256\",\"kid\":\"rsa\",\"" + url + "\":\"" + keycloak.url() + "/evil\"}",
                            claims(),
                            JWSAlgorithm.RS256,
                            evil),
                    SIGNATURE));
        }
        for (String kid : List.of("../../../../etc/passwd", "' OR 1=1 --", "http://evil.example.com/keys", "")) {
            all.add(new Hostile("a key id that is no id: " + kid, sign(kid, claims(), evil), SIGNATURE));
        }
        all.add(new Hostile(
                "an extension that must be understood",
                sign(
                        "{\"alg\":\"RS256\",\"kid\":\"rsa\",\"crit\":[\"exp\"],\"exp\":1}",
                        claims(),
                        JWSAlgorithm.RS256,
                        new RSASSASigner(rsa)),
                EXTENSION));
        all.add(new Hostile("a signature of nothing", parts[0] + "." + parts[1] + "." + "A".repeat(342), SIGNATURE));
        all.add(new Hostile("half a signature", good().substring(0, good().length() - 100), SIGNATURE));
        all.add(new Hostile(
                "an elliptic signature of zeros",
                b64("{\"alg\":\"ES256\",\"kid\":\"ec\"}") + "." + parts[1] + "." + "A".repeat(86),
                SIGNATURE));
        all.add(new Hostile(
                "claims that were changed",
                parts[0] + "." + b64(claims().replace("\"ann\"", "\"root\"")) + "." + parts[2],
                SIGNATURE));
        all.add(new Hostile(
                "a header that was changed",
                b64("{\"alg\":\"RS256\",\"kid\":\"rsa\",\"x\":1}") + "." + parts[1] + "." + parts[2],
                SIGNATURE));
    }

    private void issuers(List<Hostile> all) throws Exception {
        String port = keycloak.url().substring(keycloak.url().lastIndexOf(':'));
        for (String issuer : List.of(
                "https://evil.example.com/auth/realms/" + REALM,
                base().replace("127.0.0.1", "127.0.0.1.evil.example.com") + "/realms/" + REALM,
                base().replace("127.0.0.1", "localhost") + "/realms/" + REALM,
                base().replace("http:", "https:") + "/realms/" + REALM,
                base().replace(port, ":1") + "/realms/" + REALM,
                keycloak.url() + "@evil.example.com/auth/realms/" + REALM,
                keycloak.url() + "/realms/" + REALM,
                base() + "/Realms/" + REALM,
                base() + "/realms/master",
                base() + "/realms/",
                base() + "/realms/" + REALM + "/",
                base() + "/realms/" + REALM + "/more",
                base() + "/realms//" + REALM,
                base() + "/realms/../realms/" + REALM,
                base() + "/realms/" + REALM + "?x=" + REALM,
                base() + "/realms/" + REALM + "#" + REALM,
                base() + "/realms/" + REALM.replace("1111-", "%31111-"),
                base() + "/realms%2F" + REALM,
                base() + "/realms/{" + REALM + "}",
                base() + "/realms/" + REALM.substring(1),
                base() + "/realms/" + REALM.replace('1', '\u0661'),
                " " + base() + "/realms/" + REALM,
                base() + "/realms/" + REALM + " ",
                "")) {
            all.add(new Hostile("issuer " + issuer, sign("rsa", claims().replace(issuer(), issuer)), ISSUER));
        }
        all.add(new Hostile("no issuer", sign("rsa", claims().replace("\"iss\"", "\"was\"")), ISSUER));
        all.add(new Hostile(
                "a list of issuers",
                sign("rsa", claims().replace("\"" + issuer() + "\"", "[\"" + issuer() + "\"]")),
                FORM));
        all.add(new Hostile(
                "a realm that is not there",
                sign("rsa", claims().replace(REALM, "99999999-9999-4999-8999-999999999999")),
                "publishes no keys"));
    }

    private void times(List<Hostile> all) throws Exception {
        long now = NOW.getEpochSecond();
        all.add(new Hostile("expired now", sign("rsa", claims().replace(exp(), "\"exp\":" + now)), "has expired"));
        all.add(new Hostile("expired", sign("rsa", claims().replace(exp(), "\"exp\":" + (now - 20))), "has expired"));
        all.add(new Hostile("expired long ago", sign("rsa", claims().replace(exp(), "\"exp\":0")), "has expired"));
        all.add(new Hostile(
                "expired before time began", sign("rsa", claims().replace(exp(), "\"exp\":-1")), "has expired"));
        all.add(new Hostile("without an end", sign("rsa", claims().replace(exp(), "\"x\":1")), "needs exp"));
        all.add(new Hostile("an end of null", sign("rsa", claims().replace(exp(), "\"exp\":null")), "needs exp"));
        all.add(new Hostile("an end that is a word", sign("rsa", claims().replace(exp(), "\"exp\":\"never\"")), FORM));
        all.add(new Hostile(
                "not yet", sign("rsa", claims().replace(exp(), exp() + ",\"nbf\":" + (now + 31))), "not valid yet"));
        all.add(new Hostile(
                "issued in the future",
                sign("rsa", claims().replace(exp(), exp() + ",\"iat\":" + (now + 31))),
                "in the future"));
    }

    private void uses(List<Hostile> all) throws Exception {
        for (String typ : List.of("ID", "Refresh", "Offline", "Logout", "bearer", "")) {
            all.add(new Hostile("of type " + typ, sign("rsa", claims().replace("\"Bearer\"", "\"" + typ + "\"")), USE));
        }
        all.add(new Hostile("of a type that is a number", sign("rsa", claims().replace("\"Bearer\"", "1")), USE));
        for (String typ : List.of("logout+jwt", "dpop+jwt", "secevent+jwt", "JOSE")) {
            all.add(new Hostile(
                    "with header type " + typ,
                    sign(
                            "{\"alg\":\"RS256\",\"kid\":\"rsa\",\"typ\":\"" + typ + "\"}",
                            claims(),
                            JWSAlgorithm.RS256,
                            new RSASSASigner(rsa)),
                    USE));
        }
        all.add(new Hostile(
                "for another audience", sign("rsa", claims().replace("\"events\"", "\"account\"")), "audience"));
        all.add(new Hostile("for no audience", sign("rsa", claims().replace("\"aud\"", "\"was\"")), "audience"));
        all.add(new Hostile(
                "for an audience alike", sign("rsa", claims().replace("\"events\"", "\"Events\"")), "audience"));
        all.add(new Hostile("of nobody", sign("rsa", claims().replace("\"sub\"", "\"was\"")), SUBJECT));
        all.add(new Hostile("of somebody without a name", sign("rsa", claims().replace("\"ann\"", "\"\"")), SUBJECT));
        all.add(new Hostile(
                "of somebody with a long name",
                sign("rsa", claims().replace("\"ann\"", "\"" + "a".repeat(257) + "\"")),
                SUBJECT));
        all.add(new Hostile("of everybody", sign("rsa", claims().replace("\"ann\"", "\"*\"")), SUBJECT));
        all.add(new Hostile(
                "bound to a key",
                sign("rsa", claims().replace(exp(), exp() + ",\"cnf\":{\"jkt\":\"x\"}")),
                "bound to a key"));
    }

    /** The good one with something in it that lenient readers pass over. */
    private void spellings(List<Hostile> all) throws Exception {
        String[] parts = good().split("\\.", -1);
        for (String odd : List.of(
                "~",
                "=",
                "==",
                " ",
                "\t",
                "\n",
                "\r\n",
                "\u0000",
                "\u0001",
                "\u007f",
                "\u00a0",
                "\u00e9",
                "\u2028",
                "\ud83d\ude00",
                "+",
                "/",
                "%",
                "!",
                "\"",
                ",",
                ";",
                ":",
                "*",
                "#",
                "%01")) {
            String shown = Integer.toHexString(odd.codePointAt(0)) + (odd.length() > 1 ? " and more" : "");
            all.add(new Hostile("behind it " + shown, good() + odd + "x", FORM));
            all.add(new Hostile("in its signature " + shown, parts[0] + "." + parts[1] + ".x" + odd + parts[2], FORM));
        }
        all.add(new Hostile("padded", good() + "=", FORM));
        all.add(new Hostile("in quotes", "\"" + good() + "\"", FORM));
        all.add(new Hostile("twice", good() + "," + good(), FORM));
        all.add(new Hostile("with its scheme", "Bearer " + good(), FORM));
        all.add(new Hostile("percent-encoded dots", good().replace(".", "%2e"), FORM));
        all.add(new Hostile("a full stop that looks like a dot", good().replace('.', '\u3002'), FORM));
        all.add(new Hostile(
                "a header in upper case", parts[0].toUpperCase(Locale.ROOT) + "." + parts[1] + "." + parts[2], FORM));
    }

    private void subjects(List<Hostile> all) throws Exception {
        for (String subject : List.of(
                "1",
                "1.5",
                "1e400",
                "true",
                "null",
                "{}",
                "[]",
                "[\"ann\"]",
                "{\"a\":\"ann\"}",
                "\"\\u0000\"",
                "\"ann\\n\"",
                "\"\\r\"",
                "\"\\u001b[2J\"",
                "\"\\u007f\"",
                "\"\\u0085\"",
                "\"\\ud800\"",
                "\"ann\\udfff\"",
                "\"\\udc00\\ud800\"",
                "\"*\"")) {
            all.add(new Hostile("of " + subject, sign("rsa", claims().replace("\"ann\"", subject)), ""));
        }
    }

    private void extensions(List<Hostile> all) throws Exception {
        for (String members : List.of(
                "\"crit\":[]",
                "\"crit\":null",
                "\"crit\":{}",
                "\"crit\":\"exp\"",
                "\"crit\":[1]",
                "\"crit\":[null]",
                "\"crit\":[\"alg\"]",
                "\"crit\":[\"b64\"],\"b64\":true",
                "\"crit\":[\"b64\"],\"b64\":false",
                "\"b64\":false",
                "\"crit\":[\"unknown\"],\"unknown\":1",
                "\"zip\":\"DEF\",\"crit\":[\"zip\"]")) {
            all.add(new Hostile(
                    "with " + members,
                    sign(
                            "{\"alg\":\"RS256\",\"kid\":\"rsa\"," + members + "}",
                            claims(),
                            JWSAlgorithm.RS256,
                            new RSASSASigner(rsa)),
                    ""));
        }
        for (String header : List.of(
                "{\"alg\":\"RS256\",\"alg\":\"none\",\"kid\":\"rsa\"}",
                "{\"alg\":[\"RS256\"],\"kid\":\"rsa\"}",
                "{\"alg\":\"rs256\",\"kid\":\"rsa\"}",
                "{\"alg\":\"RS256 \",\"kid\":\"rsa\"}",
                "{\"alg\":\"\",\"kid\":\"rsa\"}",
                "{\"alg\":\"RSA-OAEP\",\"enc\":\"A256GCM\",\"kid\":\"rsa\"}",
                "{\"alg\":\"dir\",\"enc\":\"A256GCM\"}",
                "{\"alg\":\"PS256\",\"kid\":\"rsa\"}",
                "{\"alg\":\"ES384\",\"kid\":\"ec\"}",
                "{\"alg\":\"RS256\",\"kid\":7}",
                "{\"alg\":\"RS256\",\"kid\":[\"rsa\"]}",
                "{\"alg\":\"RS256\",\"kid\":\"RSA\"}",
                "{\"alg\":\"RS256\",\"typ\":7,\"kid\":\"rsa\"}")) {
            all.add(new Hostile(
                    "with header " + header, sign(header, claims(), JWSAlgorithm.RS256, new RSASSASigner(rsa)), ""));
        }
    }

    private String issuer() {
        return base() + "/realms/" + REALM;
    }

    private static String exp() {
        return "\"exp\":" + (NOW.getEpochSecond() + 300);
    }

    private String claims() {
        return "{\"iss\":\"" + issuer() + "\",\"sub\":\"ann\",\"aud\":\"events\",\"typ\":\"Bearer\"," + exp() + "}";
    }

    private String good() throws JOSEException {
        return sign("rsa", claims());
    }

    private String sign(String kid, String claims) throws JOSEException {
        return sign(kid, claims, new RSASSASigner(rsa));
    }

    private static String sign(String kid, String claims, JWSSigner signer) throws JOSEException {
        return sign("{\"alg\":\"RS256\",\"kid\":\"" + kid + "\"}", claims, JWSAlgorithm.RS256, signer);
    }

    /** Signs whatever header and claims say. */
    private static String sign(String header, String claims, JWSAlgorithm algorithm, JWSSigner signer)
            throws JOSEException {
        String input = b64(header) + "." + b64(claims);
        return input + "." + signer.sign(new JWSHeader(algorithm), input.getBytes(StandardCharsets.US_ASCII));
    }

    private static String b64(String text) {
        return Base64URL.encode(text).toString();
    }
}
