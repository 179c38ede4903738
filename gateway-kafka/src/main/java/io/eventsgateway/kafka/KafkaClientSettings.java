package io.eventsgateway.kafka;

import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import io.eventsgateway.config.HostAndPort;
import io.eventsgateway.config.PemBundle;
import io.eventsgateway.config.Secrets;
import io.eventsgateway.config.Setting;
import io.eventsgateway.config.SettingGroup;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule;
import org.jspecify.annotations.Nullable;

/** What configures every Kafka client of the gateway: where the brokers are, and who one is to them. */
public final class KafkaClientSettings {

    private static final String PROPERTIES = "SPRING_KAFKA_PROPERTIES_";

    /** The profile that logs in by OAuth. */
    private static final String KAFKA_AUTH = "kafka-auth";

    /** The system property by which Kafka's clients learn which token endpoints may be asked. */
    private static final String ALLOWED_URLS = "org.apache.kafka.sasl.oauthbearer.allowed.urls";

    /** How Kafka calls {@code sasl.jaas.config} in its messages. */
    private static final String JAAS = "JAAS config";

    /** What the delivery promise rests on. */
    private static final Set<String> OWN = Set.of(
            "group.id",
            "client.id",
            "enable.auto.commit",
            "auto.offset.reset",
            "partition.assignment.strategy",
            "isolation.level",
            "allow.auto.create.topics",
            "key.deserializer",
            "value.deserializer",
            "key.serializer",
            "value.serializer",
            "acks",
            "enable.idempotence");

    /** The brokers. */
    public static final Setting<List<HostAndPort>> BOOTSTRAP_SERVERS = Setting.servers(
                    "KAFKA_BOOTSTRAP_SERVERS", "localhost:9092", OptionalInt.empty())
            .doc("Kafka brokers to ask first.")
            .formerly("SPRING_KAFKA_BOOTSTRAP_SERVERS", PROPERTIES + "BOOTSTRAP_SERVERS")
            .ofGuide();

    /** How brokers are spoken to. */
    public static final Setting<SecurityProtocol> SECURITY_PROTOCOL = Setting.of(
                    "KAFKA_SECURITY_PROTOCOL",
                    "PLAINTEXT",
                    "one of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL",
                    KafkaClientSettings::protocol)
            .doc("Kafka's security protocol.")
            .formerly("SPRING_KAFKA_SECURITY_PROTOCOL", PROPERTIES + "SECURITY_PROTOCOL")
            .ofGuide();

    /** The largest record. */
    public static final Setting<Integer> MESSAGE_MAX_BYTES = Setting.bytes(
                    "KAFKA_MESSAGE_MAX_BYTES", 52_428_800, 1024, 512 * 1024 * 1024)
            .doc("Bytes of the largest record; a larger one goes to the dead letters.")
            .ofGuide();

    /** How soon to try again what was not allowed. */
    public static final Setting<Duration> AUTH_RETRY = Setting.seconds("KAFKA_AUTHEXCEPTIONRETRYINTERVAL", 10, 1)
            .doc("Seconds until a refused login or access is tried again.")
            .ofGuide();

    /** Spring's profiles. */
    public static final Setting<Set<String>> PROFILES = Setting.text("SPRING_PROFILES_ACTIVE", "")
            .map(KafkaClientSettings::words)
            .doc(
                    "`kafka-auth` adds SASL to the security protocol, PLAINTEXT becomes SASL_PLAINTEXT, and logs in by the "
                            + "mechanism OAUTHBEARER. Other profiles mean nothing here.")
            .ofGuide();

    /** Who one is to the token endpoint. */
    public static final Setting<String> OAUTH_CLIENT_ID = Setting.text("KAFKA_OAUTH_CLIENT_ID", "kafka")
            .doc("OAuth client id, with the profile `kafka-auth`.")
            .ofGuide();

    /** How one proves it. */
    public static final Setting<String> OAUTH_CLIENT_SECRET = Setting.text("KAFKA_OAUTH_CLIENT_SECRET", "kafka-secret")
            .doc("OAuth client secret, with the profile `kafka-auth`.")
            .secret()
            .ofGuide();

    /** Where tokens are had. */
    public static final Setting<String> OAUTH_TOKEN_ENDPOINT = Setting.of(
                    "KAFKA_OAUTH_TOKEN_ENDPOINT_URI",
                    "kafka.auth.localhost",
                    "a URL like https://host/path",
                    KafkaClientSettings::endpoint)
            .doc("OAuth token endpoint, with the profile `kafka-auth`; http:// where no scheme is given.")
            .ofGuide();

