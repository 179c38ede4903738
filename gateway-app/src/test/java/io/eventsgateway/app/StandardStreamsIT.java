package io.eventsgateway.app;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a process of the jar writes what. */
class StandardStreamsIT {

    @TempDir
    Path folder;

    @Test
    void haveAServersLogOnTheOutputAlone() throws Exception {
        run(Map.of("EVENTS_SSE_HEARTBEATSEC", "1"));

        assertThat(read("out"))
                .contains(
                        " WARN  ",
                        "EVENTS_SSE_HEARTBEATSEC is not known",
                        "Gateway started",
                        "Gateway stops reason=signal streams=0 ",
                        "Gateway stopped reason=signal streams=0 after=");
        assertThat(read("err")).isEmpty();
    }

    @Test
    void haveAConventionsJsonOnTheOutputAndTextInTheFile() throws Exception {
        Path logs = folder.resolve("logs");
        run(Map.of("LOGGING_STRUCTURED_FORMAT_CONSOLE", "ecs", "LOGGING_FILE_PATH", logs.toString()));

        List<String> json = read("out")
                .lines()
                .filter(line -> !line.startsWith("Open http"))
                .toList();
        assertThat(json).isNotEmpty().allSatisfy(line -> assertThat(line).startsWith("{\"@timestamp\":"));
        JsonNode last = new ObjectMapper().readTree(json.get(json.size() - 1));
        assertThat(last.path("message").asText()).startsWith("Gateway stopped");
        assertThat(last.at("/log/logger").asText()).isEqualTo(Gateway.class.getName());
        assertThat(Files.readString(logs.resolve("spring.log")))
                .contains(" INFO  [main] i.e.app.Gateway Gateway started");
        assertThat(read("err")).isEmpty();
    }

    @Test
    void haveWrongSettingsOnTheErrorOutput() throws Exception {
        Process process = start(Map.of("LOGGING_STRUCTURED_FORMAT_FILE", "xml", "LOGGING_LEVEL_IO_NETTY", "loud"));

        assertThat(process.waitFor()).isEqualTo(78);
        assertThat(read("out")).isEmpty();
        assertThat(read("err").lines())
                .containsExactlyInAnyOrder(
                        "LOGGING_STRUCTURED_FORMAT_FILE=xml is not valid: must be one of ecs, logstash, gelf, or empty",
                        "LOGGING_LEVEL_IO_NETTY=loud is not valid: must be one of trace, debug, info, warn, error, off");
    }

    /** From the start to the end by a signal. */
    private void run(Map<String, String> variables) throws Exception {
        Process process = start(variables);
        try {
            await(() -> read("out").contains("Gateway started") || !process.isAlive());
        } finally {
            process.destroy();
        }
        assertThat(process.waitFor()).isZero();
    }

    private Process start(Map<String, String> variables) throws IOException {
        Map<String, String> all =
                new HashMap<>(Map.of("SERVER_PORT", "0", "MANAGEMENT_SERVER_PORT", "0", "EVENTS_SSE_DRAINSECS", "0"));
        all.putAll(variables);
        return Artifact.jar()
                .process(all, folder, List.of("run", "--embedded"))
                .redirectErrorStream(false)
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile())
                .start();
    }

    /** What it has written, but for what the JVM says where the environment has options for it. */
    private String read(String stream) {
        try {
            return Files.readString(folder.resolve(stream)).replaceFirst("^Picked up JAVA_TOOL_OPTIONS: .*\\R", "");
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }
}
