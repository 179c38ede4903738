package io.eventsgateway.undertow;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.auth.AccessPolicy;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.config.Environment;
import io.eventsgateway.hub.Hub;
import io.eventsgateway.hub.HubListener;
import io.eventsgateway.log.InMemoryEventLog;
import io.eventsgateway.undertow.WireClient.Protocol;
import io.undertow.Handlers;
import io.undertow.server.HttpHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections of HTTP/2 that lead to a replica which drains: their clients are to connect anew, to another one. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DrainIT {

    private static final String STREAM = "/api/events/view/1";
    private static final int WINDOW = 1024 * 1024;

    private final InMemoryEventLog log = new InMemoryEventLog(Duration.ofHours(1), InstantSource.system());
    private final Hub hub = new Hub(log, HubListener.NONE);
    private final List<WireClient> clients = new ArrayList<>();
    private EventsHandler handler;
    private SseServer clear;
    private SseServer secure;

    @BeforeEach
    void start() throws Exception {
        handler = new EventsHandler(
                hub,
                credentials ->
                        CompletableFuture.completedStage(new Identity("ann", "acme", Set.of("ann"), Set.of(), null)),
                AccessPolicy.AUTHENTICATED,
                null,
                SseSettings.options(new Environment(Map.of("EVENTS_SSE_HEARTBEATSECS", "1"))));
        handler.open();
        HttpHandler port = exchange -> exchange.getResponseSender()
                .send("port " + ((InetSocketAddress) exchange.getConnection().getPeerAddress()).getPort());
        HttpHandler root = Handlers.path().addPrefixPath("/api/events", handler).addPrefixPath("/port", port);
        ServerOptions options = ServerOptions.of("127.0.0.1", 0);
        clear = new SseServer(options, root);
        clear.start();
        secure = new SseServer(options.with(TestTls.context()), root);
        secure.start();
    }

    @AfterEach
    void stop() throws Exception {
        for (WireClient each : clients) {
            each.close();
        }
        hub.close();
        clear.close();
        secure.close();
        log.close();
    }

    private WireClient connect(Protocol protocol, String path) throws Exception {
        WireClient client = new WireClient((protocol.tls ? secure : clear).port(), protocol, path, WINDOW);
        clients.add(client);
        return client;
    }

    /** RFC 9113, section 6.8: the last stream is the highest that there is, so that no request is lost. */
    @ParameterizedTest
    @EnumSource(names = {"HTTP2", "HTTPS2"})
    void goAwayBehindTheEndOfTheirStreams(Protocol protocol) throws Exception {
        WireClient client = connect(protocol, STREAM);
        client.awaitText("events follow");
        client.askToo(STREAM);
        await(() -> handler.streams() == 2);

        handler.drain(Duration.ZERO);

        assertThat(client.awaitGoAway()).isEqualTo("last stream 2147483647, error 0, streams ended 2");
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP2", "HTTPS2"})
    void goAwayBehindTheAnswerToAClientThatIsTurnedAway(Protocol protocol) throws Exception {
        WireClient client = connect(protocol, "/port");
        client.awaitText("port ");
        handler.drain(Duration.ZERO);

        client.askToo(STREAM);

        assertThat(client.awaitGoAway()).isEqualTo("last stream 2147483647, error 0, streams ended 2");
    }

    @Test
    void answerWhatWasAskedBeforeTheClientHeardOfIt() throws Exception {
        WireClient client = connect(Protocol.HTTPS2, STREAM);
        client.awaitText("events follow");
        handler.drain(Duration.ZERO);
        client.awaitGoAway();

        client.askToo("/port");

        client.awaitText("port ");
    }

    /** Else a client whose stream ends first would come back to this replica until its last one has ended. */
    @Test
    void endTheirStreamsTogether() throws Exception {
        WireClient client = connect(Protocol.HTTP2, STREAM);
        client.awaitText("events follow");
        int streams = 12;
        for (int i = 1; i < streams; i++) {
            client.askToo(STREAM);
        }
        await(() -> handler.streams() == streams);

        handler.drain(Duration.ofSeconds(10));

        client.awaitEnds(1);
        long first = System.nanoTime();
        client.awaitEnds(streams);
        assertThat(Duration.ofNanos(System.nanoTime() - first)).isLessThan(Duration.ofSeconds(5));
    }

    /** Else most clients of a share that an operator ends would come back to this replica, on a connection that another stream holds open. */
    @Test
    void areLeftWhereAShareOfTheStreamsIsEnded() throws Exception {
        List<CompletableFuture<String>> left = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            WireClient client = connect(Protocol.HTTP2, STREAM);
            client.awaitText("events follow");
            client.askToo(STREAM);
            left.add(CompletableFuture.supplyAsync(() -> goAway(client), task -> new Thread(task).start()));
        }
        await(() -> handler.streams() == 8);

        assertThat(handler.connected().end(stream -> true, 0.5, Duration.ZERO)).isEqualTo(4);

        await(() -> left.stream().filter(CompletableFuture::isDone).count() == 2);
        assertThat(left.stream().filter(CompletableFuture::isDone).map(CompletableFuture::join))
                .containsOnly("last stream 2147483647, error 0, streams ended 2");
        assertThat(handler.streams()).isEqualTo(4);
    }

    private static String goAway(WireClient client) {
        try {
            return client.awaitGoAway();
        } catch (IOException closed) {
            throw new UncheckedIOException(closed);
        }
    }

    @Test
    void areLeftByTheClientOfTheJdk() throws Exception {
        HttpClient http = HttpClient.newBuilder().sslContext(TestTls.context()).build();
        HttpRequest stream = request(STREAM);
        CompletableFuture<HttpResponse<String>> answer = http.sendAsync(stream, HttpResponse.BodyHandlers.ofString());
        await(() -> handler.streams() == 1);
        String before = port(http);

        handler.drain(Duration.ZERO);

        assertThat(answer.get(60, TimeUnit.SECONDS).version()).isEqualTo(HttpClient.Version.HTTP_2);
        await(() -> isElsewhere(http, before));
    }

    /** A request that is on its way when GOAWAY comes fails, by JDK 17's client; whoever sends it sends it again. */
    private boolean isElsewhere(HttpClient http, String before) {
        try {
            return !port(http).equals(before);
        } catch (CompletionException asked) {
            return false;
        }
    }

    private String port(HttpClient http) {
        return http.sendAsync(request("/port"), HttpResponse.BodyHandlers.ofString())
                .join()
                .body();
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(URI.create("https://localhost:" + secure.port() + path))
                .timeout(Duration.ofSeconds(60))
                .build();
    }
}