    /** Which certificates to trust and to show. */
    public static final Setting<String> SSL_BUNDLE = Setting.text("SPRING_KAFKA_SSL_BUNDLE", "")
            .doc(
                    "Name of a bundle of PEM files, in place of stores: `SPRING_SSL_BUNDLE_PEM_<NAME>_TRUSTSTORE_CERTIFICATE`, "
                            + "`…_KEYSTORE_CERTIFICATE` and `…_KEYSTORE_PRIVATEKEY`.");

    private static final Map<String, Setting<String>> SSL = ssl();

    /** All of them, as an operator thinks of them. */
    public static final List<SettingGroup> GROUPS = List.of(
            new SettingGroup("Kafka", "", List.of(BOOTSTRAP_SERVERS, SECURITY_PROTOCOL, MESSAGE_MAX_BYTES, AUTH_RETRY)),
            new SettingGroup(
                    "Kafka security",
                    """
                    `SPRING_KAFKA_PROPERTIES_<NAME>` sets any other property of the Kafka clients, with dots for underscores:
                    `SPRING_KAFKA_PROPERTIES_SASL_MECHANISM` is `sasl.mechanism`. What the delivery promise rests on can't be set so.
                    [kafka.md](kafka.md) has an example for each way to log in.""",
                    Stream.concat(
                                    Stream.of(
                                            PROFILES,
                                            OAUTH_CLIENT_ID,
                                            OAUTH_CLIENT_SECRET,
                                            OAUTH_TOKEN_ENDPOINT,
                                            SSL_BUNDLE),
                                    SSL.values().stream())
                            .toList()));

    private KafkaClientSettings() {}

    private static Map<String, Setting<String>> ssl() {
        Map<String, Setting<String>> ssl = new LinkedHashMap<>();
        ssl.put(
                "ssl.truststore.location",
                Setting.file("SPRING_KAFKA_SSL_TRUST_STORE_LOCATION").doc("File of the authorities to trust."));
        ssl.put(
                "ssl.truststore.password",
                Setting.text("SPRING_KAFKA_SSL_TRUST_STORE_PASSWORD", "")
                        .doc("Password of that file.")
                        .secret());
        ssl.put(
                "ssl.truststore.type",
                store("SPRING_KAFKA_SSL_TRUST_STORE_TYPE").doc("Format of that file."));
        ssl.put(
                "ssl.truststore.certificates",
                Setting.text("SPRING_KAFKA_SSL_TRUST_STORE_CERTIFICATES", "")
                        .doc(
                                "The authorities' certificates themselves as PEM, in place of a file; with the type PEM."));
        ssl.put(
                "ssl.keystore.location",
                Setting.file("SPRING_KAFKA_SSL_KEY_STORE_LOCATION")
                        .doc("File of the gateway's own certificate and key."));
        ssl.put(
                "ssl.keystore.password",
                Setting.text("SPRING_KAFKA_SSL_KEY_STORE_PASSWORD", "")
                        .doc("Password of that file.")
                        .secret());
        ssl.put("ssl.keystore.type", store("SPRING_KAFKA_SSL_KEY_STORE_TYPE").doc("Format of that file."));
        ssl.put(
                "ssl.keystore.certificate.chain",
                Setting.text("SPRING_KAFKA_SSL_KEY_STORE_CERTIFICATE_CHAIN", "")
                        .doc("The gateway's certificate itself as PEM, in place of a file; with the type PEM."));
        ssl.put(
                "ssl.keystore.key",
                Setting.text("SPRING_KAFKA_SSL_KEY_STORE_KEY", "")
                        .doc("The gateway's private key itself as PEM (PKCS#8), in place of a file; with the type PEM.")
                        .secret());
        ssl.put(
                "ssl.key.password",
                Setting.text("SPRING_KAFKA_SSL_KEY_PASSWORD", "")
                        .doc("Password of the private key.")
                        .secret());
        ssl.put(
                "ssl.protocol",
                Setting.text("SPRING_KAFKA_SSL_PROTOCOL", "")
                        .doc("Protocol of the TLS context; empty for Kafka's default."));
        return ssl;
    }

