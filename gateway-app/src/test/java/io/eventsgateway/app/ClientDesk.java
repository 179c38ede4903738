package io.eventsgateway.app;

import com.nimbusds.jose.JWSAlgorithm;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Where clients get their tokens and browsers their pages and hand in their books. Any thread may ask.
 *
 * <p>{@code GET /token/CLIENT} is a token, one that soon expires until the gateway has announced that to the client; {@code GET /page/…} a
 * file; {@code POST /books} takes lines of books.
 */
final class ClientDesk implements AutoCloseable {

    /** Short, and longer than a busy machine takes to open a stream. */
    private static final Duration FIRST_TOKEN = Duration.ofSeconds(20);

    private static final Duration LATER_TOKENS = Duration.ofHours(1);

    private final Issuer issuer;
    private final Path files;
    private final Consumer<String> books;
    private final Predicate<String> hasHeardOfExpiry;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;

    /**
     * Opens it.
     *
     * @param files where the files of pages are
     * @param books takes each line that a browser hands in
     * @param hasHeardOfExpiry whether the gateway has announced to a client that its token expires
     */
    ClientDesk(Issuer issuer, Path files, Consumer<String> books, Predicate<String> hasHeardOfExpiry)
            throws IOException {
        this.issuer = issuer;
        this.files = files.toRealPath();
        this.books = books;
        this.hasHeardOfExpiry = hasHeardOfExpiry;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        server.setExecutor(threads);
        server.createContext("/token/", exchange -> answer(exchange, "text/plain", token(client(exchange))));
        server.createContext("/page/", this::answerFile);
        server.createContext("/books", this::takeBooks);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private byte[] token(String client) {
        Duration life = hasHeardOfExpiry.test(client) ? LATER_TOKENS : FIRST_TOKEN;
        return issuer.token(JWSAlgorithm.ES256, client, life).getBytes(StandardCharsets.UTF_8);
    }

    private static String client(HttpExchange exchange) {
        return exchange.getRequestURI().getPath().substring("/token/".length());
    }

    private void answerFile(HttpExchange exchange) throws IOException {
        Path file = files.resolve(exchange.getRequestURI().getPath().substring("/page/".length()));
        String type = file.toString().endsWith(".html") ? "text/html" : "text/javascript";
        // else the browser may ask for a stream where it got the page
        exchange.getResponseHeaders().set("Connection", "close");
        answer(exchange, type + ";charset=utf-8", Files.readAllBytes(file));
    }

    private void takeBooks(HttpExchange exchange) throws IOException {
        new BufferedReader(new InputStreamReader(exchange.getRequestBody(), StandardCharsets.UTF_8))
                .lines()
                .forEach(books);
        answer(exchange, "text/plain", new byte[0]);
    }

    private static void answer(HttpExchange exchange, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("Access-Control-Allow-Origin", "*");
        exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
