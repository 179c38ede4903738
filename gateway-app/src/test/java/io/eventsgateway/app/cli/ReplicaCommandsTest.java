package io.eventsgateway.app.cli;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import picocli.CommandLine;

/** What commands make of the answers of replicas. */
@Isolated
@Timeout(60)
class ReplicaCommandsTest {

    private final PrintStream standard = System.out;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final StringWriter err = new StringWriter();
    private final List<HttpServer> replicas = new ArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();

    @BeforeEach
    void listen() {
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void stop() {
        System.setOut(standard);
        replicas.forEach(replica -> replica.stop(0));
    }

    @Test
    void doNotLookAgainWithoutAPause() throws Exception {
        String replica = replica("{}");

        assertThat(run(new TopCommand(), "--url", replica, "--every", "0")).isNotZero();
        assertThat(run(new TopCommand(), "--url", replica, "--every", "-1")).isNotZero();

        assertThat(err.toString()).contains("--every=0 is not valid: must be at least 1", "--every=-1 is not valid");
        assertThat(asked).isEmpty();
    }

    @Test
    void askSeveralReplicasForMoreThanIsShownAndSayWhereANumberMayBeHigher() throws Exception {
        String one = replica(top(true, "{a: 5}", "{b: 3}"));
        String two = replica(top(false, "{a: 2}", "{c: 4}"));
        String three = replica(top(true, "{a: 1}", "{c: 1}"));

        assertThat(run(new TopCommand(), "--url", one, "--url", two, "--url", three, "--once", "--limit", "3"))
                .isZero();

        assertThat(asked).hasSize(3).allMatch(each -> each.endsWith("limit=30"));
        assertThat(output()).containsPattern(" 8 .* acme view/a\\n +5\\+ .* acme view/c\\n +3\\+ .* acme view/b\\n");
    }

    private static String top(boolean more, String... rows) {
        return "{'streams': 10, 'more': " + more + ", 'destinations': ["
                + List.of(rows).stream()
                        .map(row -> "{'organisation': 'acme', 'destination': 'view/" + row.charAt(1)
                                + "', 'events': 7, 'streams': " + row.charAt(4) + "}")
                        .collect(Collectors.joining(","))
                + "]}";
    }

    @Test
    void showNoControlCharacterToATerminal() throws Exception {
        String replica = replica(
                "{'replica': 'one', 'total': 1, 'more': false, 'streams': [{'id': 'one-1', 'address': 'public', "
                        + "'subject': 'ann\\u001b[2J', 'since': '2026-01-01T00:00:00.000Z', 'behind': 0, 'blockedSince': null, "
                        + "'bytesWritten': 0, 'destinations': [{'destination': 'view/\\u009b1m', 'position': null}]}]}");

        assertThat(run(new StreamsCommand(), "--url", replica)).isZero();

        assertThat(output()).contains("ann?[2J", "view/?1m@-").doesNotContain("\u001b", "\u009b");
    }

    @Test
    void followADestinationOnOneReplicaAndSayWhatCameFasterThanItIsShown() throws Exception {
        String one = replica(trace(1, 2), trace(103, 202), trace(104, 203));
        String two = replica(trace(1, 2));
        Thread running = new Thread(
                () -> run(new TraceCommand(), "view/1", "--url", one, "--url", two, "--subject", "ann", "--follow"));
        running.start();

        await(() -> output().contains("a.1-203"));
        running.interrupt();
        running.join();

        assertThat(asked.stream().filter(each -> each.endsWith("newest=100"))).hasSizeGreaterThanOrEqualTo(2);
        assertThat(asked).filteredOn(each -> each.contains("subject=ann")).hasSize(2);
        assertThat(output())
                .contains("a.1-2 ", "  … 100 events that came faster than they are shown\n  event  a.1-103");
        assertThat(output().lines().filter(line -> line.contains("a.1-150"))).hasSize(1);
        assertThat(output().lines().filter(line -> line.contains("…"))).hasSize(1);
    }

    private static String trace(int first, int last) {
        String events = IntStream.rangeClosed(first, last)
                .mapToObj(each ->
                        "{'position': 'a.1-" + each + "', 'time': '1970', 'kind': 'message', 'event': 'x', 'bytes': 1}")
                .collect(Collectors.joining(","));
        return "{'destination': 'view/1', 'organisation': 'acme', 'events': 2, 'ended': false, 'excluded': [], 'sources': [], "
                + "'first': {'position': 'a.1-1', 'time': '1970'}, 'last': {'position': 'a.1-" + last
                + "', 'time': '1970'}, 'newest': [" + events
                + "], 'connected': {'replica': 'one', 'total': 0, 'streams': []}}";
    }

    private String output() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private int run(Object command, String... arguments) {
        return new CommandLine(command).setErr(new PrintWriter(err)).execute(arguments);
    }

    /** One that gives these answers one after the other, and the last again and again. */
    private String replica(String... answers) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        int[] next = {0};
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI().toString());
            byte[] answer = answers[Math.min(next[0]++, answers.length - 1)]
                    .replace('\'', '"')
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        replicas.add(server);
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }
}
