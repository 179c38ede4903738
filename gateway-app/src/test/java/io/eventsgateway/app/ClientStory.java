package io.eventsgateway.app;

import static io.eventsgateway.Await.await;

import io.eventsgateway.app.ClientBooks.Sent;
import io.eventsgateway.app.ClientRow.AfterEnd;
import io.eventsgateway.app.ClientRow.Silence;
import io.eventsgateway.app.ClientRow.Verdict;
import io.eventsgateway.topic.Feed;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What happens to a destination that all clients of the matrix listen to, and to their connections: once, for all at the same time. Used by
 * one thread; any may enter books.
 */
final class ClientStory implements AutoCloseable {

    /** What a heartbeat of 15 s needs: after 45 s of silence a client may know that its connection is dead. */
    private static final Duration SILENCE = Duration.ofSeconds(52);

    /** A client that asks on after a 204 does so within it, twice. */
    private static final Duration AFTER_END = Duration.ofSeconds(12);

    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final String ORGANISATION = "5f24c66f-04a7-433a-b64a-a765d3b8121a";
    private static final String DESTINATION = "matrix";
    private static final String NAMED = "processMetadata";

    private final Stack stack;
    private final GatewayProcess gateway;
    private final List<Sent> sent = new CopyOnWriteArrayList<>();
    private final Map<ClientRow, Part> parts = new LinkedHashMap<>();
    private final Map<ClientRow, Silence> silences = new HashMap<>();
    private final Set<ClientRow> behind = new HashSet<>();
    private final KafkaProducer<byte[], byte[]> producer;
    private int number;

    /** A client, its connections and its books. */
    private record Part(FaultyWire wire, ClientBooks books) {}

    /**
     * Prepares it for some clients.
     *
     * @param pages the port of the server for pages
     */
    ClientStory(Stack stack, GatewayProcess gateway, int pages, List<ClientRow> clients) {
        this.stack = stack;
        this.gateway = gateway;
        for (ClientRow client : clients) {
            parts.put(client, new Part(new FaultyWire(gateway.port(), pages), new ClientBooks(sent)));
        }
        producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        stack.kafka().bootstrapServers(),
                        "max.request.size",
                        10_000_000,
                        "max.in.flight.requests.per.connection",
                        1),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Where a client has its stream, behind its own wire. */
    String url(ClientRow client) {
        return "http://127.0.0.1:" + parts.get(client).wire().port() + "/api/events/process-instance/" + DESTINATION
                + "?from=earliest";
    }

    ClientBooks books(ClientRow client) {
        return parts.get(client).books();
    }

    /** The names that a client has to listen to, where it has to name them. */
    static List<String> names() {
        return List.of("message", NAMED, "reset", "token-expiring", "token-expired", "disconnect");
    }

    /** Plays it, and returns how it ended for each client. */
    Map<ClientRow, Verdict> play(Runnable connect) {
        act("connect", () -> {
            send("begin");
            connect.run();
        });
        act("data of all kinds", this::sendAllKinds);
        act("500 at once", () -> sendMany(500));
        act(
                "token expires",
                () -> awaitAll(
                        "a connection with a new token",
                        part -> part.books().notices("token-expiring") > 0
                                && part.wire().requests() > 1));
        act("RST", () -> {
            wires(FaultyWire::reset);
            sendMany(3);
        });
        act("RST inside an event", () -> {
            wires(FaultyWire::cutInside);
            send(NAMED, "\"" + FaultyWire.CUT.repeat(100) + ++number + "\"");
            sendMany(2);
        });
        act("FIN", () -> {
            wires(FaultyWire::end);
            sendMany(3);
        });
        act("SIGTERM and start", () -> away(gateway::stop));
        act("kill -9 and start", () -> away(gateway::kill));
        act("emptied store", () -> {
            emptyStore();
            sendMany(3);
            awaitAll("a reset", part -> part.books().notices("reset") > 0);
        });
        act("silence", this::beSilent);
        return end();
    }

    private void act(String name, Runnable act) {
        long began = System.nanoTime();
        act.run();
        awaitAll("all events after " + name, part -> part.books().isUpToDate());
        System.out.printf("matrix: %s, %.1f s%n", name, (System.nanoTime() - began) / 1e9);
    }

    /** Waits for every client; one that does not come to it is found by its verdict, and the story goes on without it. */
    private void awaitAll(String what, Predicate<Part> holds) {
        awaitFor(PATIENCE, () -> missing(holds).isEmpty());
        for (ClientRow client : missing(holds)) {
            System.out.printf("matrix: %s waits in vain for %s: %s%n", client.id(), what, books(client));
            behind.add(client);
        }
    }

    private List<ClientRow> missing(Predicate<Part> holds) {
        return parts.keySet().stream()
                .filter(client -> !behind.contains(client) && !holds.test(parts.get(client)))
                .toList();
    }

    private static boolean awaitFor(Duration patience, BooleanSupplier condition) {
        long until = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > until) {
                return false;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        return true;
    }

