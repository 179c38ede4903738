package io.eventsgateway.app;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.TestKeys;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Event streams of the built jar through real proxies, each with the file that an operator is shown. Prints what it found as a table. */
@Tag("proxy")
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProxyMatrixIT {

    static {
        // else the client itself takes 16 MB of a stream that nobody reads
        System.setProperty("jdk.httpclient.windowsize", "65536");
    }

    private static final String PATH = "/api/events/process-instance/";
    private static final int LARGE = 2 * 1024 * 1024;
    private static final int STREAMS = 200;
    private static final int NOT_READ = 2;

    private final Stack stack = new Stack();
    private final NumberedRecords records = new NumberedRecords(stack);
    private final List<String> rows = new ArrayList<>();
    private String large;
    private TestKeys keys;
    private ProxiedReplicas replicas;

    @BeforeAll
    void start(@TempDir Path folder) {
        keys = TestKeys.make(folder, "events");
        Map<String, String> environment = stack.environment();
        environment.put("EVENTS_SSE_OVERLOAD", "status");
        // longer than a test waits: what comes was not brought along by a heartbeat
        environment.put("EVENTS_SSE_HEARTBEATSECS", "600");
        replicas = new ProxiedReplicas(environment);
        large = records.send("large", "€".repeat(LARGE / 3));
        for (int i = 0; i < 4; i++) {
            records.send("heavy", "x".repeat(LARGE));
        }
    }

    @AfterAll
    void stop() {
        System.out.println("""

                | proxy | variant | first bytes, ms | event, ms | 2 MB whole | gzip | proxy restarted: lost, twice | gone, ms | streams on one connection, event to all | run time, s |
                |---|---|---|---|---|---|---|---|---|---|""");
        rows.forEach(System.out::println);
        if (replicas != null) {
            replicas.close();
        }
        records.close();
        stack.close();
    }

    @ParameterizedTest
    @EnumSource
    void bringsEachEventAtOnceWholeAndOnce(ProxySetup setup) throws Exception {
        long began = System.nanoTime();
        List<String> cells = new ArrayList<>();
        try (ProxyProcess proxy = new ProxyProcess(setup.server(), setup.file(), replicas, keys)) {
            URI uri = proxy.uri(setup.isSecure());

            // first, while nothing else has left connections behind
            String others = setup.hasHttp2InFront() ? servesOthers(setup, proxy, client(setup), uri) : "–";
            cells.addAll(holdsNothingBack(setup, client(setup), uri));
            cells.add(bringsALargeEventWhole(client(setup), uri));
            cells.add(setup.compresses() ? compresses(setup, client(setup), uri) : "–");
            try (LabClients clients = new LabClients(client(setup), () -> uri)) {
                cells.add(resumes(setup, proxy, clients));
            }
            cells.add(forgetsWhoLeft(setup));
            cells.add(others);
        }
        rows.add("| " + setup + " | " + String.join(" | ", cells) + " | " + millisSince(began) / 1000 + " |");
    }

    private List<String> holdsNothingBack(ProxySetup setup, HttpClient http, URI uri) {
        long asked = System.nanoTime();
        try (Listener listener = new Listener(http, uri.resolve(PATH + setup.id()), Map.of())) {
            await("the first bytes", () -> listener.lines().contains("retry: 3000"));
            long first = millisSince(asked);
            assertThat(listener.version())
                    .isEqualTo(setup.hasHttp2InFront() ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1);

            long sent = System.nanoTime();
            records.send(setup.id());

            await("an event", () -> listener.data().size() == 1);
            assertThat(listener.ended()).isFalse();
            return List.of(Long.toString(first), Long.toString(millisSince(sent)));
        }
    }

    private String bringsALargeEventWhole(HttpClient http, URI uri) {
        try (Listener listener = new Listener(http, uri.resolve(PATH + "large?from=earliest"), Map.of())) {
            await("2 MB", () -> !listener.data().isEmpty());
            assertThat(listener.data().get(0)).isEqualTo(large);
        }
        return "yes";
    }

    private String compresses(ProxySetup setup, HttpClient http, URI uri) throws Exception {
        String id = setup.id() + "-gzip";
        HttpRequest request = HttpRequest.newBuilder(uri.resolve(PATH + id))
                .header("Accept-Encoding", "gzip")
                .build();
        HttpResponse<InputStream> answer = http.send(request, BodyHandlers.ofInputStream());
        assertThat(answer.headers().firstValue("Content-Encoding")).contains("gzip");

        try (InputStream in = new GZIPInputStream(answer.body())) {
            readUntil("retry: 3000\n", in);
            records.send(id);
            readUntil("data: {\"n\":0,", in);
        }
        return "yes, flushed";
    }

    /** Without a reader, which would wait for more than has come. */
    private static void readUntil(String text, InputStream in) throws IOException {
        StringBuilder all = new StringBuilder();
        byte[] some = new byte[1024];
        while (all.indexOf(text) < 0) {
            int count = in.read(some);
            assertThat(count).as("the end, behind " + all).isPositive();
            all.append(new String(some, 0, count, StandardCharsets.US_ASCII));
        }
    }

    private String resumes(ProxySetup setup, ProxyProcess proxy, LabClients clients) {
        String id = setup.id() + "-resumed";
        for (int i = 0; i < 5; i++) {
            clients.connect(PATH + id, true);
        }
        records.send(id);
        awaitAll(id, clients);

        proxy.stop();
        records.send(id);
        records.send(id);
        proxy.start();
        records.send(id);

        awaitAll(id, clients);
        assertThat(clients.all()).allSatisfy(each -> {
            assertThat(each.lost()).isEmpty();
            assertThat(each.twice).isZero();
            assertThat(each.connects).isGreaterThan(1);
        });
        assertThat(clients.refusals()).isZero();
        return "0, 0";
    }

    private void awaitAll(String id, LabClients clients) {
        await("all events", () -> clients.all().stream().allMatch(each -> each.expected == records.sent(id)));
    }

    /** Of a client that left, those proxies do not notice that have nothing to write to it. */
    private String forgetsWhoLeft(ProxySetup setup) {
        long left = System.nanoTime();
        if (setup.tellsThatClientsLeave()) {
            await("those who left to be gone", () -> replicas.streams() == 0);
            return Long.toString(millisSince(left));
        }
        await("those who left to be gone", () -> {
            for (String id : List.of(setup.id(), setup.id() + "-resumed", "large")) {
                records.send(id);
            }
            return replicas.streams() == 0;
        });
        return "with the next event";
    }

    /** Two streams of a connection that nobody reads, which wait for their windows (RFC 9113, section 5.2), hold up none of the others. */
    private String servesOthers(ProxySetup setup, ProxyProcess proxy, HttpClient http, URI uri)
            throws IOException, InterruptedException {
        String id = setup.id() + "-others";
        List<InputStream> unread = new ArrayList<>();
        try (LabClients others = new LabClients(http, () -> uri)) {
            for (int i = 0; i < NOT_READ; i++) {
                HttpRequest request = HttpRequest.newBuilder(uri.resolve(PATH + "heavy?from=earliest"))
                        .build();
                unread.add(http.send(request, BodyHandlers.ofInputStream()).body());
            }
            for (int i = 0; i < STREAMS - NOT_READ; i++) {
                others.connect(PATH + id, true);
            }
            await("all streams", () -> others.all().stream().allMatch(each -> each.open));
            assertThat(proxy.secureConnections()).isEqualTo(1);

            records.send(id);

            awaitAll(id, others);
            for (InputStream each : unread) {
                each.skipNBytes(4L * LARGE);
                each.close();
            }
            assertThat(others.all())
                    .allSatisfy(each -> assertThat(each.connects).isEqualTo(1));
            return STREAMS + ", " + others.delays().getMaxValue() / 1000 + " ms";
        }
    }

    private HttpClient client(ProxySetup setup) {
        HttpClient.Version version = setup.hasHttp2InFront() ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1;
        return LabClients.builder().version(version).sslContext(keys.trusting()).build();
    }

    private static long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }
}
