package io.eventsgateway.undertow;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.Payload;
import io.eventsgateway.Source;
import io.eventsgateway.auth.AccessPolicy;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.hub.Hub;
import io.eventsgateway.hub.HubListener;
import io.eventsgateway.hub.Start;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.InMemoryEventLog;
import io.eventsgateway.undertow.WireClient.Leaving;
import io.eventsgateway.undertow.WireClient.Protocol;
import io.undertow.Handlers;
import io.undertow.server.HttpHandler;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.xnio.Options;

/** Clients that leave, or take little or nothing, by every protocol. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LeavingIT {

    private static final int WINDOW = 1024 * 1024;

    private final InMemoryEventLog log = new InMemoryEventLog(Duration.ofHours(1), InstantSource.system());
    private final Hub hub = new Hub(log, HubListener.NONE);
    private final List<WireClient> clients = new ArrayList<>();
    private EventsHandler handler;
    private SseServer clear;
    private SseServer secure;
    private long offset;

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

    /** @param stalled how long a client may accept nothing */
    private void start(Duration heartbeat, Duration stalled) throws Exception {
        start(options(heartbeat, stalled, Duration.ZERO));
    }

    private static SseOptions options(Duration heartbeat, Duration stalled, Duration maxAge) {
        return TestOptions.of(o -> {
            o.start = Start.From.EARLIEST;
            o.heartbeat = heartbeat;
            o.cleanupMaxAge = stalled;
            o.maxStreamsPerSubject = 1000;
            o.maxAge = maxAge;
        });
    }

    private void start(SseOptions streams) throws Exception {
        handler = new EventsHandler(
                hub,
                credentials ->
                        CompletableFuture.completedStage(new Identity("ann", "acme", Set.of("ann"), Set.of(), null)),
                AccessPolicy.AUTHENTICATED,
                null,
                streams);
        handler.open();
        HttpHandler buffer = exchange -> exchange.getResponseSender()
                .send("buffer=" + exchange.getConnection().getOption(Options.SEND_BUFFER) + ".");
        HttpHandler root = Handlers.path().addPrefixPath("/api/events", handler).addPrefixPath("/buffer", buffer);
        ServerOptions options = ServerOptions.of("127.0.0.1", 0);
        clear = new SseServer(options, root);
        clear.start();
        secure = new SseServer(options.with(TestTls.context()), root);
        secure.start();
    }

    private WireClient open(Protocol protocol, String path, int window) throws Exception {
        WireClient client = new WireClient((protocol.tls ? secure : clear).port(), protocol, path, window);
        clients.add(client);
        return client;
    }

    /** Nothing is written for an hour, which would show it too. */
    @ParameterizedTest
    @CsvSource({
        "HTTP1, FIN",
        "HTTP1, RST",
        "HTTP1, HALF_CLOSE",
        "HTTPS1, FIN",
        "HTTPS1, RST",
        "HTTPS1, CLOSE_NOTIFY",
        "HTTP2, FIN",
        "HTTP2, RST",
        "HTTP2, HALF_CLOSE",
        "HTTP2, STREAM",
        "HTTPS2, FIN",
        "HTTPS2, RST",
        "HTTPS2, CLOSE_NOTIFY",
        "HTTPS2, STREAM"
    })
    void areGoneAtOnce(Protocol protocol, Leaving way) throws Exception {
        start(Duration.ofHours(1), Duration.ofHours(1));
        WireClient client = open(protocol, "/api/events/view/1", WINDOW);
        client.awaitText("events follow");
        await("the subscription", () -> handler.streams() == 1 && hub.subscriptions() == 1);

        long began = System.nanoTime();
        client.leave(way);

        await("the client's end", () -> handler.streams() == 0 && hub.subscriptions() == 0);
        System.out.printf(
                Locale.ROOT,
                "leaving: %s %s, gone after %d ms%n",
                protocol,
                way,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
        await("nothing to follow", () -> hub.destinations() == 0);
    }

    /** The same while more waits for the client than its socket takes. */
    @ParameterizedTest
    @CsvSource({"HTTP1, RST", "HTTPS1, RST", "HTTP2, RST", "HTTPS2, RST"})
    void areGoneAtOnceWithinAnEvent(Protocol protocol, Leaving way) throws Exception {
        start(Duration.ofHours(1), Duration.ofHours(1));
        append(20);
        WireClient client = open(protocol, "/api/events/view/1", WINDOW);
        client.awaitText("events follow");

        client.leave(way);

        await("the client's end", () -> handler.streams() == 0 && hub.subscriptions() == 0);
    }

    /** HTTP/2, which does not tell, has the same listeners. */
    @ParameterizedTest
    @EnumSource(names = {"HTTP1", "HTTPS1"})
    void haveASendBufferThatDoesNotGrow(Protocol protocol) throws Exception {
        start(Duration.ofHours(1), Duration.ofHours(1));

        open(protocol, "/buffer", WINDOW).awaitText("buffer=131072.");
    }

    /** As slow for ten seconds as one of 5 KB/s is for a minute, which is the shortest that may be set. */
    @Test
    void areNotCutOffForBeingSlow() throws Exception {
        start(Duration.ofSeconds(1), Duration.ofSeconds(10));
        append(10);
        for (Protocol each : Protocol.values()) {
            open(each, "/api/events/view/1", WINDOW);
        }
        byte[] some = new byte[3200];

        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(16);
        while (System.nanoTime() < until) {
            for (WireClient slow : clients) {
                assertThat(slow.read(some, some.length)).isPositive();
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }

        assertThat(handler.streams()).isEqualTo(Protocol.values().length);
    }

    @Test
    void areRemovedWhenTheyTakeNothing() throws Exception {
        start(Duration.ofSeconds(1), Duration.ofSeconds(2));
        append(10);
        for (Protocol each : Protocol.values()) {
            // the first may be gone before the last is there
            open(each, "/api/events/view/1", 4 * 1024).awaitText("events follow");
        }

        await("their end", () -> handler.streams() == 0 && hub.subscriptions() == 0);
    }

    /** A client may read the whole window before it says so. */
    @Test
    void haveTheTimeOverHttp2ThatTheirWindowTakes() throws Exception {
        start(Duration.ofSeconds(1), Duration.ofSeconds(2));
        append(10);
        WireClient client = open(Protocol.HTTP2, "/api/events/view/1", 64 * 1024);
        await("the stream", () -> handler.streams() == 1);
        client.awaitText("events follow");

        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(6);
        while (System.nanoTime() < until) {
            assertThat(handler.streams()).isEqualTo(1);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
        // Undertow's own limit is ten minutes otherwise
        assertThat(Duration.ofMillis(Long.getLong(SseServer.WINDOW_MILLIS_PROPERTY, 0)))
                .isGreaterThan(Duration.ofDays(1));
    }

    /** As a tab that read nothing is closed. Undertow keeps to itself that a stream was reset whose window is full. */
    @ParameterizedTest
    @EnumSource(names = {"HTTP2", "HTTPS2"})
    void areRemovedWhenTheyResetAStreamWhoseWindowIsFull(Protocol protocol) throws Exception {
        start(Duration.ofSeconds(1), Duration.ofSeconds(2));
        append(1);
        WireClient client = open(protocol, "/api/events/view/1", 4 * 1024);
        client.awaitText("events follow");
        client.fillWindow();

        client.leave(Leaving.STREAM);

        await("their end", () -> handler.streams() == 0 && hub.subscriptions() == 0);
    }

    /** With a time to come back of less than two seconds. */
    @ParameterizedTest
    @EnumSource(
            value = Protocol.class,
            names = {"HTTP1", "HTTPS2"})
    void areSentAwayWhenTheirStreamIsTooOld(Protocol protocol) throws Exception {
        start(options(Duration.ofHours(1), Duration.ofHours(1), Duration.ofSeconds(1)));
        WireClient client = open(protocol, "/api/events/view/1", WINDOW);
        client.awaitText("events follow");

        assertThat(client.readToEnd()).containsPattern("retry: (1[0-9]|[5-9])[0-9]{2}\n");
        await("the stream's end", () -> handler.streams() == 0 && hub.subscriptions() == 0);
    }

    /** Else a client that comes back with the first would do so on the connection that the other holds open. */
    @ParameterizedTest
    @EnumSource(names = {"HTTP2", "HTTPS2"})
    void areAskedToLeaveAConnectionWhoseFirstStreamIsTooOld(Protocol protocol) throws Exception {
        start(options(Duration.ofSeconds(1), Duration.ofHours(1), Duration.ofSeconds(10)));
        WireClient client = open(protocol, "/api/events/view/1", WINDOW);
        client.awaitText("events follow");
        for (int heartbeats = 0; heartbeats < 5; heartbeats++) {
            client.awaitText(":");
        }
        client.askToo("/api/events/view/2");
        await("two streams", () -> handler.streams() == 2);

        client.awaitEnds(1);
        long first = System.nanoTime();
        assertThat(client.awaitGoAway()).isEqualTo("last stream 2147483647, error 0, streams ended 2");
        assertThat(Duration.ofNanos(System.nanoTime() - first)).isLessThan(Duration.ofSeconds(3));
    }

    private void append(int megabytes) {
        Payload payload = Payload.of(("\"" + "x".repeat(8_000) + "\"").getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < 125 * megabytes; i++) {
            Entry entry = new Entry(
                    new Destination("acme", "view", "1"),
                    Event.message("x", payload),
                    new Source("t", "t", 0, offset++),
                    null);
            log.append(List.of(), List.of(entry));
        }
    }
}
