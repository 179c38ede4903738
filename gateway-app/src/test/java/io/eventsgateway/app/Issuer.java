package io.eventsgateway.app;

import com.nimbusds.jose.JOSEException;
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
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;

/** A realm that signs tokens by any asymmetric algorithm and publishes its keys, for tests. Any thread may ask. */
final class Issuer implements AutoCloseable {

    private final String organisation;
    private final List<JWK> keys = new ArrayList<>();
    private final HttpServer server;

    Issuer(String organisation) throws IOException, JOSEException {
        this.organisation = organisation;
        keys.add(new RSAKeyGenerator(2048).keyID("rsa").generate());
        for (Curve curve : List.of(Curve.P_256, Curve.P_384, Curve.P_521)) {
            keys.add(new ECKeyGenerator(curve).keyID(curve.getName()).generate());
        }
        byte[] published = new JWKSet(keys).toString().getBytes(StandardCharsets.UTF_8);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/realms/" + organisation + "/protocol/openid-connect/certs", exchange -> {
            exchange.sendResponseHeaders(200, published.length);
            exchange.getResponseBody().write(published);
            exchange.close();
        });
        server.start();
    }

    String baseUrl() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** A token that is good for an hour. */
    String token(JWSAlgorithm algorithm) {
        return token(algorithm, "ann", Duration.ofHours(1));
    }

    /** A token of a subject that is good for some time. */
    String token(JWSAlgorithm algorithm, String subject, Duration life) {
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .issuer(baseUrl() + "/realms/" + organisation)
                .subject(subject)
                .expirationTime(Date.from(Instant.now().plus(life)))
                .build();
        try {
            JWK key = keys.stream()
                    .filter(each -> signer(each).supportedJWSAlgorithms().contains(algorithm))
                    .findFirst()
                    .orElseThrow();
            SignedJWT token = new SignedJWT(
                    new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build(), claims);
            token.sign(signer(key));
            return token.serialize();
        } catch (JOSEException unusable) {
            throw new IllegalStateException(unusable);
        }
    }

    private static JWSSigner signer(JWK key) {
        try {
            return key instanceof RSAKey rsa ? new RSASSASigner(rsa) : new ECDSASigner((ECKey) key);
        } catch (JOSEException unusable) {
            throw new IllegalStateException(unusable);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
