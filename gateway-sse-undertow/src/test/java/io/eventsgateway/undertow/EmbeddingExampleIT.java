package io.eventsgateway.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.Payload;
import io.eventsgateway.ShownExample;
import io.eventsgateway.Source;
import io.eventsgateway.auth.AccessPolicy;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.config.Environment;
import io.eventsgateway.hub.Hub;
import io.eventsgateway.hub.HubListener;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.InMemoryEventLog;
import io.undertow.Handlers;
import io.undertow.Undertow;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The example of docs/embedding.md: event streams in a server that has other things to do. */
class EmbeddingExampleIT {

    @Test
    void servesEventStreamsBesideSomethingElse() throws Exception {
        // begin
        var log = new InMemoryEventLog(Duration.ofHours(4), InstantSource.system());
        var hub = new Hub(log, HubListener.NONE);
        var events = new EventsHandler(
                hub,
                token -> CompletableFuture.completedStage(new Identity("ann", "acme", Set.of("ann"), Set.of(), null)),
                AccessPolicy.AUTHENTICATED,
                null,
                SseSettings.options(new Environment(Map.of())));
        var undertow = Undertow.builder()
                .addHttpListener(0, "localhost")
                .setHandler(
                        Handlers.path(exchange -> exchange.getResponseSender().send("yours"))
                                .addPrefixPath("/api/events", events))
                .build();
        undertow.start();
        events.open();

        var destination = new Destination("acme", "view", "1");
        var event = Event.message("greeting", Payload.of("{\"hello\":\"world\"}".getBytes(StandardCharsets.UTF_8)));
        var entry = new Entry(destination, event, new Source("orders", "topic-id", 0, 0), null);
        log.append(List.of(), List.of(entry));
        // end

        int port = ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort();
        URI uri = URI.create("http://localhost:" + port + "/api/events/view/1");
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(uri.toURL().openStream(), StandardCharsets.UTF_8))) {
            String line = in.readLine();
            while (!line.startsWith("event: ")) {
                line = in.readLine();
            }
            assertThat(line).isEqualTo("event: greeting");
            assertThat(in.readLine()).isEqualTo("data: {\"hello\":\"world\"}");
        }
        hub.close();
        undertow.stop();
        log.close();
    }

    @Test
    void isWhatTheDocumentShows() throws Exception {
        ShownExample.assertIn("embedding.md", getClass());
    }
}
