package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Settings as they should not be: each is refused by its name or accepted, without a fault and without a secret shown. */
class HostileSettingsTest {

    private static final String SECRET = "s3cret";
    private static final String FILE = "pom.xml";

    /**
     * A variable.
     *
     * @param value what it is set to
     * @param refused whether it stops the start
     */
    private record Hostile(String name, String value, boolean refused) {
        @Override
        public String toString() {
            return name + "=" + value.substring(0, Math.min(30, value.length()));
        }
    }

    static List<Hostile> hostile() {
        List<Hostile> all = new ArrayList<>();
        for (String port : List.of(
                "-1",
                "65536",
                "99999999999",
                "8080 8081",
                "0x50",
                "tcp://10.0.0.1:8080",
                "8080;",
                "٨٠",
                "\"8080\"",
                "1e3",
                "8_080")) {
            all.add(new Hostile("SERVER_PORT", port, true));
            all.add(new Hostile("SPRING_DATA_REDIS_PORT", port, true));
        }
        for (String flag : List.of("TRUE", "yes", "No", "on", "OFF", "1", "0")) {
            all.add(new Hostile("EVENTS_SSE_AUTHQUERYPARAM", flag, false));
        }
        for (String flag : List.of("2", "wahr", "truee", "y", "t", "true false", "enabled")) {
            all.add(new Hostile("EVENTS_SSE_AUTHQUERYPARAM", flag, true));
        }
        for (String servers : List.of(
                "kafka",
                "PLAINTEXT://kafka:9092",
                "kafka:",
                ":9092",
                "kafka:0",
                "kafka:9092;b:1",
                "[::1",
                "a b:1",
                "http://kafka:9092",
                "kafka:9092/x")) {
            all.add(new Hostile("KAFKA_BOOTSTRAP_SERVERS", servers, true));
        }
        for (String origin : List.of(
                "example.com",
                "https://*",
                "https://a/b",
                "*,https://a",
                "https://a.*.b",
                "ftp://a",
                "https://u:" + SECRET + "@a",
                "https://a:99999",
                "null",
                "https://ä.example")) {
            all.add(new Hostile("APPLICATION_CORS_ALLOW_ORIGIN", origin, true));
        }
        for (String url : List.of(
                "id.example.com",
                "ftp://id",
                "https://",
                "https://ann:" + SECRET + "@id?x=y",
                "https://id#x",
                "https://a b",
                "http:/id",
                "-----BEGIN KEY-----" + SECRET)) {
            all.add(new Hostile("SECURITY_OAUTH2_BASESERVERURL", url, true));
            all.add(new Hostile("FLOWX_URLS_RUNTIMEMANAGER", url, true));
        }
        for (String url : List.of(
                "http://redis:6379",
                "redis://",
                "redis://ann:" + SECRET + "@",
                ":" + SECRET + "@redis",
                "-----BEGIN KEY-----" + SECRET)) {
            all.add(new Hostile("SPRING_DATA_REDIS_URL", url, true));
        }
        for (String size : List.of("0", "-5MB", "50 MB", "50MiB", "1TB", "9999999999999999GB", "NaN")) {
            all.add(new Hostile("KAFKA_MESSAGE_MAX_BYTES", size, true));
        }
        for (String duration : List.of("0", "-1s", "2 s", "PT", "1d1h", "25h", "99999999999999999h")) {
            all.add(new Hostile("SPRING_DATA_REDIS_TIMEOUT", duration, true));
        }
        for (String proxies : List.of("-1", "33", "10.0.0.0/33", "proxy.example", "10.0.0.1,,", "::/129", "*")) {
            all.add(new Hostile("SERVER_FORWARD_TRUSTEDPROXIES", proxies, true));
        }
        for (String host : List.of("http://a", "a:80", "a b", "[::1", "/etc", "x@a")) {
            all.add(new Hostile("SERVER_ADDRESS", host, true));
        }
        for (String name : List.of(
                "SPRING_DATA_REDIS_SSL",
                "spring.data.redis.ssl",
                "SPRING_DATA_REDIS_TLS_ENABLED",
                "SPRING_REDIS_SSL_ENABLE",
                "SPRING_REDIS_TLS",
                "KAFKA_SSL_ENABLED",
                "KAFKA_TLS",
                "SPRING_KAFKA_SSL_ENABLED",
                "SPRING_KAFKA_SSL_TRUSTSTORE",
                "SERVER_SSL",
                "SERVER_TLS_ENABLED",
                "SERVER_SSL_CERT",
                "SERVER_SSL_KEY",
                "SERVER_SSL_CLIENT_AUTH",
                "MANAGEMENT_SERVER_SSL_CERT",
                "MANAGEMENT_SERVER_TLS",
                "SECURITY_OAUTH2_REALM",
                "SECURITY_OAUTH2_CLIENT_CLIENTID",
                "SECURITY_OAUTH2_CLIENT_CLIENT_SECRET",
                "SECURITY_OAUTH2_SERVICE_ACCOUNT_ADMIN_CLIENT_SECRET")) {
            all.add(new Hostile(name, SECRET, true));
        }
        for (String name : List.of(
                "KAFKA_SSL_SERVICE_HOST",
                "KAFKA_BROKERS",
                "KAFKA_HEAP_OPTS",
                "SPRING_DATA_REDIS_CLIENT_TYPE",
                "EVENTS_",
                "SECURITY_",
                "KAFKA__")) {
            all.add(new Hostile(name, SECRET, false));
        }
        for (String file : List.of("/no/such/file", "/", "-----BEGIN PRIVATE KEY-----" + SECRET, "file:", "\u0000")) {
            all.add(new Hostile("SERVER_SSL_CERTIFICATE_PRIVATE_KEY", file, !file.equals("file:")));
        }
        for (String level : List.of("verbose", "5", "debug info", "true")) {
            all.add(new Hostile("LOGGING_LEVEL_ORG_APACHE_KAFKA", level, true));
        }
        for (String level : List.of("debug", "OFF", " ", "")) {
            all.add(new Hostile("LOGGING_LEVEL_ORG_APACHE_KAFKA", level, false));
            all.add(new Hostile("LOGGING_LEVEL_", level, false));
            all.add(new Hostile("LOGGING_LEVEL_.._x-", level, false));
        }
        all.add(new Hostile("LOGGING_LEVEL_IO_UNDERTOW", "loud", true));
        for (String format : List.of("json", "ecs,gelf", "none")) {
            all.add(new Hostile("LOGGING_STRUCTURED_FORMAT_CONSOLE", format, true));
        }
        for (String file : List.of("/", "/dev/null", FILE + "/x.log", "a%b.log", "\u0000")) {
            all.add(new Hostile("LOGGING_FILE_NAME", file, true));
            all.add(new Hostile("LOGGING_FILE_PATH", file.equals("/") ? FILE : file, true));
        }
        for (String topic : List.of("a b", "..", "a/b", "ä", "x".repeat(250))) {
            all.add(new Hostile("KAFKA_TOPIC_EVENTSGATEWAY_TASK_IN_MESSAGE", topic, true));
        }
        for (String pattern : List.of("(", "[", "*", "a{2,1}")) {
            all.add(new Hostile("KAFKA_TOPIC_EVENTSGATEWAY_PATTERN", pattern, true));
        }
        for (String property : List.of("many", "-1", "1.5")) {
            all.add(new Hostile("SPRING_KAFKA_PROPERTIES_FETCH_MAX_BYTES", property, true));
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void areRefusedByNameOrAccepted(Hostile hostile) {
        Map<String, String> variables =
                new TreeMap<>(Map.of("SECURITY_OAUTH2_BASESERVERURL", "https://id.example.com"));
        variables.put(hostile.name(), hostile.value());
        Environment environment = new Environment(variables);
        String problems = "";
        try {
            AppSettings.check(environment);
        } catch (ConfigurationException refused) {
            problems = String.join("\n", refused.problems());
        }

        if (hostile.refused()) {
            assertThat(problems).contains(hostile.name());
            assertThat(AppSettings.warnings(environment))
                    .noneMatch(each -> each.startsWith(hostile.name() + " is not"));
        } else {
            assertThat(problems).isEmpty();
        }
        assertThat(problems + AppSettings.warnings(environment)).doesNotContain(SECRET, "Exception");
        AppSettings.ALL.forEach(
                setting -> assertThat(environment.explain(setting).text()).doesNotContain(SECRET));
    }

    @Test
    void areMany() {
        assertThat(hostile()).hasSizeGreaterThanOrEqualTo(100);
    }

    @Test
    void areWarnedOfWithANearNameOnly() {
        Map<String, String> variables = Map.of(
                "KAFKA_BROKERS", "x",
                "KAFKA_HEAP_OPTS", "x",
                "SPRING_DATA_REDIS_CLIENT_TYPE", "x",
                "KAFKA_BOOTSTRAP_SERVER", "x",
                "SPRING_DATA_REDIS_PASSWORD", "p\uFFFD\uFFFDsswort");

        assertThat(AppSettings.warnings(new Environment(variables)))
                .containsExactlyInAnyOrder(
                        "KAFKA_BROKERS is not known; the nearest known name is KAFKA_BOOTSTRAP_SERVERS",
                        "KAFKA_HEAP_OPTS is not known",
                        "SPRING_DATA_REDIS_CLIENT_TYPE is not known",
                        "KAFKA_BOOTSTRAP_SERVER is not known; the nearest known name is KAFKA_BOOTSTRAP_SERVERS",
                        "SPRING_DATA_REDIS_PASSWORD has characters that the JVM can't read in this locale; set LANG=C.UTF-8");
    }
}