    private static Setting<String> store(String name) {
        return Setting.of(name, "", "one of JKS, PKCS12, PEM, or empty for JKS", text -> {
            String type = text.toUpperCase(Locale.ROOT);
            return Set.of("", "JKS", "PKCS12", "PEM").contains(type) ? type : null;
        });
    }

    private static @Nullable SecurityProtocol protocol(String text) {
        return Stream.of(SecurityProtocol.values())
                .filter(each -> each.name.equalsIgnoreCase(text))
                .findFirst()
                .orElse(null);
    }

    private static Set<String> words(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .collect(Collectors.toSet());
    }

    private static @Nullable String endpoint(String text) {
        return Setting.isUrl(text) ? text : Setting.isUrl("http://" + text) ? "http://" + text : null;
    }

    /**
     * What every Kafka client of the gateway is configured with. Where that is OAuth, the clients of this JVM are allowed to ask that
     * token endpoint, which Kafka takes from a system property.
     *
     * @throws ConfigurationException if a value is not allowed
     */
    public static Map<String, Object> properties(Environment environment) {
        Map<String, Object> properties = new TreeMap<>();
        SSL.forEach((name, setting) -> {
            String value = environment.get(setting);
            if (!value.isEmpty()) {
                properties.put(name, value);
            }
        });
        if (!environment.get(SSL_BUNDLE).isEmpty()) {
            properties.putAll(bundle(PemBundle.of(environment, SSL_BUNDLE)));
        }
        SecurityProtocol protocol = environment.get(SECURITY_PROTOCOL);
        if (environment.get(PROFILES).contains(KAFKA_AUTH)) {
            protocol = protocol == SecurityProtocol.PLAINTEXT
                    ? SecurityProtocol.SASL_PLAINTEXT
                    : protocol == SecurityProtocol.SSL ? SecurityProtocol.SASL_SSL : protocol;
            properties.put("sasl.mechanism", OAuthBearerLoginModule.OAUTHBEARER_MECHANISM);
            properties.put("sasl.jaas.config", OAuthBearerLoginModule.class.getName() + " required;");
            properties.put("sasl.login.callback.handler.class", OAuthBearerLoginCallbackHandler.class.getName());
            properties.put("sasl.oauthbearer.token.endpoint.url", environment.get(OAUTH_TOKEN_ENDPOINT));
            properties.put("sasl.oauthbearer.client.credentials.client.id", environment.get(OAUTH_CLIENT_ID));
            properties.put("sasl.oauthbearer.client.credentials.client.secret", environment.get(OAUTH_CLIENT_SECRET));
        }
        properties.putAll(environment.startingWith(PROPERTIES));
        OWN.forEach(properties::remove);
        properties.put("bootstrap.servers", HostAndPort.join(environment.get(BOOTSTRAP_SERVERS)));
        properties.put("security.protocol", protocol.name);
        if (properties.get("sasl.oauthbearer.token.endpoint.url") instanceof String url) {
            allow(url);
        }
        return properties;
    }

    private static Map<String, String> bundle(PemBundle bundle) {
        Map<String, String> properties = new TreeMap<>();
        if (bundle.trusted() != null) {
            properties.put("ssl.truststore.type", "PEM");
            properties.put("ssl.truststore.location", bundle.trusted().getPath());
        }
        if (bundle.certificate() != null && bundle.key() != null) {
            properties.put("ssl.keystore.type", "PEM");
            properties.put("ssl.keystore.certificate.chain", text(bundle.certificate()));
            properties.put("ssl.keystore.key", text(bundle.key()));
        }
        return properties;
    }

    private static String text(File file) {
        try {
            return Files.readString(file.toPath());
        } catch (IOException unreadable) {
            throw new ConfigurationException(List.of(SSL_BUNDLE.name() + " is not valid: can't read " + file));
        }
    }

    private static synchronized void allow(String url) {
        String before = System.getProperty(ALLOWED_URLS, "");
        if (!words(before).contains(url)) {
            System.setProperty(ALLOWED_URLS, before.isEmpty() ? url : before + "," + url);
        }
    }

