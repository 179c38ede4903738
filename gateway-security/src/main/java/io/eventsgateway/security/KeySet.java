package io.eventsgateway.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyConverter;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.text.ParseException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The keys that an issuer publishes (RFC 7517), as far as they can be used to verify signatures. Immutable. */
final class KeySet {

    /** What tokens may be signed by. */
    static final Set<JWSAlgorithm> ALGORITHMS = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512,
            JWSAlgorithm.ES256,
            JWSAlgorithm.ES384,
            JWSAlgorithm.ES512);

    /** The least that RFC 7518, section 3.3, allows. */
    private static final int MIN_RSA_BITS = 2048;

    private static final DefaultJWSVerifierFactory VERIFIERS = new DefaultJWSVerifierFactory();

    private final JWKSet keys;

    private KeySet(List<JWK> keys) {
        this.keys = new JWKSet(keys);
    }

    /** What the keys say about a token. */
    enum Verdict {
        /** One of them signed it. */
        SIGNED,
        /** None that could have signed it did. */
        FORGED,
        /** None of them could have signed it. */
        UNKNOWN
    }

    /**
     * Reads a published set. A key that can't be used is passed over, as RFC 7517, section 5, asks; so is one that was published with its
     * private part, which anybody may sign by.
     *
     * @throws ParseException if it is no set of keys at all
     */
    static KeySet parse(byte[] json) throws ParseException {
        // null for the text null
        Map<String, Object> set = JSONObjectUtils.parse(new String(json, StandardCharsets.UTF_8));
        if (set == null || !(set.get("keys") instanceof List<?> published)) {
            throw new ParseException("no keys", 0);
        }
        List<JWK> usable = new ArrayList<>();
        for (Object each : published) {
            JWK key = key(each);
            if (key != null) {
                usable.add(key);
            }
        }
        return new KeySet(usable);
    }

    @SuppressWarnings("unchecked")
    private static @Nullable JWK key(@Nullable Object published) {
        if (!(published instanceof Map<?, ?> members)) {
            return null;
        }
        try {
            JWK key = JWK.parse((Map<String, Object>) members);
            boolean weak = key instanceof RSAKey rsa && rsa.size() < MIN_RSA_BITS;
            return weak || key.isPrivate() ? null : key;
        } catch (ParseException | RuntimeException unusable) {
            return null;
        }
    }

    /** How many keys can be used. */
    int size() {
        return keys.size();
    }

    /** Since when the certificates of the keys are valid, of those that have one. */
    List<Instant> since() {
        List<Instant> since = new ArrayList<>();
        for (JWK key : keys.getKeys()) {
            List<X509Certificate> chain = key.getParsedX509CertChain();
            if (chain != null && !chain.isEmpty()) {
                since.add(chain.get(0).getNotBefore().toInstant());
            }
        }
        return since;
    }

    /** Compares a token's signature. */
    Verdict verify(SignedJWT token) {
        JWSHeader header = token.getHeader();
        JWKMatcher matcher = JWKMatcher.forJWSHeader(header);
        if (matcher == null) {
            return Verdict.UNKNOWN;
        }
        Verdict verdict = Verdict.UNKNOWN;
        for (Key key : KeyConverter.toJavaKeys(new JWKSelector(matcher).select(keys))) {
            if (key instanceof PublicKey) {
                if (verifies(token, header, key)) {
                    return Verdict.SIGNED;
                }
                verdict = Verdict.FORGED;
            }
        }
        return verdict;
    }

    private static boolean verifies(SignedJWT token, JWSHeader header, Key key) {
        try {
            JWSVerifier verifier = VERIFIERS.createJWSVerifier(header, key);
            return token.verify(verifier);
        } catch (JOSEException unfit) {
            return false;
        }
    }
}
