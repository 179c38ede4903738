package io.eventsgateway.app.console;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;

/** The page's files. They are the same for everybody and show nothing of anybody. Any thread may call. */
final class ConsoleFiles {

    /** Nothing but what the gateway itself serves, and no text that becomes HTML (CSP Level 3, Trusted Types). */
    private static final Map<HttpString, String> HEADERS = Map.of(
            new HttpString("Content-Security-Policy"),
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; "
                    + "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
            new HttpString("X-Content-Type-Options"),
            "nosniff",
            new HttpString("Referrer-Policy"),
            "no-referrer",
            new HttpString("Cross-Origin-Opener-Policy"),
            "same-origin",
            new HttpString("Cross-Origin-Resource-Policy"),
            "same-origin",
            Headers.CACHE_CONTROL,
            "no-cache");

    private static final Map<String, String> TYPES =
            Map.of("html", "text/html", "css", "text/css", "js", "text/javascript");

    private static final Set<String> FILES = Set.of(
            "index.html",
            "console.css",
            "console.js",
            "demo.js",
            "details.js",
            "dom.js",
            "event-list.js",
            "event-store.js",
            "raw-frames.js",
            "sender.js",
            "tables.js",
            "tabs.js",
            "words.js");

    /** Whether there is a file of that name. */
    boolean has(String name) {
        return FILES.contains(name);
    }

    /** Answers with a file that there is. */
    void send(HttpServerExchange exchange, String name) throws IOException {
        try (InputStream in = ConsoleFiles.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException(name + " is not beside " + ConsoleFiles.class.getName());
            }
            HEADERS.forEach((header, value) -> exchange.getResponseHeaders().put(header, value));
            String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
            exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, type + ";charset=utf-8");
            exchange.getResponseSender().send(ByteBuffer.wrap(in.readAllBytes()));
        }
    }
}
