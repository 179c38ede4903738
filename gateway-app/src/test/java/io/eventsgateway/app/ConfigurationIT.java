package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The settings as an operator meets them: by the built jar. */
class ConfigurationIT {

    @TempDir
    Path folder;

    private record Ended(int code, List<String> out, List<String> err) {}

    @Test
    void tellsAllThatIsWrongAtOnce() throws Exception {
        Ended start = run(Map.of(
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

        assertThat(start.code()).isEqualTo(78);
        assertThat(start.out()).isEmpty();
        assertThat(start.err().stream().map(line -> line.replaceAll("[= ].*", "")))
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
        assertThat(start.err()).noneMatch(line -> line.contains("s3cret"));
        assertThat(run(Map.of("SERVER_PORT", "x"), "config", "--check").code()).isEqualTo(78);
    }

    @Test
    void showsWhatIsInForceAndWhereItComesFrom() throws Exception {
        Path file = Files.writeString(folder.resolve("gateway.env"), """
                # what the installation has in common
                SECURITY_OAUTH2_BASESERVERURL="https://id.example.com/auth"
                SPRING_DATA_REDIS_PASSWORD='pa#ss word'
                EVENTS_REDIS_TTLHOURS=2
                """);

        Ended shown = run(
                Map.of(
                        "EVENTS_REDIS_TTLHOURS", "1",
                        "SPRING_KAFKA_BOOTSTRAP_SERVERS", "kafka:9092",
                        "KAFKA_TOPIC_NAMING_ENVIRONMENT", "dev.",
                        "SPRING_KAFKA_PROPERTIES_SASL_JAAS_CONFIG", "hidden"),
                "config",
                "--config",
                file.toString());

        assertThat(shown.code()).isZero();
        assertThat(shown.err()).isEmpty();
        assertThat(shown.out())
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

        Ended checked = run(Map.of(), "config", "--check", "--config=" + file);

        assertThat(checked.code()).isEqualTo(78);
        assertThat(checked.err())
                .containsExactly(
                        "kafka.consumer.threads.taskCommands=none is not valid: must be a number from 1 to 1000");
    }

    @Test
    void tellsAFileThatItCanNotRead() throws Exception {
        Path broken = Files.writeString(folder.resolve("broken.env"), "no line of it\n");

        Ended missing = run(Map.of(), "--config", folder.resolve("none.env").toString());
        Ended malformed = run(Map.of(), "--config", broken.toString());

        assertThat(missing.code()).isEqualTo(78);
        assertThat(missing.err()).singleElement().asString().contains("none.env is not valid");
        assertThat(malformed.code()).isEqualTo(78);
        assertThat(malformed.err()).singleElement().asString().contains("broken.env is not valid", "no line of it");
    }

    @Test
    void warnsOfNamesThatAreMisspelt() throws Exception {
        Ended checked = run(
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

        assertThat(checked.code()).isZero();
        assertThat(checked.err())
                .containsExactlyInAnyOrder(
                        "EVENTS_REDIS_TTL_HOUR is not known; the nearest known name is EVENTS_REDIS_TTLHOURS",
                        "KAFKA_BOOTSTRAP_SERVER is not known; the nearest known name is KAFKA_BOOTSTRAP_SERVERS",
                        "SPRING_DATA_REDIS_PASWORD is not known; the nearest known name is SPRING_DATA_REDIS_PASSWORD",
                        "SECURITY_OAUTH2_ISSUER is not known; the nearest known name is SECURITY_OAUTH2_ISSUERS",
                        "APPLICATION_CORS_ALLOWED_ORIGIN is not known; "
                                + "the nearest known name is APPLICATION_CORS_ALLOW_ORIGIN");
    }

    private Ended run(Map<String, String> variables, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                Path.of("target", "gateway-app.jar").toString()));
        command.addAll(List.of(arguments));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(variables);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("it ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Ended(
                process.exitValue(),
                Files.readAllLines(out, StandardCharsets.UTF_8),
                Files.readAllLines(err, StandardCharsets.UTF_8));
    }
}
