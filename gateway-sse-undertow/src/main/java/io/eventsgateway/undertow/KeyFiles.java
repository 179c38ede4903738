package io.eventsgateway.undertow;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/** Files of a certificate and its key, which may change. Immutable; any thread may call. */
final class KeyFiles {

    private interface Loader {
        KeyStore load() throws GeneralSecurityException, IOException;
    }

    private final List<File> files;
    private final Loader loader;
    private final String keyPassword;

    private KeyFiles(List<File> files, Loader loader, String keyPassword) {
        this.files = files;
        this.loader = loader;
        this.keyPassword = keyPassword;
    }

    /** A store of the type. */
    static KeyFiles store(File file, String type, String storePassword, String keyPassword) {
        return new KeyFiles(
                List.of(file),
                () -> {
                    KeyStore store = KeyStore.getInstance(type);
                    try (InputStream in = Files.newInputStream(file.toPath())) {
                        store.load(in, storePassword.toCharArray());
                    }
                    return store;
                },
                keyPassword);
    }

    /** PEM files (RFC 7468): the key as PKCS#8, PKCS#1 or SEC 1, encrypted or not. */
    static KeyFiles pem(File certificate, File key, String password) {
        return new KeyFiles(
                List.of(certificate, key),
                () -> {
                    Certificate[] chain;
                    try (InputStream in = Files.newInputStream(certificate.toPath())) {
                        chain = CertificateFactory.getInstance("X.509")
                                .generateCertificates(in)
                                .toArray(Certificate[]::new);
                    }
                    if (chain.length == 0) {
                        throw new IOException("no certificate in " + certificate);
                    }
                    PrivateKey own = privateKey(key, chain[0].getPublicKey().getAlgorithm(), password);
                    if (!belong(own, chain[0])) {
                        throw new GeneralSecurityException("the key is not the certificate's");
                    }
                    KeyStore store = KeyStore.getInstance("PKCS12");
                    store.load(null, null);
                    store.setKeyEntry("own", own, password.toCharArray(), chain);
                    return store;
                },
                password);
    }

    /** Whether what one signs the other verifies; else no handshake would ever succeed. */
    private static boolean belong(PrivateKey key, Certificate certificate) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> key.getAlgorithm();
                });
        byte[] text = {1};
        signature.initSign(key);
        signature.update(text);
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(text);
        return signature.verify(signed);
    }

    /** The key, of the kind that the certificate's is; made by the JDK, which needs it as PKCS#8. */
    private static PrivateKey privateKey(File file, String kind, String password)
            throws GeneralSecurityException, IOException {
        try (Reader reader = Files.newBufferedReader(file.toPath(), StandardCharsets.US_ASCII);
                PEMParser parser = new PEMParser(reader)) {
            for (Object each = parser.readObject(); each != null; each = parser.readObject()) {
                if (each instanceof PrivateKeyInfo plain) {
                    return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(plain.getEncoded()));
                }
                if (each instanceof PEMKeyPair pair) {
                    byte[] encoded = pair.getPrivateKeyInfo().getEncoded();
                    return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(encoded));
                }
                if (each instanceof PKCS8EncryptedPrivateKeyInfo encrypted) {
                    return KeyFactory.getInstance(kind).generatePrivate(decrypt(encrypted.getEncoded(), password));
                }
                if (each instanceof PEMEncryptedKeyPair) {
                    throw new IOException(
                            "the key of " + file + " is encrypted in a form that is not taken; use PKCS#8");
                }
            }
        }
        throw new IOException("no private key in " + file);
    }

    private static PKCS8EncodedKeySpec decrypt(byte[] encoded, String password)
            throws GeneralSecurityException, IOException {
        EncryptedPrivateKeyInfo encrypted = new EncryptedPrivateKeyInfo(encoded);
        // of PBES2 the JDK tells the whole name only so
        String algorithm = encrypted.getAlgParameters().toString();
        SecretKey secret =
                SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(password.toCharArray()));
        Cipher cipher = Cipher.getInstance(algorithm);
        cipher.init(Cipher.DECRYPT_MODE, secret, encrypted.getAlgParameters());
        return encrypted.getKeySpec(cipher);
    }

    /** What is in the files now. */
    X509ExtendedKeyManager load() throws GeneralSecurityException, IOException {
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(loader.load(), keyPassword.toCharArray());
        for (KeyManager each : factory.getKeyManagers()) {
            if (each instanceof X509ExtendedKeyManager manager) {
                return manager;
            }
        }
        throw new GeneralSecurityException("no key manager for " + names());
    }

    /** When they were changed, each. */
    List<Long> changed() {
        return files.stream().map(File::lastModified).toList();
    }

    /** What they are called, for people. */
    String names() {
        return files.stream().map(File::getPath).collect(Collectors.joining(" and "));
    }
}
