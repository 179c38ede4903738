package io.eventsgateway.app;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.TestKeys;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two replicas behind real proxies are exchanged one after the other. Prints what clients noticed of it as a table. */
@Tag("proxy")
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProxyRollIT {

    private static final String PATH = "/api/events/process-instance/";
    private static final int STREAMS = 200;
    private static final int DESTINATIONS = 20;
    private static final Duration BETWEEN_RECORDS = Duration.ofMillis(25);

    private final Stack stack = new Stack();
    private final NumberedRecords records = new NumberedRecords(stack);
    private final List<String> rows = new ArrayList<>();
    private TestKeys keys;

    @BeforeAll
    void start(@TempDir Path folder) {
        keys = TestKeys.make(folder, "events");
    }

    @AfterAll
    void stop() {
        System.out.println("""

                | proxy | variant | `EVENTS_SSE_OVERLOAD` | streams | events | reconnects | lost | twice | answers other than 200 | longest delay, ms |
                |---|---|---|---|---|---|---|---|---|---|""");
        rows.forEach(System.out::println);
        records.close();
        stack.close();
    }

    @Test
    void losesNothingWhileReplicasAreExchanged() throws Exception {
        roll("status", ProxySetup.NGINX, ProxySetup.HAPROXY, ProxySetup.CADDY);
    }

    private void roll(String overload, ProxySetup... setups) throws Exception {
        Map<String, String> environment = stack.environment();
        environment.put("EVENTS_SSE_OVERLOAD", overload);
        environment.put("EVENTS_SSE_DRAINSECS", "5");
        Map<ProxySetup, ProxyProcess> proxies = new EnumMap<>(ProxySetup.class);
        Map<ProxySetup, LabClients> clients = new EnumMap<>(ProxySetup.class);
        try (ProxiedReplicas replicas = new ProxiedReplicas(environment)) {
            for (ProxySetup each : setups) {
                ProxyProcess proxy = new ProxyProcess(each.server(), each.file(), replicas, keys);
                proxies.put(each, proxy);
                clients.put(each, LabClients.obedient(() -> proxy.uri(false)));
            }
            clients.values().forEach(all -> connect(overload, all));

            records.sendDuring(replicas::roll, BETWEEN_RECORDS, i -> id(overload, i));

            clients.forEach((setup, all) -> check(overload, setup, all));
            replicas.stop();
            for (Map.Entry<ProxySetup, ProxyProcess> each : proxies.entrySet()) {
                if (each.getKey().asksToComeBack()) {
                    asksToComeBack(each.getValue());
                }
            }
        } finally {
            clients.values().forEach(LabClients::close);
            proxies.values().forEach(ProxyProcess::close);
        }
    }

    private static String id(String overload, int number) {
        return "roll-" + overload + "-" + number % DESTINATIONS;
    }

    private static void connect(String overload, LabClients clients) {
        for (int i = 0; i < STREAMS; i++) {
            clients.connect(PATH + id(overload, i), true);
        }
        await("all streams", () -> clients.all().stream().allMatch(each -> each.open));
    }

    private void check(String overload, ProxySetup setup, LabClients clients) {
        List<LabClients.One> all = clients.all();
        await("all events through " + setup, () -> all.stream()
                .allMatch(each -> each.expected >= records.sent(each.path.substring(PATH.length()))));
        rows.add(String.join(
                " | ",
                "| " + setup,
                overload,
                Integer.toString(all.size()),
                Long.toString(clients.events()),
                Long.toString(all.stream().mapToLong(each -> each.connects - 1).sum()),
                Long.toString(
                        all.stream().mapToLong(each -> each.lost().count()).sum()),
                Long.toString(all.stream().mapToLong(each -> each.twice).sum()),
                Long.toString(clients.refusals()),
                clients.delays().getMaxValue() / 1000 + " |"));
        assertThat(all).allSatisfy(each -> {
            assertThat(each.lost()).isEmpty();
            assertThat(each.announced()).isEmpty();
            assertThat(each.twice).isZero();
            assertThat(each.connects).isGreaterThan(1);
        });
        assertThat(clients.refusals()).as("answers other than 200 by " + setup).isZero();
    }

    private static void asksToComeBack(ProxyProcess proxy) throws Exception {
        HttpClient http = LabClients.builder().build();
        URI uri = proxy.uri(false).resolve(PATH + "1");

        HttpResponse<String> answer = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        assertThat(answer.body()).matches("retry: [0-9]+\n");
    }
}
