package io.eventsgateway.redis;

import io.eventsgateway.Destination;
import io.eventsgateway.EventId;
import io.eventsgateway.log.Appended;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.EventLog;
import io.eventsgateway.log.Follower;
import io.eventsgateway.log.Gap;
import io.eventsgateway.log.Gate;
import io.eventsgateway.log.Page;
import io.eventsgateway.log.StoredEvent;
import io.eventsgateway.log.Tail;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The log on Redis 6.2 or later: a stream and two hashes for each destination, changed by one script, told by publish and
 * subscribe. Any thread may call; stages complete on Lettuce's threads.
 */
public final class RedisEventLog implements EventLog {

    /** How long a position is understood after its event has expired, in retentions. */
    private static final int MEMORY = 6;

    /** Larger events are told by their position only, and read by those who want them. */
    private static final int MAX_PUSHED_BYTES = 16 * 1024;

    /** Bounds of one script call, during which Redis does nothing else. */
    private static final int CALL_ENTRIES = 128;

    private static final int CALL_BYTES = 1024 * 1024;

    private static final byte[] NONE = new byte[0];
    private static final byte[] PUBLISH = Keys.bytes("PUBLISH");

    private final Connections connections;
    private final Push push = new Push();
    private final byte[] retention;
    private final byte[] memory;

    /**
     * A log that is opened by {@link #start}.
     *
     * @param client what connects; lent, never shut down
     * @param retention how long events are kept
     * @param frequency how often followers are woken that Redis is not confirmed to tell
     */
    public RedisEventLog(RedisClient client, RedisURI uri, Duration retention, Duration frequency) {
        this.connections = new Connections(client, uri, push, frequency);
        this.retention = number(retention.toMillis());
        this.memory = number(MEMORY * retention.toMillis());
    }

    /** Connects, now or as soon as the server can be reached. Returns at once. */
    public void start() {
        connections.start();
    }

    /** How the log is doing. */
    public RedisState state() {
        return connections.state();
    }

    @Override
    public CompletionStage<Appended> append(List<Entry> batch) {
        Map<Destination, List<Entry>> byDestination = new LinkedHashMap<>();
        for (Entry entry : batch) {
            byDestination
                    .computeIfAbsent(entry.destination(), key -> new ArrayList<>())
                    .add(entry);
        }
        List<CompletableFuture<Appended>> calls = new ArrayList<>(byDestination.size());
        byDestination.forEach((destination, entries) ->
                calls.add(appendFrom(Keys.of(destination), entries, 0).toCompletableFuture()));
        return CompletableFuture.allOf(calls.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> {
                    Appended sum = Appended.NOTHING;
                    for (CompletableFuture<Appended> call : calls) {
                        sum = sum.plus(call.join());
                    }
                    return sum;
                });
    }

    /** One call after the other: entries of one lane must not overtake each other, not even when a call fails. */
    private CompletionStage<Appended> appendFrom(Keys keys, List<Entry> entries, int from) {
        List<byte[]> names = new ArrayList<>(List.of(keys.meta(), keys.stream(), keys.access()));
        List<byte[]> values = new ArrayList<>(List.of(
                retention,
                memory,
                Keys.bytes(EventId.epochText(ThreadLocalRandom.current().nextLong(1, 1L << 32))),
                Keys.bytes(keys.channel()),
                PUBLISH,
                number(MAX_PUSHED_BYTES)));
        int next = from;
        int bytes = 0;
        while (next < entries.size() && next - from < CALL_ENTRIES && bytes < CALL_BYTES) {
            Entry entry = entries.get(next++);
            byte[] event = StoredForm.write(entry.event());
            bytes += event.length;
            if (entry.eventId() != null) {
                names.add(keys.eventId(entry.eventId()));
            }
            values.add(Keys.bytes("f:" + entry.source().lane()));
            values.add(number(entry.source().offset()));
            values.add(number(entry.eventId() == null ? 0 : names.size()));
            values.add(event);
        }
        int rest = next;
        CompletionStage<Appended> done = connections
                .run(redis -> Script.APPEND.run(redis, names.toArray(byte[][]::new), values.toArray(byte[][]::new)))
                .thenApply(reply -> new Appended(count(reply.get(0)), count(reply.get(1))));
        return rest == entries.size()
                ? done
                : done.thenCompose(first -> appendFrom(keys, entries, rest).thenApply(first::plus));
    }

