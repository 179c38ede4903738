package io.eventsgateway.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.launchdarkly.eventsource.ConnectStrategy;
import com.launchdarkly.eventsource.ErrorStrategy;
import com.launchdarkly.eventsource.EventSource;
import com.launchdarkly.eventsource.HttpConnectStrategy;
import com.launchdarkly.eventsource.MessageEvent;
import com.launchdarkly.eventsource.StreamException;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** An SSE client that keeps books: LaunchDarkly's, which reconnects by itself with its Last-Event-ID. */
final class Client implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final EventSource source;
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile boolean closed;

    /** An event as it came. */
    record Received(String name, String data, String id, long nanos) {

        /** The number that the test's records carry. */
        int number() {
            try {
                JsonNode n = JSON.readTree(data).get("n");
                return n == null ? -1 : n.asInt();
            } catch (IOException notJson) {
                return -1;
            }
        }
    }

    Client(URI uri, String token) {
        HttpConnectStrategy http = ConnectStrategy.http(uri)
                .header("Authorization", "Bearer " + token)
                .readTimeout(60, TimeUnit.SECONDS);
        source = new EventSource.Builder(http)
                .errorStrategy(goesOnUntilClosed())
                .retryDelay(200, TimeUnit.MILLISECONDS)
                .build();
        thread = new Thread(this::read, "client " + uri.getPath());
        thread.setDaemon(true);
        thread.start();
    }

    private ErrorStrategy goesOnUntilClosed() {
        return new ErrorStrategy() {
            @Override
            public Result apply(StreamException broken) {
                return new Result(closed ? Action.THROW : Action.CONTINUE, null);
            }
        };
    }

    private void read() {
        while (!closed) {
            try {
                source.start();
                MessageEvent event = source.readMessage();
                received.add(
                        new Received(event.getEventName(), event.getData(), event.getLastEventId(), System.nanoTime()));
            } catch (StreamException broken) {
                Thread.yield(); // the next round reconnects, unless it was closed
            }
        }
    }

    List<Received> received() {
        return received;
    }

    /** The numbers of the events with a name, in the order they came. */
    List<Integer> numbers(String name) {
        return received.stream()
                .filter(event -> event.name().equals(name))
                .map(Received::number)
                .toList();
    }

    @Override
    public void close() {
        closed = true;
        source.close();
    }
}
