package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogOutputTest {

    private static final String FORGED = "2026-11-26T00:00:00.000Z ERROR [main] i.e.app.Gateway FORGED";

    private final LoggerContext context = new LoggerContext();

    {
        context.setMDCAdapter(new LogbackMDCAdapter());
    }

    private final Logger logger = context.getLogger("io.eventsgateway.app.Gateway");

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", "\r\n", "\n\n", "\u0085", "\u2028", "\u2029", "\u000b", "\f"})
    void makesOneLineOfAMessageThatBringsLineEnds(String lineEnd) {
        List<String> lines = lines("Record rejected reason=\"" + lineEnd + FORGED + "\"", null);

        assertThat(lines).hasSize(1);
        assertThat(lines.get(0)).startsWith("20").endsWith(FORGED + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", "\r\n", "\n\n", "\u0085", "\u2028", "\u2029", "\u000b", "\f"})
    void makesNoLineLikeAnotherOneOfAnExceptionThatBringsLineEnds(String lineEnd) {
        Exception cause = new IllegalStateException("cause" + lineEnd + FORGED);
        Exception failure = new IllegalStateException("invalid value: " + lineEnd + FORGED, cause);
        failure.addSuppressed(new IllegalStateException(lineEnd + FORGED));

        List<String> lines = lines("Request failed", failure);

        assertThat(lines.subList(1, lines.size()))
                .allSatisfy(line -> assertThat(line).startsWith("  "));
        assertThat(lines).anySatisfy(line -> assertThat(line).contains("LogOutputTest.java"));
        assertThat(lines).anySatisfy(line -> assertThat(line).contains("Caused by: java.lang.IllegalStateException"));
    }

    @Test
    void takesNothingFromATerminal() {
        assertThat(lines("\u001b[2J\b\u009b2J ü\ttab", null).get(0)).endsWith(" [2J  2J ü tab");
        assertThat(String.join("\n", lines("x", new IllegalStateException("\u001b[2J\b\u009b2J"))))
                .doesNotContain("\u001b", "\b", "\u009b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\n", "\r", "\r\n", "\u0000", "\u001b", "\u007f", "\u0085", "\u009b", "\u2028", "\u2029", "\u202e"
            })
    void makesOneLineOfJsonWhateverIsInAnEvent(String bad) {
        Exception failure = new IllegalStateException(bad + FORGED, new IllegalStateException(bad + FORGED));
        LoggingEvent event = event("message" + bad + FORGED, failure);
        event.setMDCPropertyMap(Map.of("key", bad + FORGED, "k" + bad, "value"));

        String json = json(event);

        assertThat(json).endsWith("}\n");
        assertThat(json.stripTrailing()).doesNotContain(bad, "\n", "\r").contains("FORGED");
        assertThat(json).startsWith("{");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", "\u0085", "\u2028", "\u001b", "\u202e"})
    void makesOneLineOfWhatANameBrings(String bad) {
        LoggingEvent event = event("x", null);
        event.setThreadName("thread" + bad + FORGED);

        assertThat(text(event).stripTrailing()).doesNotContain(bad).endsWith(" x");
    }

    @Test
    void namesTheRequestThatALineIsAbout() {
        LoggingEvent event = event("Client refused", null);
        event.setMDCPropertyMap(Map.of("requestId", "r-1", "traceId", "4bf92f3577b34da6a3ce929d0e0e4736"));

        assertThat(text(event).stripTrailing())
                .endsWith(" Client refused request=r-1 trace=4bf92f3577b34da6a3ce929d0e0e4736");
        assertThat(json(event)).contains("\"requestId\":\"r-1\"");
        assertThat(text(event("x", null)).stripTrailing()).endsWith(" x");
    }

    @Test
    void showsNoPasswordOfAUrlAndNoKey() {
        String url = "https://ann:s3cret@id.example.com/token";
        String key = "-----BEGIN PRIVATE KEY-----\ns3cret\n-----END PRIVATE KEY-----";
        LoggingEvent event = event("No answer of " + url + " with " + key, new IllegalStateException(url + key));

        assertThat(text(event)).contains("https://*****@id.example.com/token", "IllegalStateException");
        assertThat(text(event) + json(event)).doesNotContain("s3cret");
        assertThat(json(event)).contains("https://*****@id.example.com/token").endsWith("}\n");
    }

    private LoggingEvent event(String message, Throwable failure) {
        return new LoggingEvent(getClass().getName(), logger, Level.WARN, message, failure, null);
    }

    private String text(LoggingEvent event) {
        return new String(LogOutput.started(new TextLines(), context).encode(event), StandardCharsets.UTF_8);
    }

    private String json(LoggingEvent event) {
        return new String(LogOutput.started(new JsonLines(), context).encode(event), StandardCharsets.UTF_8);
    }

    /** What the encoder makes of an event, by whatever somebody might take for a line's end. */
    private List<String> lines(String message, Throwable failure) {
        return List.of(Pattern.compile("\\R").split(text(event(message, failure))));
    }
}
