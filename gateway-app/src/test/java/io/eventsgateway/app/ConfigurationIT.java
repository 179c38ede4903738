package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The settings as an operator meets them: by the built jar. */
class ConfigurationIT {

    @TempDir
    Path folder;

    @Test
    void tellsAllThatIsWrongAtOnce() throws Exception {
        GatewayRun start = GatewayRun.of(Map.of(
                "KAFKA_BOOTSTRAP_SERVERS", "nowhere",
                "KAFKA_SECURITY_PROTOCOL", "TLS",
                "KAFKA_CONSUMER_THREADS_TASKCOMMANDS", "many",
                "SPRING_DATA_REDIS_SENTINEL_NODES", "s1",
                "EVENTS_REDIS_TTLHOURS", "0",
                "EVENTS_SSE_START", "yesterday",
                "SERVER_PORT", "70000",
                "APPLICATION_CORS_ALLOW_ORIGIN", "example.com",
                "SECURITY_OAUTH2_REALM", "flowx",
                "SECURITY_OAUTH2_CLIENT_CLIENTSECRET", "s3cret"));

        assertThat(start.exitCode()).isEqualTo(78);
        assertThat(start.output().lines().map(line -> line.replaceAll("[= ].*", "")))
                .containsExactlyInAnyOrder(
                        "KAFKA_BOOTSTRAP_SERVERS",
                        "KAFKA_SECURITY_PROTOCOL",
                        "KAFKA_CONSUMER_THREADS_TASKCOMMANDS",
                        "SPRING_DATA_REDIS_SENTINEL_MASTER",
                        "EVENTS_REDIS_TTLHOURS",
                        "EVENTS_SSE_START",
                        "SERVER_PORT",
                        "APPLICATION_CORS_ALLOW_ORIGIN",
                        "SECURITY_OAUTH2_REALM",
                        "SECURITY_OAUTH2_CLIENT_CLIENTSECRET",
                        "SECURITY_OAUTH2_BASESERVERURL");
        assertThat(start.output().lines()).noneMatch(line -> line.contains("s3cret"));
        assertThat(GatewayRun.of(Map.of("SERVER_PORT", "x"), "config", "--check")
                        .exitCode())
                .isEqualTo(78);
    }

    @Test
    void showsWhatIsInForceAndWhereItComesFrom() throws Exception {
        Path file = Files.writeString(folder.resolve("gateway.env"), """
                # what the installation has in common
                SECURITY_OAUTH2_BASESERVERURL="https://id.example.com/auth"
                SPRING_DATA_REDIS_PASSWORD='pa#ss word'
                EVENTS_REDIS_TTLHOURS=2
                """);

        GatewayRun shown = GatewayRun.of(
                Map.of(
                        "EVENTS_REDIS_TTLHOURS", "1",
                        "SPRING_KAFKA_BOOTSTRAP_SERVERS", "kafka:9092",
                        "KAFKA_TOPIC_NAMING_ENVIRONMENT", "dev.",
                        "SPRING_KAFKA_PROPERTIES_SASL_JAAS_CONFIG", "hidden"),
                "config",
                "--config",
                file.toString());

        assertThat(shown.exitCode()).isZero();
        assertThat(shown.output().lines())
                .contains(
                        "SECURITY_OAUTH2_BASESERVERURL=https://id.example.com/auth  # variable in " + file,
                        "SPRING_DATA_REDIS_PASSWORD=*****  # variable in " + file,
                        "EVENTS_REDIS_TTLHOURS=1  # variable",
                        "KAFKA_BOOTSTRAP_SERVERS=kafka:9092  # older name SPRING_KAFKA_BOOTSTRAP_SERVERS",
                        "EVENTS_REDIS_FREQUENCYMILLIS=300  # default",
                        "KAFKA_TOPIC_EVENTSGATEWAY_PROCESSINSTANCE_IN_MESSAGE="
                                + "ai.flowx.dev.eventsgateway.engine.commands.message.v1  # default",
                        "KAFKA_TOPIC_EVENTSGATEWAY_PATTERN=ai.flowx.dev.eventsgateway.receive.*  # default",
                        "SPRING_KAFKA_PROPERTIES_SASL_JAAS_CONFIG=*****  # variable");
    }

    @Test
    void readsJavaPropertiesToo() throws Exception {
        Path file = Files.writeString(folder.resolve("gateway.properties"), """
                spring.data.redis.host: redis
                security.oauth2.baseServerUrl = https://id
                kafka.consumer.threads.taskCommands = none
                """);

        GatewayRun checked = GatewayRun.of(Map.of(), "config", "--check", "--config=" + file);

        assertThat(checked.exitCode()).isEqualTo(78);
        assertThat(checked.output().lines())
                .containsExactly(
                        "kafka.consumer.threads.taskCommands=none is not valid: must be a number from 1 to 1000");
    }

    @Test
    void tellsAFileThatItCanNotRead() throws Exception {
        Path broken = Files.writeString(folder.resolve("broken.env"), "SERVER_PORT=1\nno line of it\n");

        GatewayRun missing =
                GatewayRun.of(Map.of(), "--config", folder.resolve("none.env").toString());
        GatewayRun malformed = GatewayRun.of(Map.of(), "--config", broken.toString());

        assertThat(missing.exitCode()).isEqualTo(78);
        assertThat(missing.output().lines()).singleElement().asString().contains("none.env is not valid");
        assertThat(malformed.exitCode()).isEqualTo(78);
        assertThat(malformed.output().lines())
                .singleElement()
                .asString()
                .contains("broken.env is not valid", "line 2 must be NAME=value")
                .doesNotContain("no line of it");
    }

    @Test
    void warnsOfNamesThatAreMisspelt() throws Exception {
        GatewayRun checked = GatewayRun.of(
                Map.of(
                        "SECURITY_OAUTH2_BASESERVERURL", "https://id",
                        "EVENTS_REDIS_TTL_HOUR", "1",
                        "KAFKA_BOOTSTRAP_SERVER", "x",
                        "SPRING_DATA_REDIS_PASWORD", "x",
                        "SECURITY_OAUTH2_ISSUER", "x",
                        "APPLICATION_CORS_ALLOWED_ORIGIN", "x",
                        "KAFKA_SERVICE_HOST", "10.0.0.1",
                        "KAFKA_PORT_9092_TCP", "tcp://10.0.0.1:9092"),
                "config",
                "--check");

        assertThat(checked.exitCode()).isZero();
        assertThat(checked.output().lines())
                .containsExactlyInAnyOrder(
                        "EVENTS_REDIS_TTL_HOUR is not known; the nearest known name is EVENTS_REDIS_TTLHOURS",
                        "KAFKA_BOOTSTRAP_SERVER is not known; the nearest known name is KAFKA_BOOTSTRAP_SERVERS",
                        "SPRING_DATA_REDIS_PASWORD is not known; the nearest known name is SPRING_DATA_REDIS_PASSWORD",
                        "SECURITY_OAUTH2_ISSUER is not known; the nearest known name is SECURITY_OAUTH2_ISSUERS",
                        "APPLICATION_CORS_ALLOWED_ORIGIN is not known; "
                                + "the nearest known name is APPLICATION_CORS_ALLOW_ORIGIN");
    }
}
