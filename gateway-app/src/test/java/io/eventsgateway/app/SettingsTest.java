package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import io.eventsgateway.config.Setting;
import io.eventsgateway.kafka.FeedBinding;
import io.eventsgateway.kafka.KafkaClientSettings;
import io.eventsgateway.kafka.KafkaSettings;
import io.eventsgateway.redis.RedisOptions;
import io.eventsgateway.redis.RedisSettings;
import io.eventsgateway.topic.Feed;
import io.eventsgateway.undertow.SseOptions;
import io.eventsgateway.undertow.SseSettings;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisURI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every setting: its documented default, another value, and what they amount to where they are used. */
class SettingsTest {

    private static final String FILE = Path.of("pom.xml").toAbsolutePath().toString();

    /**
     * A setting by its name.
     *
     * @param fallback the documented default, from the guide or the contract and not from the declaration
     * @param other another value
     * @param with what else has to be set for it to mean something
     * @param effect what it amounts to, as text
     * @param byFallback the effect of the default
     * @param byOther the effect of the other value
     */
    private record Example(
            String name,
            String fallback,
            String other,
            Map<String, String> with,
            Function<Environment, Object> effect,
            String byFallback,
            String byOther) {

        String effect(String value) {
            Map<String, String> all = new HashMap<>();
            if (value != null) {
                all.put(name, value);
            }
            if (value != null || !ONLY_TOGETHER.contains(name)) {
                all.putAll(with);
            }
            return String.valueOf(effect.apply(new Environment(all)));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Each of which is not valid without the other. */
    private static final Set<String> ONLY_TOGETHER =
            Set.of("SPRING_DATA_REDIS_SENTINEL_MASTER", "SPRING_DATA_REDIS_SENTINEL_NODES");

    private static final Map<String, String> SENTINELS =
            Map.of("SPRING_DATA_REDIS_SENTINEL_NODES", "s1", "SPRING_DATA_REDIS_SENTINEL_MASTER", "m");
    private static final Map<String, String> PROFILE = Map.of("SPRING_PROFILES_ACTIVE", "kafka-auth");

    /** In the order of the guide; then what it has not. */
    static List<Example> examples() {
        List<Example> all = new ArrayList<>();
        // Kafka
        all.add(client(
                "KAFKA_BOOTSTRAP_SERVERS", "localhost:9092", "a:1, [::1]:2", "bootstrap.servers", "a:1,[::1]:2"));
        all.add(client("KAFKA_SECURITY_PROTOCOL", "PLAINTEXT", "ssl", "security.protocol", "SSL"));
        all.add(value("KAFKA_MESSAGE_MAX_BYTES", "52428800", "10MB", "10485760"));
        all.add(value("KAFKA_AUTHEXCEPTIONRETRYINTERVAL", "10", "3", "PT10S", "PT3S"));
        all.add(client(
                "KAFKA_OAUTH_CLIENT_ID",
                "kafka",
                "me",
                PROFILE,
                "sasl.oauthbearer.client.credentials.client.id",
                "kafka",
                "me"));
        all.add(client(
                "KAFKA_OAUTH_CLIENT_SECRET",
                "kafka-secret",
                "mine",
                PROFILE,
                "sasl.oauthbearer.client.credentials.client.secret",
                "kafka-secret",
                "mine"));
        all.add(client(
                "KAFKA_OAUTH_TOKEN_ENDPOINT_URI",
                "kafka.auth.localhost",
                "https://id/token",
                PROFILE,
                "sasl.oauthbearer.token.endpoint.url",
                "http://kafka.auth.localhost",
                "https://id/token"));
        all.add(topic(
                "KAFKA_TOPIC_NAMING_PACKAGE",
                "ai.flowx.",
                "com.acme.",
                "com.acme.eventsgateway.task.commands.message.v1"));
        all.add(topic(
                "KAFKA_TOPIC_NAMING_ENVIRONMENT", "", "dev.", "ai.flowx.dev.eventsgateway.task.commands.message.v1"));
        all.add(topic("KAFKA_TOPIC_NAMING_VERSION", ".v1", " ", "ai.flowx.eventsgateway.task.commands.message"));
        all.add(topic("KAFKA_TOPIC_NAMING_SEPARATOR", ".", "_", "ai.flowx.eventsgateway_task_commands_message.v1"));
        all.add(example(
                "KAFKA_TOPIC_NAMING_SEPARATOR2",
                "-",
                "_",
                environment -> KafkaSettings.naming(environment).topic("two-words", "part"),
                "ai.flowx.two-words.part.v1",
                "ai.flowx.two_words.part.v1"));
        all.add(group("PROCESSENGINECOMMANDS_MESSAGE", Feed.ENGINE_MESSAGE, "engine-commands-message"));
        all.add(group("PROCESSENGINECOMMANDS_DISCONNECT", Feed.ENGINE_DISCONNECT, "engine-commands-disconnect"));
        all.add(group("PROCESSENGINECOMMANDS_CONNECT", Feed.ENGINE_CONNECT, "engine-commands-connect"));
        all.add(group("TASKCOMMANDS_MESSAGE", Feed.TASK_MESSAGE, "task-commands-message"));
        all.add(group("PROCESSCOMMANDS_MESSAGE", Feed.PROCESS_MESSAGE, "process-commands-message"));
        all.add(group("GENERICCOMMANDS", Feed.GENERIC_MESSAGE, "generic-commands-message"));
        all.add(group("USERBROADCASTCOMMANDS", Feed.USER_MESSAGE, "user-broadcast-commands-message"));
        all.add(threads("PROCESSENGINECOMMANDS_MESSAGE", Feed.ENGINE_MESSAGE, "10"));
        all.add(threads("PROCESSENGINECOMMANDS_DISCONNECT", Feed.ENGINE_DISCONNECT, "5"));
        all.add(threads("PROCESSENGINECOMMANDS_CONNECT", Feed.ENGINE_CONNECT, "5"));
        all.add(threads("TASKCOMMANDS", Feed.TASK_MESSAGE, "10"));
        all.add(threads("PROCESSCOMMANDS", Feed.PROCESS_MESSAGE, "10"));
        all.add(threads("GENERICCOMMANDS", Feed.GENERIC_MESSAGE, "10"));
        all.add(threads("USERBROADCASTCOMMANDS", Feed.USER_MESSAGE, "10"));
        all.add(reads("PATTERN", Feed.GENERIC_MESSAGE, "ai.flowx.eventsgateway.receive.*"));
        all.add(reads(
                "PROCESSINSTANCE_IN_MESSAGE",
                Feed.ENGINE_MESSAGE,
                "ai.flowx.eventsgateway.engine.commands.message.v1"));
        all.add(reads(
                "PROCESSINSTANCE_IN_DISCONNECT",
                Feed.ENGINE_DISCONNECT,
                "ai.flowx.eventsgateway.engine.commands.disconnect.v1"));
        all.add(reads(
                "PROCESSINSTANCE_IN_CONNECT",
                Feed.ENGINE_CONNECT,
                "ai.flowx.eventsgateway.engine.commands.connect.v1"));
        all.add(reads(
                "PROCESS_IN_MESSAGE", Feed.PROCESS_MESSAGE, "ai.flowx.eventsgateway.process.commands.message.v1"));
        all.add(reads("USERMESSAGES_IN_MESSAGE", Feed.USER_MESSAGE, "ai.flowx.core.designer.notification.user.v1"));
        // security
        all.add(value("SECURITY_TYPE", "jwt-public-key", "none", "JWT_PUBLIC_KEY", "NONE"));
        all.add(value("SECURITY_OAUTH2_BASESERVERURL", "", "https://id/auth", "https://id/auth"));
        all.add(value("SECURITY_OAUTH2_SAREALM", "00000002-0002-4002-8002-000000000002", "services", "services"));
        all.add(value(
                "FLOWX_LIB_SECURITY_SERVICES_ORGANIZATIONMANAGER_BASEURL",
                "http://organization-manager:80",
                "https://om",
                "https://om"));
        all.add(value(
                "SPRING_SECURITY_OAUTH2_CLIENT_REGISTRATION_ANONYMOUSIDENTITY_CLIENTID",
                "flowx-anonymous-sa",
                "a",
                "a"));
        all.add(value("SPRING_SECURITY_OAUTH2_CLIENT_REGISTRATION_ANONYMOUSIDENTITY_CLIENTSECRET", "", "b", "b"));
        all.add(value("FLOWX_URLS_RUNTIMEMANAGER", "http://runtime-manager/", "https://rm", "https://rm"));
        // Redis
        all.add(redis(
                "SPRING_DATA_REDIS_HOST", "localhost", "redis", Map.of(), RedisURI::getHost, "localhost", "redis"));
        all.add(redis("SPRING_DATA_REDIS_PORT", "6379", "7000", Map.of(), RedisURI::getPort, "6379", "7000"));
        all.add(redis("SPRING_DATA_REDIS_PASSWORD", "", "p", Map.of(), SettingsTest::password, "", "p"));
        all.add(redis(
                "SPRING_DATA_REDIS_SENTINEL_MASTER",
                "",
                "mymaster",
                Map.of("SPRING_DATA_REDIS_SENTINEL_NODES", "s1"),
                RedisURI::getSentinelMasterId,
                "null",
                "mymaster"));
        all.add(redis(
                "SPRING_DATA_REDIS_SENTINEL_NODES",
                "",
                "s1,[::1]:7",
                Map.of("SPRING_DATA_REDIS_SENTINEL_MASTER", "m"),
                uri -> addresses(uri.getSentinels()),
                "",
                "s1:26379 ::1:7"));
        all.add(options(
                "SPRING_DATA_REDIS_CLUSTER_NODES",
                "",
                "c1,c2:7",
                Map.of(),
                options -> options.cluster() + " " + addresses(options.servers()),
                "false localhost:6379",
                "true c1:6379 c2:7"));
        all.add(options(
                "EVENTS_REDIS_FREQUENCYMILLIS", "300", "50", Map.of(), RedisOptions::frequency, "PT0.3S", "PT0.05S"));
        all.add(options("EVENTS_REDIS_TTLHOURS", "4", "1", Map.of(), RedisOptions::retention, "PT4H", "PT1H"));
        // streams, logs, CORS
        all.add(sse("EVENTS_SSE_CLEANUP_INTERVALMINS", "5", "1", SseOptions::cleanupInterval, "PT5M", "PT1M"));
        all.add(sse("EVENTS_SSE_CLEANUP_MAXAGEMINS", "10", "2", SseOptions::cleanupMaxAge, "PT10M", "PT2M"));
        all.add(value("LOGGING_LEVEL_ROOT", "info", "DEBUG", "INFO", "DEBUG"));
        all.add(value("LOGGING_LEVEL_APP", "info", "warn", "INFO", "WARN"));
        all.add(sse(
                "APPLICATION_CORS_ALLOW_ORIGIN",
                "-",
                "https://a.example,https://b.example",
                options -> options.cors().origins().size(),
                "0",
                "2"));
        return all;
    }

    static List<Example> beyondTheGuide() {
        List<Example> all = new ArrayList<>();
        all.add(client(
                "SPRING_PROFILES_ACTIVE", "", "x, kafka-auth", "security.protocol", "PLAINTEXT", "SASL_PLAINTEXT"));
        all.add(value("LOGGING_FORMAT", "text", "json", "TEXT", "JSON"));
        all.add(sse("EVENTS_SSE_ACCESSLOG", "false", "true", SseOptions::accessLog, "false", "true"));
        all.add(value("LOGGING_STRUCTURED_FORMAT_CONSOLE", "", "ecs", "NONE", "ECS"));
        all.add(value("LOGGING_STRUCTURED_FORMAT_FILE", "", "gelf", "NONE", "GELF"));
        all.add(value("LOGGING_FILE_NAME", "", "target/x.log", "", "target/x.log"));
        all.add(value("LOGGING_FILE_PATH", "", "target", "", "target/spring.log"));
        all.add(value("LOGGING_LOGBACK_ROLLINGPOLICY_MAX_FILE_SIZE", "10485760", "1MB", "10485760", "1048576"));
        all.add(value("LOGGING_LOGBACK_ROLLINGPOLICY_MAX_HISTORY", "7", "0", "7", "0"));
        all.add(options("EVENTS_REDIS_KEYPREFIX", "eg", "test", Map.of(), RedisOptions::keyPrefix, "eg", "test"));
        all.add(reads("TASK_IN_MESSAGE", Feed.TASK_MESSAGE, "ai.flowx.eventsgateway.task.commands.message.v1"));
        all.add(example(
                "KAFKA_TOPIC_EVENTSGATEWAY_DEADLETTER",
                "ai.flowx.eventsgateway.deadletter.v1",
                " ",
                KafkaSettings::deadLetterTopic,
                "ai.flowx.eventsgateway.deadletter.v1",
                ""));
        Map.of("TRUST_STORE_LOCATION", "ssl.truststore.location", "KEY_STORE_LOCATION", "ssl.keystore.location")
                .forEach((name, property) -> all.add(ssl(name, "file:" + FILE, property, FILE)));
        Map.of("TRUST_STORE_TYPE", "ssl.truststore.type", "KEY_STORE_TYPE", "ssl.keystore.type")
                .forEach((name, property) -> all.add(ssl(name, "pem", property, "PEM")));
        Map.of(
                        "TRUST_STORE_PASSWORD", "ssl.truststore.password",
                        "TRUST_STORE_CERTIFICATES", "ssl.truststore.certificates",
                        "KEY_STORE_PASSWORD", "ssl.keystore.password",
                        "KEY_STORE_CERTIFICATE_CHAIN", "ssl.keystore.certificate.chain",
                        "KEY_STORE_KEY", "ssl.keystore.key",
                        "KEY_PASSWORD", "ssl.key.password",
                        "PROTOCOL", "ssl.protocol")
                .forEach((name, property) -> all.add(ssl(name, "x", property, "x")));
        all.add(new Example(
                "SPRING_KAFKA_SSL_BUNDLE",
                "",
                "mine",
                Map.of("SPRING_SSL_BUNDLE_PEM_MINE_TRUSTSTORE_CERTIFICATE", FILE),
                environment -> KafkaClientSettings.properties(environment).get("ssl.truststore.location"),
                "null",
                FILE));
        all.add(redis(
                "SPRING_DATA_REDIS_URL",
                "",
                "rediss://u:p@r:7/1",
                Map.of(),
                uri -> uri.getHost() + uri.isSsl(),
                "localhostfalse",
                "rtrue"));
        all.add(redis("SPRING_DATA_REDIS_USERNAME", "", "u", Map.of(), SettingsTest::username, "", "u"));
        all.add(redis(
                "SPRING_DATA_REDIS_SENTINEL_USERNAME",
                "",
                "u",
                SENTINELS,
                uri -> username(uri.getSentinels().get(0)),
                "",
                "u"));
        all.add(redis(
                "SPRING_DATA_REDIS_SENTINEL_PASSWORD",
                "",
                "p",
                SENTINELS,
                uri -> password(uri.getSentinels().get(0)),
                "",
                "p"));
        all.add(redis("SPRING_DATA_REDIS_DATABASE", "0", "3", Map.of(), RedisURI::getDatabase, "0", "3"));
        all.add(redis("SPRING_DATA_REDIS_SSL_ENABLED", "false", "true", Map.of(), RedisURI::isSsl, "false", "true"));
        all.add(new Example(
                "SPRING_DATA_REDIS_SSL_BUNDLE",
                "",
                "mine",
                Map.of("SPRING_SSL_BUNDLE_PEM_MINE_TRUSTSTORE_CERTIFICATE", "/no/such/file"),
                SettingsTest::bundle,
                "none",
                "SPRING_DATA_REDIS_SSL_BUNDLE is not valid: can't read /no/such/file"));
        all.add(options(
                "SPRING_DATA_REDIS_CONNECT_TIMEOUT",
                "2s",
                "700ms",
                Map.of(),
                RedisOptions::connectTimeout,
                "PT2S",
                "PT0.7S"));
        all.add(options("SPRING_DATA_REDIS_TIMEOUT", "2s", "PT5S", Map.of(), RedisOptions::timeout, "PT2S", "PT5S"));
        all.add(redis(
                "SPRING_DATA_REDIS_CLIENT_NAME",
                "events-gateway",
                "x",
                Map.of(),
                RedisURI::getClientName,
                "events-gateway",
                "x"));
        all.add(options(
                "SPRING_DATA_REDIS_CLUSTER_MAX_REDIRECTS", "5", "7", Map.of(), RedisOptions::maxRedirects, "5", "7"));
        all.add(options(
                "SPRING_DATA_REDIS_LETTUCE_CLUSTER_REFRESH_ADAPTIVE",
                "true",
                "false",
                Map.of(),
                RedisOptions::adaptive,
                "true",
                "false"));
        all.add(options(
                "SPRING_DATA_REDIS_LETTUCE_CLUSTER_REFRESH_PERIOD",
                "10s",
                "1m",
                Map.of(),
                RedisOptions::refresh,
                "PT10S",
                "PT1M"));
        all.add(value("EVENTS_REDIS_REWINDSECS", "30", "60", "PT30S", "PT1M"));
        all.add(value("EVENTS_KAFKA_REMOVEDEAD", "true", "false", "true", "false"));
        all.add(value("SERVER_PORT", "8080", "0", "0"));
        all.add(sse("EVENTS_SSE_START", "pending", "latest", SseOptions::start, "PENDING", "LATEST"));
        all.add(sse("EVENTS_SSE_HEARTBEATSECS", "15", "1", SseOptions::heartbeat, "PT15S", "PT1S"));
        all.add(sse("EVENTS_SSE_MAXAGEMINS", "0", "60", SseOptions::maxAge, "PT0S", "PT1H"));
        all.add(sse("EVENTS_SSE_MAXCONNECTIONS", "100000", "5", SseOptions::maxConnections, "100000", "5"));
        all.add(value("SERVER_MAXCONNECTIONS", "101000", "7", "7"));
        all.add(value("SERVER_MAXCONNECTIONSPERADDRESS", "0", "7", "7"));
        all.add(value("EVENTS_SSE_SENDBUFFER", "131072", "64KB", "65536"));
        all.add(value("SERVER_ADDRESS", "", "[::1]", "::1"));
        all.add(value("MANAGEMENT_SERVER_ALLOWEDHOSTS", "", "Gateway.Example.com,", "[]", "[gateway.example.com]"));
        all.add(value("MANAGEMENT_SERVER_ADDRESS", "", "127.0.0.1", "127.0.0.1"));
        all.add(value("EVENTS_CONSOLE_ENABLED", "false", "true", "false", "true"));
        all.add(value("MANAGEMENT_READINESS_INCLUDE_REDIS", "false", "true", "false", "true"));
        all.add(sse("EVENTS_SSE_MAXCONNECTIONSPERSUBJECT", "100", "7", SseOptions::maxStreamsPerSubject, "100", "7"));
        all.add(sse(
                "EVENTS_SSE_MAXDESTINATIONSPERSUBJECT",
                "500",
                "64",
                options -> options.bounds().destinationsPerSubject(),
                "500",
                "64"));
        all.add(sse(
                "EVENTS_SSE_MAXANONYMOUSPERADDRESS",
                "1000",
                "8",
                options -> options.bounds().anonymousPerAddress(),
                "1000",
                "8"));
        all.add(sse(
                "EVENTS_SSE_MAXANONYMOUS",
                "10000",
                "9",
                options -> options.bounds().anonymous(),
                "10000",
                "9"));
        all.add(sse("EVENTS_SSE_RATEPERSUBJECT", "20", "0", SseOptions::ratePerSubject, "20", "0"));
        all.add(sse("EVENTS_SSE_RATEPERADDRESS", "0", "9", SseOptions::ratePerAddress, "0", "9"));
        all.add(value("SERVER_FORWARD_HEADERS_STRATEGY", "none", "native", "NONE", "NATIVE"));
        all.add(
                value(
                        "SERVER_FORWARD_TRUSTEDPROXIES",
                        "1",
                        "10.0.0.0/8, ::1",
                        "TrustedProxies[count=1, networks=[]]",
                        "TrustedProxies[count=0, networks=[Network[prefix=/10.0.0.0, bits=8], Network[prefix=/0:0:0:0:0:0:0:1, bits=128]]]"));
        all.add(value("SERVER_MAX_HTTP_REQUEST_HEADER_SIZE", "32768", "8KB", "8192"));
        all.add(sse("EVENTS_SSE_OVERLOAD", "retry", "status", SseOptions::overload, "RETRY", "STATUS"));
        all.add(value("EVENTS_SSE_DRAINSECS", "10", "0", "PT10S", "PT0S"));
        all.add(sse("EVENTS_SSE_AUTHCOOKIE", "", "token", SseOptions::authCookie, "", "token"));
        all.add(sse("EVENTS_SSE_AUTHQUERYPARAM", "false", "TRUE", SseOptions::authQuery, "false", "true"));
        all.add(value("SECURITY_OAUTH2_ISSUERS", "", "https://a/b,", "[]", "[https://a/b]"));
        all.add(value("SECURITY_OAUTH2_AUDIENCE", "", "events", "events"));
        all.add(value("EVENTS_SECURITY_ALLOWINSECURE", "false", "true", "true"));
        all.add(value("EVENTS_ACCESS_POLICY", "authenticated", "granted", "AUTHENTICATED", "GRANTED"));
        all.add(value("EVENTS_ACCESS_MATCHUSERNAMES", "false", "true", "true"));
        all.add(value("EVENTS_ANONYMOUS_ENABLED", "false", "true", "true"));
        all.add(value("EVENTS_SECURITY_ORGANIZATIONCHECK", "false", "true", "true"));
        all.add(example(
                "EVENTS_ORGANIZATION_REQUIRED",
                "true",
                "false",
                environment -> AppSettings.organisations(environment).fallback(),
                "null",
                "default"));
        all.add(new Example(
                "EVENTS_ORGANIZATION_DEFAULT",
                "default",
                "acme",
                Map.of("EVENTS_ORGANIZATION_REQUIRED", "false"),
                environment -> AppSettings.organisations(environment).fallback(),
                "default",
                "acme"));
        all.add(value("MANAGEMENT_SERVER_PORT", "8081", "9001", "9001"));
        for (String prefix : List.of("SERVER_SSL_", "MANAGEMENT_SERVER_SSL_")) {
            all.add(value(prefix + "ENABLED", "true", "false", "false"));
            all.add(value(prefix + "CERTIFICATE", "", FILE, FILE));
            all.add(value(prefix + "CERTIFICATE_PRIVATE_KEY", "", FILE, FILE));
            all.add(value(prefix + "BUNDLE", "", "mine", "mine"));
            all.add(value(prefix + "KEY_STORE", "", "file:" + FILE, FILE));
            all.add(value(prefix + "KEY_STORE_TYPE", "PKCS12", "jks", "JKS"));
            all.add(value(prefix + "KEY_STORE_PASSWORD", "", "x", "x"));
            all.add(value(prefix + "KEY_PASSWORD", "", "x", "x"));
        }
        return all;
    }

    static Stream<Example> all() {
        return Stream.concat(examples().stream(), beyondTheGuide().stream());
    }

    @Test
    void areAllHere() {
        List<String> declared = AppSettings.ALL.stream().map(Setting::name).toList();
        List<String> ofGuide = AppSettings.ALL.stream()
                .filter(Setting::isOfGuide)
                .map(Setting::name)
                .filter(name -> !name.equals("SPRING_PROFILES_ACTIVE"))
                .toList();

        assertThat(all().map(Example::name)).containsExactlyInAnyOrderElementsOf(declared);
        assertThat(examples().stream().map(Example::name)).containsExactlyInAnyOrderElementsOf(ofGuide);
    }

    @Test
    void areExplainedUnderOneName() {
        List<String> names = AppSettings.ALL.stream()
                .flatMap(setting -> Stream.concat(Stream.of(setting.name()), setting.olderNames().stream()))
                .map(name -> name.replaceAll("[_.-]", ""))
                .toList();

        assertThat(names).doesNotHaveDuplicates();
        assertThat(AppSettings.ALL)
                .allSatisfy(
                        setting -> assertThat(setting.doc()).as(setting.name()).endsWith("."));
    }

    @ParameterizedTest
    @MethodSource("all")
    void hasTheDocumentedDefault(Example example) {
        assertThat(setting(example.name()).fallback()).isEqualTo(example.fallback());
        assertThat(example.effect(null)).isEqualTo(example.byFallback());
    }

    @ParameterizedTest
    @MethodSource("all")
    void canBeSetOtherwise(Example example) {
        assertThat(example.effect(example.other())).isEqualTo(example.byOther());
        assertThat(example.byOther()).isNotEqualTo(example.byFallback());
    }

    @ParameterizedTest
    @MethodSource("all")
    void isReadInRelaxedSpellingsAndUnderItsOlderNames(Example example) {
        Setting<?> setting = setting(example.name());
        TreeSet<String> names = new TreeSet<>(setting.olderNames());
        names.add(example.name().toLowerCase(Locale.ROOT).replace('_', '.'));
        names.add(example.name().replace("GROUPID", "GROUP_ID").replace("_IN_", "_in-"));
        for (String name : names) {
            Map<String, String> variables = new HashMap<>(example.with());
            variables.put(name, example.other());
            assertThat(String.valueOf(example.effect().apply(new Environment(variables))))
                    .as(name)
                    .isEqualTo(example.byOther());
        }
    }

    /** Whatever takes a URL or PEM, and whatever an operator puts one into by mistake. */
    @ParameterizedTest
    @MethodSource("all")
    void isShownWithoutSecrets(Example example) {
        for (String value : List.of(
                "ann:s3cret@host",
                "https://ann:s3cret@host/path,https://bob:s3cret@host",
                "https://ann:s3/c?r#s3cret@host/",
                "-----BEGIN PRIVATE KEY-----\nMIIs3cret\n-----END PRIVATE KEY-----",
                "file:-----BEGIN PRIVATE KEY-----MIIs3cret")) {
            Map<String, String> variables = new HashMap<>(example.with());
            variables.put(example.name(), value);
            Environment environment = new Environment(variables);

            assertThat(environment.explain(setting(example.name())).text()).doesNotContain("s3cret");
            try {
                AppSettings.check(environment);
            } catch (ConfigurationException wrong) {
                assertThat(wrong.getMessage()).doesNotContain("s3cret", "s3/c", "MII");
                assertThat(String.join("", wrong.problems())).doesNotContain("s3cret", "s3/c", "MII");
            }
            assertThat(AppSettings.warnings(environment).toString()).doesNotContain("s3cret");
        }
    }

    private static Setting<?> setting(String name) {
        return AppSettings.ALL.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Example example(
            String name,
            String fallback,
            String other,
            Function<Environment, Object> effect,
            String by,
            String byOther) {
        return new Example(name, fallback, other, Map.of(), effect, by, byOther);
    }

    private static Example value(String name, String fallback, String other, String byOther) {
        return value(name, fallback, other, fallback, byOther);
    }

    private static Example value(String name, String fallback, String other, String by, String byOther) {
        Setting<?> setting = setting(name);
        return example(name, fallback, other, environment -> environment.get(setting), by, byOther);
    }

    private static Example client(String name, String fallback, String other, String property, String byOther) {
        return client(name, fallback, other, property, fallback, byOther);
    }

    private static Example client(
            String name, String fallback, String other, String property, String by, String byOther) {
        return client(name, fallback, other, Map.of(), property, by, byOther);
    }

    private static Example client(
            String name,
            String fallback,
            String other,
            Map<String, String> with,
            String property,
            String by,
            String byOther) {
        return new Example(
                name,
                fallback,
                other,
                with,
                environment -> KafkaClientSettings.properties(environment).get(property),
                by,
                byOther);
    }

    private static Example ssl(String name, String other, String property, String byOther) {
        return client("SPRING_KAFKA_SSL_" + name, "", other, property, "null", byOther);
    }

    private static Example topic(String name, String fallback, String other, String byOther) {
        return example(
                name,
                fallback,
                other,
                environment -> binding(environment, Feed.TASK_MESSAGE).reads(),
                "ai.flowx.eventsgateway.task.commands.message.v1",
                byOther);
    }

    private static Example reads(String name, Feed feed, String fallback) {
        return example(
                "KAFKA_TOPIC_EVENTSGATEWAY_" + name,
                fallback,
                "by-hand",
                environment -> binding(environment, feed).reads(),
                fallback,
                "by-hand");
    }

    private static Example group(String name, Feed feed, String fallback) {
        return example(
                "KAFKA_CONSUMER_GROUPID_" + name,
                fallback,
                "my group",
                environment -> binding(environment, feed).group(),
                fallback,
                "my group");
    }

    private static Example threads(String name, Feed feed, String fallback) {
        return example(
                "KAFKA_CONSUMER_THREADS_" + name,
                fallback,
                "3",
                environment -> binding(environment, feed).threads(),
                // more than the machine can use only where somebody asks for it
                Integer.toString(Math.min(
                        Integer.parseInt(fallback),
                        Math.max(2, Runtime.getRuntime().availableProcessors()))),
                "3");
    }

    private static FeedBinding binding(Environment environment, Feed feed) {
        return KafkaSettings.bindings(environment).stream()
                .filter(each -> each.feed() == feed)
                .findFirst()
                .orElseThrow();
    }

    private static Example options(
            String name,
            String fallback,
            String other,
            Map<String, String> with,
            Function<RedisOptions, Object> effect,
            String by,
            String byOther) {
        return new Example(
                name,
                fallback,
                other,
                with,
                environment -> effect.apply(RedisSettings.options(environment)),
                by,
                byOther);
    }

    private static Example redis(
            String name,
            String fallback,
            String other,
            Map<String, String> with,
            Function<RedisURI, Object> effect,
            String by,
            String byOther) {
        return options(
                name,
                fallback,
                other,
                with,
                options -> effect.apply(options.servers().get(0)),
                by,
                byOther);
    }

    private static Example sse(
            String name,
            String fallback,
            String other,
            Function<SseOptions, Object> effect,
            String by,
            String byOther) {
        return example(
                name, fallback, other, environment -> effect.apply(SseSettings.options(environment)), by, byOther);
    }

    private static String bundle(Environment environment) {
        try {
            RedisSettings.options(environment);
            return "none";
        } catch (ConfigurationException missing) {
            return missing.getMessage();
        }
    }

    private static String addresses(List<RedisURI> servers) {
        return servers.stream().map(uri -> uri.getHost() + ":" + uri.getPort()).collect(Collectors.joining(" "));
    }

    private static String username(RedisURI uri) {
        return Optional.ofNullable(credentials(uri).getUsername()).orElse("");
    }

    private static String password(RedisURI uri) {
        RedisCredentials credentials = credentials(uri);
        return credentials.hasPassword() ? new String(credentials.getPassword()) : "";
    }

    private static RedisCredentials credentials(RedisURI uri) {
        return uri.getCredentialsProvider().resolveCredentials().block();
    }
}
