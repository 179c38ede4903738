package io.eventsgateway.undertow;

import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import io.eventsgateway.config.PemBundle;
import io.eventsgateway.config.Setting;
import io.eventsgateway.config.SettingGroup;
import java.io.File;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** What configures TLS on one of the ports, under the names that Spring Boot has for it. */
public final class TlsSettings {

    /** Of the event streams. */
    public static final TlsSettings SERVER = new TlsSettings("SERVER_SSL_", "the event streams");

    /** Of health and metrics. */
    public static final TlsSettings MANAGEMENT = new TlsSettings("MANAGEMENT_SERVER_SSL_", "health and metrics");

    private final Setting<Boolean> enabled;
    private final Setting<String> bundle;
    private final Setting<String> certificate;
    private final Setting<String> privateKey;
    private final Setting<String> keyStore;
    private final Setting<String> keyStoreType;
    private final Setting<String> keyStorePassword;
    private final Setting<String> keyPassword;
    private final SettingGroup group;

    private TlsSettings(String prefix, String port) {
        enabled = Setting.flag(prefix + "ENABLED", true).doc("Whether TLS is used, where a certificate is named.");
        certificate = Setting.file(prefix + "CERTIFICATE")
                .doc("PEM file of the certificate, with those between it and its authority.");
        privateKey = Setting.file(prefix + "CERTIFICATE_PRIVATE_KEY").doc("PEM file of the private key of it.");
        bundle = Setting.text(prefix + "BUNDLE", "")
                .doc(
                        "Name of a bundle of PEM files, in place of these two: `SPRING_SSL_BUNDLE_PEM_<NAME>_KEYSTORE_CERTIFICATE` and "
                                + "`…_KEYSTORE_PRIVATEKEY`.");
        keyStore = Setting.file(prefix + "KEY_STORE").doc("Store of certificate and key, in place of PEM files.");
        keyStoreType = Setting.of(prefix + "KEY_STORE_TYPE", "PKCS12", "one of PKCS12, JKS", text -> {
                    String type = text.toUpperCase(Locale.ROOT);
                    return Set.of("PKCS12", "JKS").contains(type) ? type : null;
                })
                .doc("Format of the store.");
        keyStorePassword = Setting.text(prefix + "KEY_STORE_PASSWORD", "")
                .doc("Password of the store.")
                .secret();
        keyPassword = Setting.text(prefix + "KEY_PASSWORD", "")
                .doc("Password of the private key; empty where the key has none, or the store's.")
                .secret();
        group = new SettingGroup(
                "TLS of " + port,
                "Files are read again when they change, for connections that are made then.",
                List.of(
                        certificate,
                        privateKey,
                        bundle,
                        keyStore,
                        keyStoreType,
                        keyStorePassword,
                        keyPassword,
                        enabled));
    }

    /** All of them. */
    public SettingGroup group() {
        return group;
    }

    /**
     * TLS as an environment has it; null for none.
     *
     * @throws ConfigurationException if what is named does not fit together, or can't be used
     */
    public @Nullable SSLContext context(Environment environment) {
        KeyFiles files = files(environment);
        if (files == null) {
            return null;
        }
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new ReloadingKeyManager(files)}, null, null);
            return context;
        } catch (GeneralSecurityException | IOException unusable) {
            throw problem(files.names() + " can't be used: " + unusable.getMessage());
        }
    }

    /**
     * Whether an environment has TLS for the port.
     *
     * @throws ConfigurationException if what is named does not fit together
     */
    public boolean isUsed(Environment environment) {
        return files(environment) != null;
    }

    private @Nullable KeyFiles files(Environment environment) {
        String pem = environment.get(certificate);
        String key = environment.get(privateKey);
        String store = environment.get(keyStore);
        boolean ofBundle = !environment.get(bundle).isEmpty();
        if (!environment.get(enabled) || (pem.isEmpty() && key.isEmpty() && store.isEmpty() && !ofBundle)) {
            return null;
        }
        if (pem.isEmpty() != key.isEmpty()) {
            throw problem(certificate.name() + " and " + privateKey.name() + " are only valid together");
        }
        if ((pem.isEmpty() ? 0 : 1) + (store.isEmpty() ? 0 : 1) + (ofBundle ? 1 : 0) > 1) {
            throw problem(certificate.name() + ", " + keyStore.name() + " and " + bundle.name()
                    + " are not valid together: choose one");
        }
        String password = environment.get(keyPassword);
        if (!store.isEmpty()) {
            String storePassword = environment.get(keyStorePassword);
            return KeyFiles.store(
                    new File(store),
                    environment.get(keyStoreType),
                    storePassword,
                    password.isEmpty() ? storePassword : password);
        }
        if (!ofBundle) {
            return KeyFiles.pem(new File(pem), new File(key), password);
        }
        PemBundle named = PemBundle.of(environment, bundle);
        File own = named.certificate();
        File ownKey = named.key();
        if (own == null || ownKey == null) {
            throw problem(bundle.name() + " is not valid: the bundle has no certificate of one's own");
        }
        return KeyFiles.pem(own, ownKey, password);
    }

    private static ConfigurationException problem(String problem) {
        return new ConfigurationException(List.of(problem));
    }
}
