package io.eventsgateway.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

class TailCommandTest {

    @Test
    @Timeout(60)
    void comesBackBehindTheLastEventThatCameWhole() throws Exception {
        List<String> positions = new CopyOnWriteArrayList<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            positions.add(
                    Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("Last-Event-ID"), "none"));
            boolean first = positions.size() == 1;
            exchange.sendResponseHeaders(first ? 200 : 204, first ? 0 : -1);
            try (OutputStream body = exchange.getResponseBody()) {
                if (first) {
                    body.write("retry: 1\ndata: 1\nid: 1\n\ndata: 2\nid: 2\n".getBytes(StandardCharsets.US_ASCII));
                }
            }
        });
        server.start();
        try {
            String url = "http://127.0.0.1:" + server.getAddress().getPort();

            int exitCode = new CommandLine(new TailCommand()).execute("--url", url, "view/1");

            assertThat(exitCode).isZero();
            assertThat(positions).containsExactly("none", "1");
        } finally {
            server.stop(0);
        }
    }
}
