package io.eventsgateway.load;

import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.sse.ServerSentEventConnection;
import io.undertow.server.handlers.sse.ServerSentEventHandler;
import java.nio.charset.StandardCharsets;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

/**
 * The transport alone, for comparison: Undertow's own event streams, with events that are made in the process. No Kafka, no Redis, no
 * history, no positions. {@code GET /stream?to=DESTINATION} is a stream; {@code GET /make?run=&rate=&seconds=&size=&prefix=&destinations=}
 * makes events and answers with how many and in how many seconds.
 */
final class RawSse {

    private final Map<String, List<ServerSentEventConnection>> streams = new ConcurrentHashMap<>();

    private RawSse() {}

    public static void main(String[] args) {
        RawSse server = new RawSse();
        ServerSentEventHandler stream = Handlers.serverSentEvents((connection, lastEventId) -> server.add(connection));
        Undertow.builder()
                .addHttpListener(Integer.parseInt(args[0]), "127.0.0.1")
                .setIoThreads(2)
                .setWorkerThreads(4)
                .setHandler(Handlers.path().addExactPath("/stream", stream).addExactPath("/make", server::make))
                .build()
                .start();
    }

    private void add(ServerSentEventConnection connection) {
        String destination = first(connection.getQueryParameters(), "to");
        streams.computeIfAbsent(destination, name -> new CopyOnWriteArrayList<>())
                .add(connection);
    }

    private void make(HttpServerExchange exchange) {
        if (exchange.isInIoThread()) {
            exchange.dispatch(this::make);
            return;
        }
        int run = number(exchange, "run");
        int count = number(exchange, "destinations");
        Payload payload = new Payload(number(exchange, "size"));
        String prefix = first(exchange.getQueryParameters(), "prefix");
        List<String> names =
                IntStream.range(0, count).mapToObj(each -> prefix + each).toList();
        Schedule schedule = new Schedule(number(exchange, "rate"), number(exchange, "seconds"));
        Schedule.Kept kept = schedule.run((number, due) -> {
            int destination = (int) (number % count);
            byte[] event = payload.encode(run, due, number / count, destination);
            send(names.get(destination), new String(event, StandardCharsets.ISO_8859_1));
        });
        exchange.getResponseSender().send(kept.sent() + " " + kept.seconds());
    }

    private void send(String destination, String event) {
        for (ServerSentEventConnection connection : streams.getOrDefault(destination, List.of())) {
            if (connection.isOpen()) {
                connection.send(event);
            }
        }
    }

    private static int number(HttpServerExchange exchange, String name) {
        return Integer.parseInt(first(exchange.getQueryParameters(), name));
    }

    private static String first(Map<String, Deque<String>> parameters, String name) {
        return Objects.requireNonNull(parameters.get(name), name).getFirst();
    }
}
