package io.eventsgateway.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** One request for an event stream, read line by line until it ends; it does not come back. */
final class Listener implements AutoCloseable {

    private final HttpResponse<Stream<String>> answer;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private volatile boolean ended;

    Listener(URI uri, Map<String, String> headers) {
        this(HttpClient.newHttpClient(), uri, headers);
    }

    Listener(HttpClient http, URI uri, Map<String, String> headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri).header("Accept", "text/event-stream, application/problem+json");
        headers.forEach(request::header);
        try {
            answer = http.send(request.build(), BodyHandlers.ofLines());
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
        Thread reader = new Thread(this::read, "listener " + uri.getPath());
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (Stream<String> all = answer.body()) {
            all.forEach(lines::add);
        } catch (UncheckedIOException cut) {
            // ended like any other
        }
        ended = true;
    }

    int status() {
        return answer.statusCode();
    }

    String header(String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    /** Whether the stream is over. */
    boolean ended() {
        return ended;
    }

    /** All lines so far. */
    List<String> lines() {
        return lines;
    }

    /** The data of all events so far. */
    List<String> data() {
        return values("data:");
    }

    /** The names of all events that have one, so far. */
    List<String> events() {
        return values("event:");
    }

    /** The last position so far. */
    String lastId() {
        List<String> ids = values("id:");
        return ids.isEmpty() ? "" : ids.get(ids.size() - 1);
    }

    /** The first position. */
    String firstId() {
        return values("id:").get(0);
    }

    /** The values of a field in what has come whole: up to the last blank line. */
    private List<String> values(String field) {
        List<String> now = List.copyOf(lines);
        return now.subList(0, now.lastIndexOf("") + 1).stream()
                .filter(line -> line.startsWith(field))
                .map(line -> line.substring(field.length()).strip())
                .toList();
    }

    @Override
    public void close() {
        answer.body().close();
    }
}
