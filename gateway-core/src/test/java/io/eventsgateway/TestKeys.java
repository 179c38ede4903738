package io.eventsgateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A private key and its self-signed certificate for localhost, for tests: as a store and as PEM files. Immutable. */
public final class TestKeys {

    /** Of every store. */
    public static final String PASSWORD = "changeit";

    private final Path folder;
    private final String name;
    private final KeyStore keys;

    private TestKeys(Path folder, String name, KeyStore keys) {
        this.folder = folder;
        this.name = name;
        this.keys = keys;
    }

    /** New keys on an elliptic curve, in files of a folder. */
    public static TestKeys make(Path folder, String name) {
        return make(folder, name, "EC");
    }

    /**
     * New keys, in files of a folder.
     *
     * @param algorithm as keytool names it
     */
    public static TestKeys make(Path folder, String name, String algorithm) {
        Path store = folder.resolve(name + ".p12");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                algorithm,
                "-dname",
                "CN=" + name,
                "-ext",
                "SAN=dns:localhost,ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD);
        try {
            if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
                throw new IllegalStateException("keytool failed: " + command);
            }
            KeyStore keys = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(store)) {
                keys.load(in, PASSWORD.toCharArray());
            }
            TestKeys made = new TestKeys(folder, name, keys);
            Files.writeString(made.certificateFile(), made.certificatePem());
            Files.writeString(made.keyFile(), pem("PRIVATE KEY", made.key().getEncoded()));
            return made;
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        } catch (GeneralSecurityException | InterruptedException unusable) {
            throw new IllegalStateException(unusable);
        }
    }

    /** Both in a PKCS12 store. */
    public Path store() {
        return folder.resolve(name + ".p12");
    }

    /** Both in a store of another type. */
    public Path store(String type) {
        return write(
                type,
                "." + type.toLowerCase(Locale.ROOT),
                store -> store.setKeyEntry(name, key(), PASSWORD.toCharArray(), keys.getCertificateChain(name)));
    }

    /** A store that trusts the certificate. */
    public Path trustStore(String type) {
        return write(
                type,
                "-trusted." + type.toLowerCase(Locale.ROOT),
                store -> store.setCertificateEntry(name, certificate()));
    }

    /** The certificate as PEM. */
    public Path certificateFile() {
        return folder.resolve(name + ".crt");
    }

    /** The private key as PEM, PKCS#8, not encrypted. */
    public Path keyFile() {
        return folder.resolve(name + ".key");
    }

    /** The certificate. */
    public X509Certificate certificate() {
        try {
            return (X509Certificate) keys.getCertificate(name);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The private key. */
    public PrivateKey key() {
        try {
            return (PrivateKey) keys.getKey(name, PASSWORD.toCharArray());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The certificate's PEM text. */
    public String certificatePem() {
        try {
            return pem("CERTIFICATE", certificate().getEncoded());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Of a client that trusts the certificate. */
    public SSLContext trusting() {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry(name, certificate());
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** PEM text (RFC 7468). */
    public static String pem(String label, byte[] bytes) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes)
                + "\n-----END " + label + "-----\n";
    }

    private interface Entry {
        void put(KeyStore store) throws GeneralSecurityException;
    }

    private Path write(String type, String suffix, Entry entry) {
        Path file = folder.resolve(name + suffix);
        try (var out = Files.newOutputStream(file)) {
            KeyStore store = KeyStore.getInstance(type);
            store.load(null, null);
            entry.put(store);
            store.store(out, PASSWORD.toCharArray());
            return file;
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        } catch (GeneralSecurityException unusable) {
            throw new IllegalStateException(unusable);
        }
    }
}
