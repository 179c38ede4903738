package io.eventsgateway.load;

import com.sun.net.httpserver.HttpServer;
import io.eventsgateway.security.DevelopmentToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** An issuer of RS256 tokens that publishes its keys. Any thread may ask. */
final class Tokens implements AutoCloseable {

    /** Whose subjects the tokens' are. */
    static final String ORGANISATION = "0f9a4c1e-0000-4000-8000-000000000001";

    private final DevelopmentToken signer = new DevelopmentToken();
    private final HttpServer server;

    Tokens() {
        byte[] keys = signer.keys().getBytes(StandardCharsets.UTF_8);
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, keys.length);
            exchange.getResponseBody().write(keys);
            exchange.close();
        });
        server.start();
    }

    String issuer() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/realms/" + ORGANISATION;
    }

    /** A token of a subject, good for an hour. */
    String token(String subject) {
        return signer.sign(issuer(), subject, List.of(), Duration.ofHours(1));
    }

    /** A token for each of so many clients, each another subject's. */
    List<String> tokens(int clients) {
        return IntStream.range(0, clients)
                .mapToObj(client -> token("subject-" + client))
                .toList();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
