package io.eventsgateway.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

@Timeout(60)
class TailCommandTest {

    private final List<String> positions = new CopyOnWriteArrayList<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private int status = 200;

    @Test
    void comesBackBehindTheLastEventThatCameWhole() throws Exception {
        assertThat(tail("data: 1\nid: 1\n\ndata: 2\nid: 2\n")).isZero();

        assertThat(positions).containsExactly("none", "1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"é", "ü1", "Ω", "a\u0001b", "a\u007fb", "a\tb", "\ud83d\ude00"})
    void keepsItsPositionWhereAnIdCannotBeSentBack(String id) throws Exception {
        assertThat(tail("data: 1\nid: 1\n\ndata: 2\nid: " + id + "\n\n")).isZero();

        assertThat(positions).containsExactly("none", "1");
        assertThat(out.toString()).isEqualTo("1\tmessage\t1\n1\tmessage\t2\n");
    }

    @Test
    void keepsItsPositionWhereAnIdIsLongerThanAnyOfAGateway() throws Exception {
        assertThat(tail("data: 1\nid: 1\n\ndata: 2\nid: " + "9".repeat(100_000) + "\n\n"))
                .isZero();

        assertThat(positions).containsExactly("none", "1");
    }

    @Test
    void doesNotComeBackWithoutAPause() throws Exception {
        assertThat(tail("retry: 0\n\n")).isZero();

        assertThat(err.toString()).contains("Stream ended, back in 500 ms.\n");
    }

    @Test
    void showsNoControlCharacterToATerminal() throws Exception {
        assertThat(tail("event: na\u001b]0;me\u0007\ndata: \u001b[2Jä\tb\u009b1m\ndata: c\u007f\nid: 1\n\n"))
                .isZero();

        assertThat(out.toString()).isEqualTo("1\tna?]0;me?\t?[2Jä\tb?1m\nc?\n");
    }

    @Test
    void showsTheBeginningOfARefusalWithoutControlCharacters() throws Exception {
        status = 403;

        assertThat(tail("No\u001b[2J!\n" + "x".repeat(1_000_000))).isEqualTo(1);

        assertThat(err.toString()).startsWith("No?[2J!\nxxx").hasSizeLessThan(10_000);
    }

    @Test
    void keepsTheBeginningOfALineThatDoesNotEnd() throws Exception {
        TailCommand command = new TailCommand(16);

        assertThat(tail(command, "data: " + "x".repeat(1_000_000) + "\nid: 1\n\ndata: 2\nid: 2\n\n"))
                .isZero();

        assertThat(out.toString().lines().map(String::length).toList()).allMatch(length -> length < 10_000);
        assertThat(out.toString()).endsWith("\n2\tmessage\t2\n");
        assertThat(err.toString()).contains("An event of 1000000 bytes is cut");
    }

    private int tail(String stream) throws IOException {
        return tail(new TailCommand(), stream);
    }

    /** Runs it until the stream has ended once and there is no more. */
    private int tail(TailCommand command, String stream) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            positions.add(
                    Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("Last-Event-ID"), "none"));
            boolean first = positions.size() == 1;
            exchange.sendResponseHeaders(first ? status : 204, first ? 0 : -1);
            try (OutputStream body = exchange.getResponseBody()) {
                if (first) {
                    body.write((status == 200 ? "retry: 1\n" : "").getBytes(StandardCharsets.UTF_8));
                    body.write(stream.getBytes(StandardCharsets.UTF_8));
                }
            }
        });
        server.start();
        try {
            String url = "http://127.0.0.1:" + server.getAddress().getPort();

            return new CommandLine(command)
                    .setOut(new PrintWriter(out))
                    .setErr(new PrintWriter(err))
                    .execute("--url", url, "view/1");
        } finally {
            server.stop(0);
        }
    }
}
