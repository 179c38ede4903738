package io.eventsgateway.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.opts.AllowWeakRSAKey;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.SignedJWT;
import io.eventsgateway.security.KeySet.Verdict;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.text.ParseException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What issuers publish beside the key that counts, or in place of a set. */
@TestInstance(Lifecycle.PER_CLASS)
class KeySetTest {

    private RSAKey good;
    private RSAKey other;
    private RSAKey stranger;
    private RSAKey weak;
    private ECKey ec;

    @BeforeAll
    void makeKeys() throws Exception {
        good = new RSAKeyGenerator(2048).keyID("good").generate();
        other = new RSAKeyGenerator(2048).keyID("other").generate();
        stranger = new RSAKeyGenerator(2048).keyID("good").generate();
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(1024);
        KeyPair pair = generator.generateKeyPair();
        weak = new RSAKey.Builder((RSAPublicKey) pair.getPublic())
                .privateKey(pair.getPrivate())
                .keyID("weak")
                .build();
        ec = new ECKeyGenerator(Curve.P_256).keyID("ec").generate();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("oddKeys")
    void verifiesByAGoodKeyBesideAnOddOne(String name, String odd) throws Exception {
        String published = good.toPublicJWK().toJSONString();

        for (String keys : List.of(odd + "," + published, published + "," + odd)) {
            KeySet set = parse("{\"keys\":[" + keys + "]}");
            assertThat(set.verify(token(JWSAlgorithm.RS256, "good", new RSASSASigner(good))))
                    .isEqualTo(Verdict.SIGNED);
            assertThat(set.verify(token(JWSAlgorithm.RS256, null, new RSASSASigner(good))))
                    .isEqualTo(Verdict.SIGNED);
            assertThat(set.verify(token(JWSAlgorithm.RS256, "good", new RSASSASigner(stranger))))
                    .isEqualTo(Verdict.FORGED);
        }
    }

    Stream<Arguments> oddKeys() throws JOSEException {
        String n = other.getModulus().toString();
        String x = ec.getX().toString();
        String y = ec.getY().toString();
        String big = Base64URL.encode(new byte[1000]).toString();
        return Stream.of(
                odd("curve brainpoolP256r1", ec("brainpoolP256r1", x, y)),
                odd("curve secp256k1 off the curve", ec("secp256k1", x, y)),
                odd("curve P-224", ec("P-224", x, y)),
                odd("curve that nobody knows", ec("P-1024", x, y)),
                odd("empty curve", ec("", x, y)),
                odd("a point that is not on its curve", ec("P-256", y, y)),
                odd("a point of another curve", ec("P-521", x, y)),
                odd("a point at nowhere", ec("P-256", "AA", "AA")),
                odd("a huge point", ec("P-256", big, big)),
                odd("no curve", "{\"kty\":\"EC\",\"x\":\"" + x + "\",\"y\":\"" + y + "\"}"),
                odd("no y", "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" + x + "\"}"),
                odd("x that is a number", "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":1,\"y\":2}"),
                odd("Ed25519", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" + x + "\"}"),
                odd("Ed448", "{\"kty\":\"OKP\",\"crv\":\"Ed448\",\"x\":\"" + x + "\"}"),
                odd(
                        "X25519 for encryption",
                        "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"use\":\"enc\",\"x\":\"" + x + "\"}"),
                odd("OKP without a curve", "{\"kty\":\"OKP\",\"x\":\"" + x + "\"}"),
                odd("ML-DSA", "{\"kty\":\"AKP\",\"alg\":\"ML-DSA-65\",\"pub\":\"AAAA\"}"),
                odd("unknown type", "{\"kty\":\"QUANTUM\",\"n\":\"" + n + "\"}"),
                odd("type in lower case", "{\"kty\":\"rsa\",\"e\":\"AQAB\",\"n\":\"" + n + "\"}"),
                odd("type that is a number", "{\"kty\":1}"),
                odd("type that is null", "{\"kty\":null}"),
                odd("no type", "{\"e\":\"AQAB\",\"n\":\"" + n + "\"}"),
                odd("nothing in it", "{}"),
                odd("RSA without e", "{\"kty\":\"RSA\",\"n\":\"" + n + "\"}"),
                odd("RSA without n", "{\"kty\":\"RSA\",\"e\":\"AQAB\"}"),
                odd("RSA with an empty n", "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"\"}"),
                odd("RSA with n of zeros", "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"AAAA\"}"),
                odd("RSA with e of zero", "{\"kty\":\"RSA\",\"e\":\"AA\",\"n\":\"" + n + "\"}"),
                odd("RSA with n of garbage", "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"$$$ä\"}"),
                odd("RSA with n that is a list", "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":[]}"),
                odd("RSA with n that is an object", "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":{}}"),
                odd("RSA of 1024 bits", weak.toPublicJWK().toJSONString()),
                odd(
                        "RSA of 64,000 bits",
                        "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"" + Base64URL.encode("x".repeat(8000)) + "\"}"),
                odd("duplicate kid", with("\"kid\":\"good\"")),
                odd("kid that is a number", with("\"kid\":7")),
                odd("kid that is null", with("\"kid\":null")),
                odd("huge kid", with("\"kid\":\"" + "k".repeat(100_000) + "\"")),
                odd("for encryption", with("\"use\":\"enc\"")),
                odd("for nobody knows what", with("\"use\":\"party\"")),
                odd("use that is a list", with("\"use\":[\"sig\"]")),
                odd("empty use", with("\"use\":\"\"")),
                odd("operations that are a text", with("\"key_ops\":\"verify\"")),
                odd("operations that contradict its use", with("\"use\":\"sig\",\"key_ops\":[\"encrypt\"]")),
                odd("operations twice", with("\"key_ops\":[\"verify\",\"verify\"]")),
                odd("unknown operations", with("\"key_ops\":[\"dance\"]")),
                odd("alg that is a number", with("\"alg\":256")),
                odd("unknown alg", with("\"alg\":\"RS1\"")),
                odd("certificates of garbage", with("\"x5c\":[\"garbage\"]")),
                odd("certificates that are a text", with("\"x5c\":\"MIIB\"")),
                odd("no certificates", with("\"x5c\":[]")),
                odd("null certificates", with("\"x5c\":[null]")),
                odd("thumbprint that is a number", with("\"x5t#S256\":5")),
                odd("certificates' URL that is none", with("\"x5u\":\"http:// x\"")),
                odd("times of garbage", with("\"exp\":\"never\",\"nbf\":{},\"iat\":[]")),
                odd("private RSA", other.toJSONString()),
                odd("private EC", ec.toJSONString()),
                odd("private with missing parts", with("\"d\":\"AAAA\",\"p\":\"AAAA\"")),
                odd("other primes of garbage", with("\"d\":\"AA\",\"oth\":[{}]")),
                odd("a secret", "{\"kty\":\"oct\",\"k\":\"AAAA\"}"),
                odd("a secret under the good one's id", "{\"kty\":\"oct\",\"kid\":\"good\",\"k\":\"AAAA\"}"),
                odd("unknown members", with("\"x\":{\"y\":[1,2,3]},\"\":0")),
                odd("a text", "\"key\""),
                odd("a number", "1e99"),
                odd("true", "true"),
                odd("null", "null"),
                odd("a list of keys", "[" + good.toPublicJWK().toJSONString() + "]"),
                odd("a set of keys", "{\"keys\":[]}"),
                odd("many of them", "null,".repeat(10_000) + "{}"));
    }

    @Test
    void areMany() throws JOSEException {
        assertThat(oddKeys()).hasSizeGreaterThanOrEqualTo(60);
    }

    @Test
    void triesAllKeysOfOneId() throws Exception {
        RSAKey twin = new RSAKey.Builder(other.toRSAPublicKey()).keyID("good").build();
        KeySet set = parse(
                "{\"keys\":[" + twin.toJSONString() + "," + good.toPublicJWK().toJSONString() + "]}");

        assertThat(set.verify(token(JWSAlgorithm.RS256, "good", new RSASSASigner(good))))
                .isEqualTo(Verdict.SIGNED);
        assertThat(set.verify(token(JWSAlgorithm.RS256, "good", new RSASSASigner(other))))
                .isEqualTo(Verdict.SIGNED);
    }

    @Test
    void verifiesByNoKeyThatIsForSomethingElse() throws Exception {
        RSAKey forEncryption = new RSAKey.Builder(other.toRSAPublicKey())
                .keyID("other")
                .keyUse(KeyUse.ENCRYPTION)
                .build();
        RSAKey forAnother = new RSAKey.Builder(other.toRSAPublicKey())
                .keyID("other")
                .algorithm(JWSAlgorithm.RS512)
                .build();
        for (String key : List.of(
                forEncryption.toJSONString(),
                forAnother.toJSONString(),
                weak.toPublicJWK().toJSONString(),
                other.toJSONString(),
                ec.toPublicJWK().toJSONString())) {
            KeySet set = parse("{\"keys\":[" + key + "]}");
            assertThat(set.verify(token(JWSAlgorithm.RS256, "other", new RSASSASigner(other))))
                    .isEqualTo(Verdict.UNKNOWN);
            assertThat(set.verify(token(JWSAlgorithm.RS256, null, new RSASSASigner(other))))
                    .isEqualTo(Verdict.UNKNOWN);
            assertThat(set.verify(token(
                            JWSAlgorithm.RS256,
                            "weak",
                            new RSASSASigner(weak.toPrivateKey(), Set.of(AllowWeakRSAKey.getInstance())))))
                    .isEqualTo(Verdict.UNKNOWN);
        }
    }

    @Test
    void verifiesByNoSecretAndByNoPrivateKey() throws Exception {
        byte[] secret = new byte[32];
        KeySet set = parse("{\"keys\":[{\"kty\":\"oct\",\"kid\":\"s\",\"k\":\"" + Base64URL.encode(secret) + "\"},"
                + ec.toJSONString() + "]}");

        assertThat(set.verify(token(JWSAlgorithm.HS256, "s", new MACSigner(secret))))
                .isEqualTo(Verdict.UNKNOWN);
        assertThat(set.verify(token(JWSAlgorithm.ES256, "ec", new ECDSASigner(ec))))
                .isEqualTo(Verdict.UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "keys",
                "[]",
                "null",
                "1",
                "{}",
                "{\"keys\":{}}",
                "{\"keys\":\"\"}",
                "{\"keys\":null}",
                "{\"keys\":1}",
                "{\"KEYS\":[]}",
                "{\"keys\":[]",
                "{\"keys\":[],\"keys\":[]}",
                "<html>Sign in</html>"
            })
    void isNoSet(String body) {
        assertThatThrownBy(() -> parse(body)).isInstanceOf(ParseException.class);
    }

    @Test
    void isNoSetWhereItIsNestedWithoutEnd() {
        assertThatThrownBy(() -> parse("{\"keys\":" + "[".repeat(200_000) + "]".repeat(200_000) + "}"))
                .isInstanceOf(ParseException.class);
    }

    @Test
    void mayBeEmpty() throws Exception {
        assertThat(parse("{\"keys\":[],\"more\":1}").verify(token(JWSAlgorithm.RS256, "good", new RSASSASigner(good))))
                .isEqualTo(Verdict.UNKNOWN);
    }

    private static Arguments odd(String name, String key) {
        return Arguments.of(name, key);
    }

    private static String ec(String curve, String x, String y) {
        return "{\"kty\":\"EC\",\"crv\":\"" + curve + "\",\"x\":\"" + x + "\",\"y\":\"" + y + "\"}";
    }

    /** Another good key, with something more in it. */
    private String with(String members) {
        return "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"" + other.getModulus() + "\"," + members + "}";
    }

    private static KeySet parse(String json) throws ParseException {
        return KeySet.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    private static SignedJWT token(JWSAlgorithm algorithm, String kid, JWSSigner signer) throws Exception {
        JWSHeader header = new JWSHeader.Builder(algorithm).keyID(kid).build();
        String input = header.toBase64URL() + "." + Base64URL.encode("{\"sub\":\"ann\"}");
        return SignedJWT.parse(input + "." + signer.sign(header, input.getBytes(StandardCharsets.US_ASCII)));
    }
}
