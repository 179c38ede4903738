package io.eventsgateway.app.doctor;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An event stream as it arrives at a client: when what came, and how it ended. The HTTP client's threads write, any thread may read what
 * was {@link #seen}.
 */
final class StreamWatch implements AutoCloseable {

    private static final int MOST_TEXT = 64 * 1024;

    private final CompletableFuture<HttpResponse<Void>> exchange;
    private final long begun = System.nanoTime();

    // guarded by this
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final StringBuilder text = new StringBuilder();
    private final List<String> events = new ArrayList<>();
    private @Nullable Duration firstByte;
    private @Nullable Duration lastByte;
    private Duration longestGap = Duration.ZERO;
    private int status;
    private @Nullable HttpHeaders headers;
    private String httpVersion = "";
    private int heartbeats;
    private int retries;
    private String comment = "";
    private @Nullable Duration ended;
    private String failure = "";

    /**
     * What came so far.
     *
     * @param status 0 while no answer has begun
     * @param firstByte when the first byte of the body came; null while none has
     * @param longestGap the longest time in which nothing came, from the first byte on
     * @param heartbeats lines that are comments
     * @param retries lines that say when to come back: one at the beginning, one more where the gateway ends the stream
     * @param comment the last comment that is not empty
     * @param events the names of the events, in order
     * @param text the beginning of the body
     * @param ended when the stream ended; null while it is open
     * @param failure why it ended, where that was by a failure
     */
    record Seen(
            int status,
            HttpHeaders headers,
            String httpVersion,
            @Nullable Duration firstByte,
            Duration longestGap,
            int heartbeats,
            int retries,
            String comment,
            List<String> events,
            String text,
            @Nullable Duration ended,
            @Nullable Duration lastByte,
            String failure) {

        String header(String name) {
            return headers.firstValue(name).orElse("");
        }

        boolean isEventStream() {
            return status == 200 && header("Content-Type").startsWith("text/event-stream");
        }
    }

    /** Sends a request. */
    StreamWatch(HttpClient http, HttpRequest request) {
        BodyHandler<Void> body = answer -> {
            begins(answer);
            return BodySubscribers.ofByteArrayConsumer(this::arrives);
        };
        this.exchange = http.sendAsync(request, body);
        exchange.whenComplete((done, failed) -> ends(failed));
    }

    private synchronized void begins(HttpResponse.ResponseInfo answer) {
        status = answer.statusCode();
        headers = answer.headers();
        httpVersion = answer.version() == HttpClient.Version.HTTP_2 ? "HTTP/2" : "HTTP/1.1";
    }

    private synchronized void arrives(Optional<byte[]> piece) {
        byte[] bytes = piece.orElse(new byte[0]);
        if (bytes.length == 0) {
            return;
        }
        Duration now = since();
        firstByte = firstByte == null ? now : firstByte;
        gap(now);
        lastByte = now;
        for (byte each : bytes) {
            if (each == '\n') {
                take(line.toString(StandardCharsets.UTF_8));
                line.reset();
            } else {
                line.write(each);
            }
            if (text.length() < MOST_TEXT) {
                text.append((char) (each & 0xFF));
            }
        }
        notifyAll();
    }

    private void take(String whole) {
        if (whole.startsWith(":")) {
            heartbeats++;
            comment = whole.length() > 2 ? whole.substring(1).strip() : comment;
        } else if (whole.startsWith("retry:")) {
            retries++;
        } else if (whole.startsWith("event:")) {
            events.add(whole.substring("event:".length()).strip());
        }
    }

    private void gap(Duration now) {
        Duration since = lastByte == null ? Duration.ZERO : now.minus(lastByte);
        longestGap = since.compareTo(longestGap) > 0 ? since : longestGap;
    }

    private synchronized void ends(@Nullable Throwable failed) {
        if (ended == null) {
            ended = since();
            Throwable cause = failed;
            while (cause instanceof CompletionException && cause.getCause() != null) {
                cause = cause.getCause();
            }
            failure = cause == null ? "" : cause.toString();
        }
        notifyAll();
    }

    private Duration since() {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    /** Waits until the stream ends, at most for a time. */
    void awaitEnd(Duration most) throws InterruptedException {
        try {
            exchange.get(most.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException over) {
            // what was seen says so
        }
    }

    /** Waits until what was seen is as wanted, or the stream ends, at most for a time; whether it is as wanted. */
    synchronized boolean await(Predicate<Seen> wanted, Duration most) throws InterruptedException {
        long until = System.nanoTime() + most.toNanos();
        while (!wanted.test(seen())) {
            long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
            if (ended != null || left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    /** What came so far. */
    synchronized Seen seen() {
        if (ended == null && lastByte != null) {
            gap(since());
        }
        HttpHeaders got = headers;
        return new Seen(
                status,
                got == null ? HttpHeaders.of(Map.of(), (name, value) -> true) : got,
                httpVersion,
                firstByte,
                longestGap,
                heartbeats,
                retries,
                comment,
                List.copyOf(events),
                text.toString(),
                ended,
                lastByte,
                failure);
    }

    /** Ends it. */
    @Override
    public void close() {
        synchronized (this) {
            ended = ended == null ? since() : ended;
        }
        exchange.cancel(true);
    }
}