    @Override
    public CompletionStage<Page> read(Destination destination, @Nullable EventId after, int maxEvents, int maxBytes) {
        Keys keys = Keys.of(destination);
        return connections
                .run(redis -> readAfter(redis, keys, after, maxEvents, maxBytes))
                .thenCompose(reply -> {
                    EventId end = end(reply);
                    List<StoredEvent> events = events(end.epoch(), (List<?>) reply.get(4));
                    boolean more = count(reply.get(3)) == 1;
                    if (after == null) {
                        return CompletableFuture.completedStage(Page.of(Gap.NONE, end, events, more));
                    }
                    Gap gap = Gap.between(
                            after, end, events.isEmpty() ? null : events.get(0).id());
                    boolean fromOldest = after.epoch() != end.epoch();
                    return gap != Gap.REPLACED || fromOldest
                            ? CompletableFuture.completedStage(Page.of(gap, end, events, more))
                            : read(destination, null, maxEvents, maxBytes)
                                    .thenApply(page -> new Page(gap, page.base(), page.events(), page.more()));
                });
    }

    private CompletionStage<List<Object>> readAfter(
            RedisAsyncCommands<byte[], byte[]> redis, Keys keys, @Nullable EventId after, int maxEvents, int maxBytes) {
        EventId from = after == null ? EventId.START : after;
        return Script.READ.run(
                redis,
                new byte[][] {keys.meta(), keys.stream()},
                retention,
                from.equals(EventId.START) ? NONE : Keys.bytes(EventId.epochText(from.epoch())),
                number(from.millis()),
                number(from.sequence()),
                number(maxEvents),
                number(maxBytes));
    }

    @Override
    public CompletionStage<Tail> tail(Destination destination) {
        Keys keys = Keys.of(destination);
        return connections
                .run(redis -> Script.TAIL.run(redis, new byte[][] {keys.meta(), keys.access()}))
                .thenApply(reply -> new Tail(end(reply), gate(text(reply.get(3)), (List<?>) reply.get(4))));
    }

    @Override
    public Following follow(Destination destination, Follower follower) {
        return push.follow(Keys.of(destination).channel(), follower);
    }

    @Override
    public void close() {
        connections.close();
    }

    private static EventId end(List<Object> reply) {
        String epoch = text(reply.get(0));
        return epoch.isEmpty()
                ? EventId.START
                : new EventId(
                        Long.parseLong(epoch, 36),
                        Long.parseLong(text(reply.get(2))),
                        Long.parseLong(text(reply.get(1))));
    }

    private static List<StoredEvent> events(long epoch, List<?> flat) {
        List<StoredEvent> events = new ArrayList<>(flat.size() / 2);
        for (int i = 0; i < flat.size(); i += 2) {
            String id = text(flat.get(i));
            int dash = id.indexOf('-');
            EventId position =
                    new EventId(epoch, Long.parseLong(id.substring(0, dash)), Long.parseLong(id.substring(dash + 1)));
            events.add(new StoredEvent(position, StoredForm.read((byte[]) flat.get(i + 1), 0)));
        }
        return events;
    }

    private static Gate gate(String closed, List<?> fields) {
        Set<String> excluded = new HashSet<>();
        Set<String> subjects = new HashSet<>();
        Set<String> roles = new HashSet<>();
        for (Object field : fields) {
            String name = text(field);
            Set<String> named =
                    switch (name.charAt(0)) {
                        case 'x' -> excluded;
                        case 's' -> subjects;
                        default -> roles;
                    };
            named.add(name.substring(2));
        }
        return new Gate(!closed.isEmpty(), excluded, subjects, roles);
    }

    private static byte[] number(long number) {
        return Keys.bytes(Long.toString(number));
    }

    private static int count(Object reply) {
        return ((Long) reply).intValue();
    }

    private static String text(Object reply) {
        return new String((byte[]) reply, StandardCharsets.UTF_8);
    }
}
