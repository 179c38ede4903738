package io.eventsgateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KafkaClientSettingsTest {

    @Test
    void handsOnWhatKafkaItselfCanBeToldTo() {
        Environment set = new Environment(Map.of(
                "SPRING_KAFKA_BOOTSTRAPSERVERS", "one:9092,two:9092",
                "KAFKA_SECURITY_PROTOCOL", "SASL_SSL",
                "SPRING_KAFKA_PROPERTIES_SASL_MECHANISM", "SCRAM-SHA-512",
                "spring.kafka.properties.client.dns.lookup", "use_all_dns_ips"));

        assertThat(KafkaClientSettings.properties(set))
                .isEqualTo(Map.of(
                        "bootstrap.servers", "one:9092,two:9092",
                        "security.protocol", "SASL_SSL",
                        "sasl.mechanism", "SCRAM-SHA-512",
                        "client.dns.lookup", "use_all_dns_ips"));
    }

    @ParameterizedTest
    @CsvSource({"PLAINTEXT,SASL_PLAINTEXT", "SSL,SASL_SSL", "SASL_SSL,SASL_SSL", "SASL_PLAINTEXT,SASL_PLAINTEXT"})
    void addsSaslToTheProtocolWithTheProfile(String protocol, String with) {
        Environment set =
                new Environment(Map.of("SPRING_PROFILES_ACTIVE", "kafka-auth", "KAFKA_SECURITY_PROTOCOL", protocol));

        assertThat(KafkaClientSettings.properties(set))
                .containsEntry("security.protocol", with)
                .containsEntry("sasl.mechanism", "OAUTHBEARER");
        assertThatCode(() -> KafkaClientSettings.check(set)).doesNotThrowAnyException();
    }

    @Test
    void keepsToItselfWhatTheDeliveryRestsOn() {
        Environment set = new Environment(Map.of(
                "SPRING_KAFKA_PROPERTIES_ENABLE_AUTO_COMMIT", "true", "SPRING_KAFKA_PROPERTIES_NO_SUCH_THING", "1"));

        assertThat(KafkaClientSettings.properties(set)).doesNotContainKey("enable.auto.commit");
        assertThat(KafkaClientSettings.warnings(set))
                .containsExactly(
                        "SPRING_KAFKA_PROPERTIES_ENABLE_AUTO_COMMIT is not used: the gateway sets enable.auto.commit itself",
                        "SPRING_KAFKA_PROPERTIES_NO_SUCH_THING is no property that Kafka's clients know: no.such.thing");
    }

    @Test
    void showsPropertiesButNoSecrets() {
        Environment set = new Environment(Map.of(
                "SPRING_KAFKA_PROPERTIES_SASL_JAAS_CONFIG", "secret",
                "SPRING_KAFKA_PROPERTIES_NO_SUCH_THING", "secret",
                "SPRING_KAFKA_PROPERTIES_SASL_MECHANISM", "PLAIN"));

        assertThat(KafkaClientSettings.explain(set))
                .isEqualTo(Map.of(
                        "SPRING_KAFKA_PROPERTIES_SASL_JAAS_CONFIG", "*****",
                        "SPRING_KAFKA_PROPERTIES_NO_SUCH_THING", "*****",
                        "SPRING_KAFKA_PROPERTIES_SASL_MECHANISM", "PLAIN"));
    }

    @Test
    void reportsPropertiesThatKafkaDoesNotTake() {
        assertThat(problems(Map.of(
                        "SPRING_KAFKA_PROPERTIES_SESSION_TIMEOUT_MS", "soon",
                        "SPRING_KAFKA_PROPERTIES_LINGER_MS", "-1")))
                .hasSize(2)
                .anyMatch(problem -> problem.startsWith("SPRING_KAFKA_PROPERTIES_SESSION_TIMEOUT_MS is not valid"))
                .anyMatch(problem -> problem.startsWith("SPRING_KAFKA_PROPERTIES_LINGER_MS is not valid"));
    }

    @Test
    void asksHowToLogIn() {
        assertThat(problems(Map.of("KAFKA_SECURITY_PROTOCOL", "SASL_SSL")))
                .singleElement()
                .asString()
                .startsWith("KAFKA_SECURITY_PROTOCOL=SASL_SSL is not valid by itself");
        assertThat(problems(Map.of(
                        "KAFKA_SECURITY_PROTOCOL",
                        "SASL_SSL",
                        "SPRING_KAFKA_PROPERTIES_SASL_JAAS_CONFIG",
                        "no module")))
                .singleElement()
                .asString()
                .startsWith("SPRING_KAFKA_PROPERTIES_SASL_JAAS_CONFIG can't be used")
                .contains("in JAAS config")
                .doesNotContain("no module", "'module'");
    }

    @Test
    void logsInByOAuthWithWhatIsShipped() {
        assertThatCode(() -> KafkaClientSettings.check(new Environment(Map.of(
                        "SPRING_PROFILES_ACTIVE", "kafka-auth",
                        "KAFKA_OAUTH_TOKEN_ENDPOINT_URI", "http://localhost:1/token"))))
                .doesNotThrowAnyException();
    }

    @Test
    void refusesClassesThatLackALibrary() {
        assertThat(problems(Map.of(
                        "SPRING_PROFILES_ACTIVE",
                        "kafka-auth",
                        "SPRING_KAFKA_PROPERTIES_SASL_LOGIN_CALLBACK_HANDLER_CLASS",
                        LacksALibrary.class.getName())))
                .singleElement()
                .asString()
                .startsWith("SPRING_KAFKA_PROPERTIES_SASL_LOGIN_CALLBACK_HANDLER_CLASS can't be used")
                .contains("class org.example.Missing is not on the class path; add the library that has it");
        assertThat(problems(Map.of(
                        "KAFKA_SECURITY_PROTOCOL",
                        "SASL_PLAINTEXT",
                        "SPRING_KAFKA_PROPERTIES_SASL_MECHANISM",
                        "PLAIN",
                        "SPRING_KAFKA_PROPERTIES_SASL_JAAS_CONFIG",
                        "org.example.Module required password=\"s3cret\";")))
                .singleElement()
                .asString()
                .startsWith("SPRING_KAFKA_PROPERTIES_SASL_JAAS_CONFIG can't be used")
                .contains("class org.example.Module is not on the class path")
                .doesNotContain("s3cret");
        assertThat(problems(Map.of("SPRING_KAFKA_PROPERTIES_INTERCEPTOR_CLASSES", "org.example.Interceptor")))
                .singleElement()
                .asString()
                .startsWith("SPRING_KAFKA_PROPERTIES_INTERCEPTOR_CLASSES can't be used")
                .contains("org.example.Interceptor");
    }

    @ParameterizedTest
    @CsvSource({
        "group.protocol, consumer, consumer",
        "max.in.flight.requests.per.connection, 10, ",
        "heartbeat.interval.ms, 20000, consumer",
        "group.remote.assignor, uniform, consumer",
        "request.timeout.ms, 600000, ",
        "ssl.engine.factory.class, java.lang.String, admin client",
        "metric.reporters, java.lang.String, admin client"
    })
    void refusesWhatKafkaRefuses(String property, String value, @Nullable String client) {
        String variable =
                "SPRING_KAFKA_PROPERTIES_" + property.toUpperCase(Locale.ROOT).replace('.', '_');
        Map<String, String> variables = new HashMap<>(Map.of(variable, value));
        if (property.startsWith("ssl")) {
            variables.put("KAFKA_SECURITY_PROTOCOL", "SSL");
        }

        if (client == null) {
            assertThatCode(() -> KafkaClientSettings.check(new Environment(variables)))
                    .doesNotThrowAnyException();
        } else {
            assertThat(problems(variables))
                    .singleElement()
                    .asString()
                    .startsWith(variable + " can't be used")
                    .contains("no Kafka " + client + " can be made");
        }
    }

    /** Made by Kafka, as a login's handler of a library that is there in part. */
    public static final class LacksALibrary implements AuthenticateCallbackHandler {

        /** Called by Kafka. */
        public LacksALibrary() {}

        @Override
        public void configure(Map<String, ?> configs, String mechanism, List<AppConfigurationEntry> entries) {
            throw new NoClassDefFoundError("org/example/Missing");
        }

        @Override
        public void close() {
            // holds nothing
        }

        @Override
        public void handle(Callback[] callbacks) {
            // answers nothing
        }
    }

    @Test
    void readsKeysBeforeItStarts(@TempDir Path folder) throws Exception {
        Path store = Files.writeString(folder.resolve("store.p12"), "no keys");

        assertThat(problems(Map.of(
                        "KAFKA_SECURITY_PROTOCOL", "SSL",
                        "SPRING_KAFKA_SSL_TRUST_STORE_LOCATION", store.toString(),
                        "SPRING_KAFKA_SSL_TRUST_STORE_TYPE", "PKCS12",
                        "SPRING_KAFKA_SSL_TRUST_STORE_PASSWORD", "changeit")))
                .singleElement()
                .asString()
                .contains("can't be used", store.toString())
                .doesNotContain("changeit");
    }

    private static List<String> problems(Map<String, String> variables) {
        return catchThrowableOfType(
                        ConfigurationException.class, () -> KafkaClientSettings.check(new Environment(variables)))
                .problems();
    }
}
