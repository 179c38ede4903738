package io.eventsgateway.config;

import java.io.File;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Files of certificates and keys for TLS, named together as Spring Boot does: {@code SPRING_SSL_BUNDLE_PEM_<NAME>_…}.
 *
 * @param trusted the authorities' certificates; null for those the JVM trusts
 * @param certificate one's own certificate; null for none
 * @param key the private key of it, not encrypted; null for none
 */
public record PemBundle(
        @Nullable File trusted,
        @Nullable File certificate,
        @Nullable File key) {

    private static final Pattern NAME = Pattern.compile("[0-9A-Za-z._-]{1,200}");

    /**
     * The bundle that a setting names.
     *
     * @throws ConfigurationException if there is none of that name, or a file can't be read
     */
    public static PemBundle of(Environment environment, Setting<String> setting) {
        String given = environment.get(setting);
        if (!NAME.matcher(given).matches()) {
            throw problem(
                    setting, "must be a bundle's name, of letters, digits, '.', '_' and '-', not what is in its files");
        }
        String name = given.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_");
        String prefix = "SPRING_SSL_BUNDLE_PEM_" + name + "_";
        Map<String, String> files = environment.startingWith(prefix);
        File trusted = file(setting, files.get("truststore.certificate"));
        File certificate = file(setting, files.get("keystore.certificate"));
        File key = file(setting, files.get("keystore.privatekey"));
        if (trusted == null && certificate == null) {
            throw problem(
                    setting,
                    "neither " + prefix + "TRUSTSTORE_CERTIFICATE nor " + prefix + "KEYSTORE_CERTIFICATE is set");
        }
        if ((certificate == null) != (key == null)) {
            throw problem(
                    setting,
                    prefix + "KEYSTORE_CERTIFICATE and " + prefix + "KEYSTORE_PRIVATEKEY are only valid together");
        }
        return new PemBundle(trusted, certificate, key);
    }

    private static @Nullable File file(Setting<String> setting, @Nullable String name) {
        if (name == null) {
            return null;
        }
        File file = new File(name.startsWith("file:") ? name.substring("file:".length()) : name);
        if (!file.canRead()) {
            throw problem(setting, "can't read " + file);
        }
        return file;
    }

    private static ConfigurationException problem(Setting<String> setting, String problem) {
        return new ConfigurationException(List.of(setting.name() + " is not valid: " + problem));
    }
}
