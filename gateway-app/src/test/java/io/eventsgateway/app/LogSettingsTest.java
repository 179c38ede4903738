package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.eventsgateway.config.Environment;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Where a log goes and how its lines are written. */
@Isolated
class LogSettingsTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    private final PrintStream out = System.out;
    private final PrintStream err = System.err;
    private final ByteArrayOutputStream toOut = new ByteArrayOutputStream();
    private final ByteArrayOutputStream toErr = new ByteArrayOutputStream();
    private final LoggerContext context = new LoggerContext();
    private final Logger logger = context.getLogger("io.eventsgateway.app.Gateway");

    {
        System.setOut(new PrintStream(toOut, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(toErr, true, StandardCharsets.UTF_8));
        context.setMDCAdapter(new LogbackMDCAdapter());
        LogOutput.toConsole(context);
    }

    @TempDir
    Path folder;

    @AfterEach
    void end() {
        context.stop();
        System.setOut(out);
        System.setErr(err);
    }

    @Test
    void sendACommandsLogToTheStandardError() {
        logger.info("one");
        logger.error("two");

        assertThat(toErr.toString(StandardCharsets.UTF_8)).contains(" one", " two");
        assertThat(toOut.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void sendAServersLogToTheStandardOutputWhateverItsLevel() {
        LogOutput.toStandardOutput(context);
        logger.info("one");
        apply(Map.of());
        logger.error("two");

        assertThat(toOut.toString(StandardCharsets.UTF_8)).contains(" one", " two");
        assertThat(toErr.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void writeAFileBesideTheStandardOutput() throws Exception {
        Path file = folder.resolve("logs/gateway.log");
        apply(Map.of("LOGGING_FILE_NAME", file.toString(), "LOGGING_FILE_PATH", folder.toString()));

        logger.warn("one");

        assertThat(Files.readString(file))
                .contains("WARN  [" + Thread.currentThread().getName() + "] i.e.app.Gateway")
                .endsWith(" one\n");
        assertThat(toErr.toString(StandardCharsets.UTF_8)).isEqualTo(Files.readString(file));
        assertThat(folder.resolve("spring.log")).doesNotExist();
    }

    @Test
    void nameTheFileAsSpringDoesWhereItsFolderIsGiven() throws Exception {
        apply(Map.of("LOGGING_FILE_PATH", folder.toString(), "LOGGING_STRUCTURED_FORMAT_FILE", "logstash"));

        logger.warn("one");

        assertThat(json(Files.readString(folder.resolve("spring.log")))
                        .path("message")
                        .asText())
                .isEqualTo("one");
        assertThat(toErr.toString(StandardCharsets.UTF_8)).contains(" one").doesNotContain("{");
    }

    @Test
    void compressWhatMakesTheFileTooLarge() throws Exception {
        Path file = folder.resolve("gateway.log");
        apply(Map.of("LOGGING_FILE_NAME", file.toString(), "LOGGING_LOGBACK_ROLLINGPOLICY_MAX_FILE_SIZE", "2KB"));

        long until = System.nanoTime() + 30_000_000_000L;
        for (int i = 0; rolled().isEmpty() && System.nanoTime() < until; i++) {
            logger.warn("line {} {}", i, "x".repeat(200));
        }

        context.stop();
        assertThat(rolled().get(0).getFileName().toString()).matches("gateway\\.log\\.\\d{4}-\\d\\d-\\d\\d\\.0\\.gz");
        assertThat(text(rolled().get(0))).contains(" line 0 x");
    }

    private List<Path> rolled() throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(each -> each.toString().endsWith(".gz")).toList();
        }
    }

    @Test
    void writeEcs() throws Exception {
        JsonNode line = line("ecs");

        assertThat(line.path("@timestamp").asText()).matches("\\d{4}-.*Z");
        assertThat(line.at("/log/level").asText()).isEqualTo("ERROR");
        assertThat(line.at("/log/logger").asText()).isEqualTo("io.eventsgateway.app.Gateway");
        assertThat(line.at("/process/pid").asLong())
                .isEqualTo(ProcessHandle.current().pid());
        assertThat(line.at("/process/thread/name").asText())
                .isEqualTo(Thread.currentThread().getName());
        assertThat(line.at("/service/name").asText()).isEqualTo("events-gateway");
        assertThat(line.at("/service/version").asText()).isNotEmpty();
        assertThat(line.at("/service/node/name").asText()).isNotEmpty();
        assertThat(line.path("message").asText()).isEqualTo("Asked https://*****@id\u2028\n");
        assertThat(line.at("/http/request/id").asText()).isEqualTo("r-1");
        assertThat(line.at("/trace/id").asText()).isEqualTo(TRACE);
        assertThat(line.path("more").asText()).isEqualTo("x");
        assertThat(line.at("/error/type").asText()).isEqualTo("java.lang.IllegalStateException");
        assertThat(line.at("/error/message").asText()).isEqualTo("why");
        assertThat(line.at("/error/stack_trace").asText()).contains("LogSettingsTest.java");
        assertThat(line.at("/ecs/version").asText()).isEqualTo("8.11");
    }

    @Test
    void writeLogstash() throws Exception {
        JsonNode line = line("logstash");

        assertThat(line.path("@timestamp").asText()).matches("\\d{4}-.*Z");
        assertThat(line.path("@version").asText()).isEqualTo("1");
        assertThat(line.path("message").asText()).isEqualTo("Asked https://*****@id\u2028\n");
        assertThat(line.path("logger_name").asText()).isEqualTo("io.eventsgateway.app.Gateway");
        assertThat(line.path("thread_name").asText())
                .isEqualTo(Thread.currentThread().getName());
        assertThat(line.path("level").asText()).isEqualTo("ERROR");
        assertThat(line.path("level_value").asInt()).isEqualTo(40_000);
        assertThat(line.path("requestId").asText()).isEqualTo("r-1");
        assertThat(line.path("traceId").asText()).isEqualTo(TRACE);
        assertThat(line.path("stack_trace").asText()).contains("LogSettingsTest.java");
    }

    @Test
    void writeGelf() throws Exception {
        JsonNode line = line("gelf");

        assertThat(line.path("version").asText()).isEqualTo("1.1");
        assertThat(line.path("host").asText()).isNotEmpty();
        assertThat(line.path("short_message").asText()).isEqualTo("Asked https://*****@id\u2028\n");
        assertThat(line.path("full_message").asText()).contains("Asked", "LogSettingsTest.java");
        assertThat(line.path("timestamp").asDouble()).isGreaterThan(1.7e9).isLessThan(1e10);
        assertThat(line.path("level").asInt()).isEqualTo(3);
        assertThat(line.path("_level_name").asText()).isEqualTo("ERROR");
        assertThat(line.path("_log_logger").asText()).isEqualTo("io.eventsgateway.app.Gateway");
        assertThat(line.path("_requestId").asText()).isEqualTo("r-1");
        assertThat(line.path("_error_type").asText()).isEqualTo("java.lang.IllegalStateException");
    }

    /** What is written of an event that has all that an event may have. */
    private JsonNode line(String structure) throws Exception {
        apply(Map.of("LOGGING_STRUCTURED_FORMAT_CONSOLE", structure));
        logger.getLoggerContext().getMDCAdapter().clear();
        Map.of("requestId", "r-1", "traceId", TRACE, "more", "x").forEach(context.getMDCAdapter()::put);
        logger.error("Asked {}\u2028\n", "https://ann:s3cret@id", new IllegalStateException("why"));
        List<String> lines =
                new ArrayList<>(toErr.toString(StandardCharsets.UTF_8).lines().toList());

        assertThat(lines).hasSize(1);
        assertThat(lines.get(0)).doesNotContain("\u2028", "s3cret");
        return json(lines.get(0));
    }

    private static JsonNode json(String line) throws Exception {
        return new ObjectMapper().readTree(line);
    }

    private void apply(Map<String, String> variables) {
        LogSettings.apply(new Environment(variables), context);
    }

    /** What a compressed file has. */
    private static String text(Path compressed) throws Exception {
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(compressed))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
