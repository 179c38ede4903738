package io.eventsgateway.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.security.StandIn.Answer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is known of a server that gives no keys, and of one that does. */
class KeyFetcherTest {

    private final StandIn server = new StandIn();
    private KeyFetcher fetcher = fetcher(server.url());

    private static KeyFetcher fetcher(String base) {
        return new KeyFetcher(List.of(base + "/realms/services"), base, "BASE");
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void saysThatNobodyAnswersAfterSomeQuestions() throws Exception {
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        fetcher = fetcher("http://127.0.0.1:" + closed);

        ask(2);
        assertThat(fetcher.health().problem()).isEmpty();
        ask(1);

        assertThat(fetcher.health().problem()).isEqualTo("connection refused");
        assertThat(fetcher.health().address()).isEqualTo("http://127.0.0.1:" + closed);
    }

    @Test
    void saysWhatAServerAnswersThatGivesNoKeys() {
        server.answer(exchange -> new Answer(503, ""));
        ask(3);
        assertThat(fetcher.health().problem()).isEqualTo("status 503");

        server.answer(exchange -> new Answer(200, "<html>"));
        ask(1);
        assertThat(fetcher.health().problem()).isEqualTo("the answer is no set of keys (RFC 7517)");
    }

    /** Any client can name a realm, also one that makes the server stumble. */
    @Test
    void takesNoAnswerForARealmThatAClientNamedForAnOutage() {
        for (int status : new int[] {400, 500}) {
            server.answer(exchange -> new Answer(status, ""));
            ask("invented", 4);
            assertThat(fetcher.health().problem()).isEmpty();
        }
    }

    @Test
    void takesNoIssuerThatDoesNotExistForAnOutage() {
        server.answer(exchange -> new Answer(503, ""));
        ask(3);
        server.answer(exchange -> new Answer(404, ""));
        ask(1);

        assertThat(fetcher.health().problem()).isEmpty();
    }

    @Test
    void probesServersWhereNobodyAsks() {
        server.answer(exchange -> new Answer(500, ""));
        assertThat(fetcher.probe().toCompletableFuture())
                .succeedsWithin(Duration.ofSeconds(30))
                .isEqualTo(server.url() + "/realms/services: status 500");

        server.answer(exchange -> new Answer(200, "{\"keys\":[]}"));
        assertThat(fetcher.probe().toCompletableFuture())
                .succeedsWithin(Duration.ofSeconds(30))
                .isEqualTo("");
    }

    private void ask(int times) {
        ask("services", times);
    }

    private void ask(String realm, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(fetcher.apply(fetcher.health().address() + "/realms/" + realm)
                            .toCompletableFuture())
                    .failsWithin(Duration.ofSeconds(30));
        }
    }
}
