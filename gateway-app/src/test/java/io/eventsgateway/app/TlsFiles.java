package io.eventsgateway.app;

import io.eventsgateway.TestKeys;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.interfaces.ECPrivateKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.util.io.pem.PemObject;

/** The forms in which an operator may have the key of the gateway's own TLS, for both ports. Immutable. */
final class TlsFiles {

    private final List<Form> forms;

    /**
     * One form.
     *
     * @param keys whose certificate is shown
     */
    record Form(String name, TestKeys keys, Map<String, String> variables) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** Writes what is not there yet into a folder. */
    TlsFiles(Path folder, TestKeys ec, TestKeys rsa) throws IOException, OperatorCreationException {
        forms = List.of(
                pem("EC key as PKCS#8", ec, ec.keyFile()),
                pem("EC key as SEC 1", ec, write(folder.resolve("ec.sec1"), sec1((ECPrivateKey) ec.key()))),
                pem("RSA key as PKCS#8", rsa, rsa.keyFile()),
                pem("RSA key as PKCS#1", rsa, write(folder.resolve("rsa.pkcs1"), rsa.key())),
                encrypted("encrypted RSA key", rsa, write(folder.resolve("rsa.enc"), encrypt(rsa))),
                encrypted("encrypted EC key", ec, write(folder.resolve("ec.enc"), encrypt(ec))),
                form(
                        "bundle",
                        ec,
                        Map.of("BUNDLE", "own"),
                        Map.of(
                                "SPRING_SSL_BUNDLE_PEM_OWN_KEYSTORE_CERTIFICATE",
                                ec.certificateFile().toString(),
                                "SPRING_SSL_BUNDLE_PEM_OWN_KEYSTORE_PRIVATEKEY",
                                ec.keyFile().toString())),
                store("PKCS12", rsa),
                store("JKS", ec));
    }

    List<Form> forms() {
        return forms;
    }

    private static Form pem(String name, TestKeys keys, Path key) {
        return form(
                name,
                keys,
                Map.of(
                        "CERTIFICATE", keys.certificateFile().toString(),
                        "CERTIFICATE_PRIVATE_KEY", key.toString()),
                Map.of());
    }

    private static Form encrypted(String name, TestKeys keys, Path key) {
        Form form = pem(name, keys, key);
        Map<String, String> variables = new HashMap<>(form.variables());
        for (String port : List.of("SERVER_SSL_", "MANAGEMENT_SERVER_SSL_")) {
            variables.put(port + "KEY_PASSWORD", TestKeys.PASSWORD);
        }
        return new Form(name, keys, variables);
    }

    private static Form store(String type, TestKeys keys) {
        return form(
                type + " store",
                keys,
                Map.of(
                        "KEY_STORE",
                        keys.store(type).toString(),
                        "KEY_STORE_TYPE",
                        type,
                        "KEY_STORE_PASSWORD",
                        TestKeys.PASSWORD),
                Map.of());
    }

    private static Form form(String name, TestKeys keys, Map<String, String> ofAPort, Map<String, String> others) {
        Map<String, String> variables = new HashMap<>(others);
        for (String port : List.of("SERVER_SSL_", "MANAGEMENT_SERVER_SSL_")) {
            ofAPort.forEach((variable, value) -> variables.put(port + variable, value));
        }
        return new Form(name, keys, variables);
    }

    private static PKCS8Generator encrypt(TestKeys keys) throws IOException, OperatorCreationException {
        return new JcaPKCS8Generator(
                keys.key(),
                new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
                        .setProvider(new BouncyCastleProvider())
                        .setPassword(TestKeys.PASSWORD.toCharArray())
                        .build());
    }

    /** As OpenSSL writes it, with the curve. */
    private static PemObject sec1(ECPrivateKey key) throws IOException {
        return new PemObject(
                "EC PRIVATE KEY",
                new org.bouncycastle.asn1.sec.ECPrivateKey(
                                key.getParams().getOrder().bitLength(),
                                key.getS(),
                                PrivateKeyInfo.getInstance(key.getEncoded())
                                        .getPrivateKeyAlgorithm()
                                        .getParameters())
                        .getEncoded());
    }

    /** PEM; an RSA key as PKCS#1. */
    private static Path write(Path file, Object key) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
            pem.writeObject(key);
        }
        return Files.writeString(file, text.toString());
    }
}