    /**
     * Checks what can be checked without asking anybody: each property, the login's form, and that every client can be made with them, keys
     * and login classes included.
     *
     * @throws ConfigurationException naming every problem
     */
    public static void check(Environment environment) {
        List<String> problems = new ArrayList<>();
        environment.startingWith(PROPERTIES).forEach((name, value) -> {
            try {
                parse(name, value);
            } catch (ConfigException wrong) {
                problems.add(variable(name) + " is not valid: " + wrong.getMessage());
            }
        });
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        Map<String, Object> properties = properties(environment);
        String protocol = String.valueOf(properties.get("security.protocol"));
        String name = SECURITY_PROTOCOL.name() + "=" + protocol;
        if (protocol.startsWith("SASL_")
                && !properties.containsKey("sasl.jaas.config")
                && System.getProperty("java.security.auth.login.config") == null) {
            throw new ConfigurationException(List.of(
                    name + " is not valid by itself: say how to log in, by " + PROFILES.name() + "=kafka-auth, or by "
                            + variable("sasl.mechanism") + " and " + variable("sasl.jaas.config")));
        }
        int maxBytes = environment.get(MESSAGE_MAX_BYTES);
        ClientConstruction.check(properties, maxBytes).ifPresent(failure -> {
            String variables = String.join(", ", culprits(environment, properties, maxBytes, failure));
            String login = environment.get(PROFILES).contains(KAFKA_AUTH)
                    ? PROFILES.name() + "=" + KAFKA_AUTH + " with " + name
                    : name;
            throw new ConfigurationException(List.of((variables.isEmpty() ? login : variables)
                    + " can't be used: no Kafka " + failure.client() + " can be made: "
                    + withoutSecrets(failure.reason())));
        });
    }

    /** The variables without any one of which the failure would be another one, or none. */
    private static List<String> culprits(
            Environment environment, Map<String, Object> properties, int maxBytes, ClientConstruction.Failure failure) {
        Map<String, String> variables = new TreeMap<>();
        SSL.forEach((property, setting) -> variables.put(property, setting.name()));
        environment.startingWith(PROPERTIES).keySet().forEach(property -> variables.put(property, variable(property)));
        variables.keySet().retainAll(properties.keySet());
        List<String> culprits = new ArrayList<>();
        variables.forEach((property, variable) -> {
            Map<String, Object> others = new TreeMap<>(properties);
            others.remove(property);
            if (!ClientConstruction.check(others, maxBytes).equals(Optional.of(failure))) {
                culprits.add(variable);
            }
        });
        return culprits;
    }

    /** Kafka quotes parts of a login's form that it can't read, which may be of a password. */
    private static String withoutSecrets(String reason) {
        return reason.contains(JAAS) ? reason.replaceAll("'[^']*'", "'…'") : reason;
    }

    /** What Kafka makes of a property; as it is where no client knows it, since a plug-in may. */
    private static void parse(String name, String value) {
        for (ConfigDef definition : definitions()) {
            ConfigDef.ConfigKey key = definition.configKeys().get(name);
            if (key != null) {
                Object parsed = ConfigDef.parseType(name, value, key.type);
                if (key.validator != null) {
                    key.validator.ensureValid(name, parsed);
                }
                return;
            }
        }
    }

    private static List<ConfigDef> definitions() {
        return List.of(ConsumerConfig.configDef(), ProducerConfig.configDef(), AdminClientConfig.configDef());
    }

    /** What works but should be reported: properties that no client knows, and such as the gateway sets itself. */
    public static List<String> warnings(Environment environment) {
        Set<String> known = definitions().stream()
                .flatMap(definition -> definition.names().stream())
                .collect(Collectors.toSet());
        List<String> warnings = new ArrayList<>();
        for (String name : environment.startingWith(PROPERTIES).keySet()) {
            if (OWN.contains(name)) {
                warnings.add(variable(name) + " is not used: the gateway sets " + name + " itself");
            } else if (!known.contains(name)) {
                warnings.add(variable(name) + " is no property that Kafka's clients know: " + name);
            }
        }
        return warnings;
    }

    /** Values of properties for people, by their variables; those that may be secret as stars. */
    public static Map<String, String> explain(Environment environment) {
        Map<String, String> explained = new TreeMap<>();
        environment.startingWith(PROPERTIES).forEach((name, value) -> {
            boolean open = definitions().stream()
                    .map(definition -> definition.configKeys().get(name))
                    .filter(Objects::nonNull)
                    .anyMatch(key -> key.type != ConfigDef.Type.PASSWORD);
            explained.put(variable(name), open ? Secrets.hideInValue(value) : Secrets.STARS);
        });
        return explained;
    }

    private static String variable(String property) {
        return PROPERTIES + property.toUpperCase(Locale.ROOT).replace('.', '_');
    }
}
