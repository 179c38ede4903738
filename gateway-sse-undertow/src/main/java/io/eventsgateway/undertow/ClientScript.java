package io.eventsgateway.undertow;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.ETag;
import io.undertow.util.ETagUtils;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;

/**
 * The module {@code events-gateway.js}, minified, as browsers import it: for everybody, since it is the same in every gateway of this version.
 * Caches may keep it for an hour and then ask whether it is still the same (RFC 9111). Any thread.
 */
final class ClientScript {

    /** Below where event streams are mounted; no destination's, which is a type and an id. */
    static final String PATH = "/client.js";

    private static final HttpString CONTENT_TYPE_OPTIONS = new HttpString("X-Content-Type-Options");

    private final Encoded plain;
    private final Encoded gzip;

    private record Encoded(byte[] bytes, ETag tag) {}

    /** Reads it from the jar. */
    ClientScript() {
        try (InputStream file = ClientScript.class.getResourceAsStream("events-gateway.min.js")) {
            if (file == null) {
                throw new IllegalStateException("events-gateway.min.js is not in the jar");
            }
            byte[] bytes = file.readAllBytes();
            String version = HexFormat.of().formatHex(sha256(bytes), 0, 8);
            this.plain = new Encoded(bytes, new ETag(false, version));
            this.gzip = new Encoded(gzip(bytes), new ETag(false, version + "-gzip"));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Answers a GET or HEAD with it, or with 304 to who has it. */
    void send(HttpServerExchange exchange) {
        HeaderValues encodings = exchange.getRequestHeaders().get(Headers.ACCEPT_ENCODING);
        boolean compressed = encodings != null && Accept.allowsGzip(encodings);
        Encoded encoded = compressed ? gzip : plain;
        exchange.getResponseHeaders().put(Headers.ETAG, encoded.tag().toString());
        exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "public, max-age=3600");
        exchange.getResponseHeaders().add(Headers.VARY, "Accept-Encoding");
        if (!ETagUtils.handleIfNoneMatch(exchange, encoded.tag(), true)) {
            exchange.setStatusCode(304).endExchange();
            return;
        }
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/javascript;charset=utf-8");
        exchange.getResponseHeaders().put(CONTENT_TYPE_OPTIONS, "nosniff");
        if (compressed) {
            exchange.getResponseHeaders().put(Headers.CONTENT_ENCODING, "gzip");
        }
        exchange.setResponseContentLength(encoded.bytes().length);
        if (exchange.getRequestMethod().equals(Methods.HEAD)) {
            exchange.endExchange();
        } else {
            exchange.getResponseSender().send(ByteBuffer.wrap(encoded.bytes()));
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(compressed)) {
            out.write(bytes);
        }
        return compressed.toByteArray();
    }
}
