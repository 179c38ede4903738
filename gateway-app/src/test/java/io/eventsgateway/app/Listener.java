package io.eventsgateway.app;

import io.eventsgateway.sse.SseFrames;
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
    private final SseFrames frames = new SseFrames();
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
            all.forEach(this::take);
        } catch (UncheckedIOException cut) {
            // ended like any other
        }
        ended = true;
    }

    private void take(String line) {
        lines.add(line);
        frames.feed(line + "\n");
    }

    int status() {
        return answer.statusCode();
    }

    HttpClient.Version version() {
        return answer.version();
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
        return frames.data();
    }

    /** The names of all events so far. */
    List<String> events() {
        return frames.events().stream().map(SseFrames.Frame::name).toList();
    }

    /** The last position so far. */
    String lastId() {
        return frames.lastEventId();
    }

    /** The first position. */
    String firstId() {
        return frames.positions().get(0);
    }

    @Override
    public void close() {
        answer.body().close();
    }
}