    private void sendAllKinds() {
        send("message", "{\"kind\":\"unnamed\",\"n\":" + ++number + "}");
        send(NAMED, "{\"kind\":\"named\",\"n\":" + ++number + "}");
        send(NAMED, "{\"kind\":\"LF\",\n\"n\":" + ++number + "\n}");
        send(NAMED, "{\"kind\":\"CRLF\",\r\n\"n\":" + ++number + "\r\n}");
        send(NAMED, "{\"kind\":\"CR\",\r\"n\":" + ++number + "\r}");
        send(NAMED, "{\"kind\":\"blank lines\",\n\n\n\"n\":" + ++number + "\n\n}");
        send(NAMED, "{\"kind\":\"line separators \u2028 \u2029 \u0085\",\"n\":" + ++number + "}");
        send(NAMED, "{\"kind\":\"emoji 😀 👩‍👩‍👧 é\",\"n\":" + ++number + "}");
        send(NAMED, "\"\ufeffBOM " + ++number + "\"");
        send(NAMED, "{\"kind\":\"like fields\",\n\"data: x\":1,\n\"id: y\":\": z\",\"n\":" + ++number + "}");
        send("message", "\"\"");
        send("message", "null");
        send(NAMED, "{\"large\":\"" + "aé😀 ".repeat(250_000) + "\",\"n\":" + ++number + "}");
    }

    private void sendMany(int count) {
        for (int i = 0; i < count; i++) {
            send(i % 2 == 0 ? "message" : NAMED, "{\"n\":" + ++number + "}");
        }
    }

    private void send(String data) {
        send("message", "\"" + data + "\"");
    }

    private void send(String name, String data) {
        sent.add(new Sent(name, data.replace("\r\n", "\n").replace('\r', '\n')));
        command(Feed.ENGINE_MESSAGE, ",\"event\":\"" + name + "\",\"data\":" + data);
    }

    private void command(Feed feed, String members) {
        String value = "{\"destination\":\"process-instance/" + DESTINATION + "\"" + members + "}";
        ProducerRecord<byte[], byte[]> next = new ProducerRecord<>(
                Stack.topic(feed),
                DESTINATION.getBytes(StandardCharsets.UTF_8),
                value.getBytes(StandardCharsets.UTF_8));
        next.headers().add("Fx-Organization-Id", ORGANISATION.getBytes(StandardCharsets.UTF_8));
        producer.send(next);
    }

    private void wires(Consumer<FaultyWire> order) {
        parts.values().forEach(part -> order.accept(part.wire()));
    }

    /** The gateway ends, records come while it is away, and it starts again. */
    private void away(Runnable end) {
        end.run();
        wires(FaultyWire::refuse);
        sendMany(3);
        producer.flush();
        gateway.start();
        await("the gateway", gateway::answers);
        wires(FaultyWire::listen);
    }

    private void emptyStore() {
        RedisClient client = RedisClient.create(stack.redis().uri());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            connection.sync().flushall();
        } finally {
            client.shutdown();
        }
    }

    private void beSilent() {
        wires(FaultyWire::freeze);
        sendMany(3);
        awaitFor(SILENCE, () -> parts.values().stream()
                .allMatch(part -> part.wire().frozen() == 0));
        parts.forEach(
                (client, part) -> silences.put(client, part.wire().frozen() == 0 ? Silence.NOTICES : Silence.NEVER));
        wires(FaultyWire::resetFrozen);
    }

    /** Disconnects all, waits whether they come back, and closes the books. */
    private Map<ClientRow, Verdict> end() {
        Map<ClientRow, Integer> asked = new HashMap<>();
        parts.forEach((client, part) -> asked.put(client, part.wire().requests()));
        command(Feed.ENGINE_DISCONNECT, ",\"reason\":\"the end\"");
        awaitAll("the end", part -> part.books().notices("disconnect") > 0);
        LockSupport.parkNanos(AFTER_END.toNanos());
        Map<ClientRow, Verdict> verdicts = new LinkedHashMap<>();
        parts.forEach((client, part) -> {
            ClientBooks books = part.books();
            int again = part.wire().requests() - asked.get(client);
            verdicts.put(
                    client,
                    new Verdict(
                            books.lost(),
                            books.twice(),
                            books.altered(),
                            books.hasEmpty(),
                            silences.get(client),
                            again > 1 ? AfterEnd.ASKS_ON : AfterEnd.STOPS));
        });
        return verdicts;
    }

    /** Which of them did not hear what the gateway announced to them. */
    List<String> unheard() {
        List<String> unheard = new ArrayList<>();
        parts.forEach((client, part) -> {
            for (String name : List.of("token-expiring", "reset", "disconnect")) {
                if (part.books().notices(name) == 0) {
                    unheard.add(client.id() + " " + name);
                }
            }
        });
        return unheard;
    }

    @Override
    public void close() {
        wires(FaultyWire::close);
        producer.close();
    }
}
