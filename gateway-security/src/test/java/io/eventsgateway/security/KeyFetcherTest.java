package io.eventsgateway.security;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What an operator reads when an issuer gives no keys. */
class KeyFetcherTest {

    @Test
    void saysOnceWhoGivesNoKeysAndWhy() throws Exception {
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }

        assertThat(logged("http://127.0.0.1:" + closed, "realms/a", "realms/b"))
                .singleElement()
                .asString()
                .contains("host=\"127.0.0.1\"", "cause=\"ConnectException\"");
    }

    @Test
    void saysWhatAServerAnswersThatGivesNoKeys() throws Exception {
        assertThat(loggedOfAServerThatAnswers(503)).singleElement().asString().contains("cause=\"status 503\"");
    }

    @Test
    void saysNothingOfAnIssuerThatDoesNotExist() throws Exception {
        assertThat(loggedOfAServerThatAnswers(404)).isEmpty();
    }

    private static List<String> loggedOfAServerThatAnswers(int status) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        try {
            return logged("http://127.0.0.1:" + server.getAddress().getPort(), "realms/a", "realms/b");
        } finally {
            server.stop(0);
        }
    }

    private static List<String> logged(String base, String... issuers) {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(KeyFetcher.class);
        log.start();
        logger.addAppender(log);
        try {
            KeyFetcher fetcher = new KeyFetcher();
            for (String issuer : issuers) {
                assertThat(fetcher.apply(base + "/" + issuer).toCompletableFuture())
                        .failsWithin(Duration.ofSeconds(30));
            }
        } finally {
            logger.detachAppender(log);
        }
        return log.list.stream()
                .filter(each -> each.getLevel().isGreaterOrEqual(Level.WARN))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }
}
