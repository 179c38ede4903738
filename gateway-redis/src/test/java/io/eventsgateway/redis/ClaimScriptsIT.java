package io.eventsgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.Payload;
import io.eventsgateway.lane.Claim;
import io.eventsgateway.lane.Lane;
import io.eventsgateway.lane.LaneOffsets;
import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The scripts that compare claims, held against {@link LaneOffsets} by random sequences of calls, rollbacks and losses. */
class ClaimScriptsIT {

    private static final long HOUR = TimeUnit.HOURS.toMillis(1);
    private static final long MEMORY = 6 * HOUR;
    private static final int MOST_NAMES = 3;
    private static final KeySpace SPACE = new KeySpace("eg", 0);
    private static final List<Lane> LANES =
            List.of(new Lane("g", "t", 0), new Lane("g", "t", 1), new Lane("h", "t", 1));
    private static final List<Keys> DESTINATIONS = twoUnderEach(3);
    private static final List<Integer> TAGS =
            DESTINATIONS.stream().map(Keys::tag).distinct().toList();

    private static RedisServer server;
    private static RedisClient client;
    private static RedisCommands<byte[], byte[]> redis;

    /** What Redis should have. */
    private Store expected = new Store();

    private Random random = new Random(0);

    private static List<Keys> twoUnderEach(int tags) {
        Map<Integer, List<Keys>> byTag = IntStream.range(0, 1000)
                .mapToObj(i -> SPACE.keys(new Destination("acme", "view", "d" + i)))
                .collect(Collectors.groupingBy(Keys::tag));
        return byTag.values().stream()
                .filter(some -> some.size() > 1)
                .limit(tags)
                .flatMap(some -> some.stream().limit(2))
                .toList();
    }

    /** Lanes, and the names of the events in each destination; names are sources. */
    private static final class Store {
        private final LaneOffsets offsets = new LaneOffsets();
        private final Map<Integer, List<String>> events = new TreeMap<>();
        private final Map<String, Long> fences = new HashMap<>();

        Store copy() {
            Store copy = new Store();
            for (Lane lane : LANES) {
                for (int tag : TAGS) {
                    copy.offsets.take(List.of(new Claim(lane, tag, 0, offsets.complete(lane, tag))));
                }
            }
            events.forEach((destination, some) -> copy.events.put(destination, new ArrayList<>(some)));
            copy.fences.putAll(fences);
            return copy;
        }

        boolean add(New entry) {
            String fence = entry.destination() + " " + entry.lane();
            if (fences.getOrDefault(fence, -1L) >= entry.offset()) {
                return false;
            }
            fences.put(fence, entry.offset());
            events.computeIfAbsent(entry.destination(), key -> new ArrayList<>())
                    .add(entry.name());
            return true;
        }
    }

    /** An entry for a destination, by its index. */
    private record New(int destination, Lane lane, long offset) {
        String name() {
            return lane.name() + "@" + offset;
        }
    }

    @BeforeAll
    static void start() {
        server = RedisServer.v70();
        client = RedisClient.create(server.uri());
        redis = client.connect(ByteArrayCodec.INSTANCE).sync();
    }

    @AfterAll
    static void stop() {
        client.shutdown();
        server.close();
    }

    @BeforeEach
    void empty() {
        redis.flushall();
        expected = new Store();
    }

    @Test
    void decidesAsTheRuleDoes() {
        long first = Long.getLong("seed", System.nanoTime());
        int rounds = System.getProperty("seed") == null ? 200 : 1;
        int[] outcomes = new int[2];
        for (int i = 0; i < rounds; i++) {
            random = new Random(first + i);
            empty();
            Store oldStore = expected.copy();
            Map<byte[], byte[]> oldData = dump();
            for (int step = 0; step < 30; step++) {
                switch (random.nextInt(12)) {
                    case 0 -> {
                        oldStore = expected.copy();
                        oldData = dump();
                    }
                    case 1 -> {
                        expected = oldStore.copy();
                        restore(oldData);
                    }
                    case 2, 3, 4 -> check();
                    default -> outcomes[append() ? 1 : 0]++;
                }
                assertThat(stored()).as("-Dseed=%d", first + i).isEqualTo(expected.events);
                assertThat(complete()).as("-Dseed=%d", first + i).isEqualTo(expectedComplete());
            }
        }
        System.out.println(
                "rounds=" + rounds + " first-seed=" + first + " refused=" + outcomes[0] + " taken=" + outcomes[1]);
        if (rounds > 1) {
            assertThat(outcomes[0]).isPositive();
            assertThat(outcomes[1]).isPositive();
        }
    }

    /** One call of some destinations, with the claims of those tags. */
    private boolean append() {
        List<New> entries = new ArrayList<>();
        List<Claim> claims = new ArrayList<>();
        for (int tag : some(TAGS)) {
            for (Lane lane : some(LANES)) {
                Claim claim = claim(lane, tag);
                claims.add(claim);
                for (long offset = Math.max(0, claim.to() - 3); offset < claim.to(); offset++) {
                    for (int destination = 0; destination < DESTINATIONS.size(); destination++) {
                        if (DESTINATIONS.get(destination).tag() == tag && random.nextBoolean()) {
                            entries.add(new New(destination, lane, offset));
                        }
                    }
                }
            }
        }
        List<Object> reply = append(claims, entries);
        boolean taken = expected.offsets.take(claims);
        if (taken) {
            long added = entries.stream().filter(expected::add).count();
            assertThat(reply).containsExactly(added, entries.size() - added);
        } else {
            assertThat(reply.get(0)).isEqualTo(-1L);
            assertThat(numbers(reply.subList(1, reply.size()))).isEqualTo(expected.offsets.complete(claims));
        }
        return taken;
    }

    private void check() {
        List<Claim> claims = new ArrayList<>();
        for (int tag : some(TAGS)) {
            for (Lane lane : some(LANES)) {
                claims.add(claim(lane, tag));
            }
        }

        assertThat(check(claims)).isEqualTo(expected.offsets.check(claims));
    }

    /** At, below or above what is there. */
    private Claim claim(Lane lane, int tag) {
        long near = expected.offsets.complete(lane, tag);
        return new Claim(lane, tag, near(near), near(near + 2));
    }

    private long near(long offset) {
        return Math.max(0, random.nextInt(4) == 0 ? offset + random.nextInt(7) - 3 : offset - random.nextInt(2));
    }

    private <T> List<T> some(List<T> all) {
        List<T> some = new ArrayList<>(all);
        some.removeIf(each -> random.nextInt(3) > 0);
        return some.isEmpty() ? List.of(all.get(random.nextInt(all.size()))) : some;
    }

    @Test
    void raisesNothingWhereItStopsBeforeAnEntry() {
        Lane lane = LANES.get(0);
        int tag = DESTINATIONS.get(0).tag();
        append(List.of(new Claim(lane, tag, 0, 5)), List.of(new New(0, lane, 4)));
        Claim claim = new Claim(lane, tag, 5, 8);
        Event tooMany = Event.connect(Set.of("a", "b", "c", "d"), Set.of());

        List<Object> reply = run(
                "append.lua",
                keys(List.of(claim), Set.of(0)),
                values(List.of(claim), Map.of(0, List.of(entry(new New(0, lane, 6)), entry(lane, 7, tooMany)))));

        assertThat(reply).containsExactly(1L, 0L, 1L);
        assertThat(stored().get(0)).containsExactly(lane.name() + "@4", lane.name() + "@6");
        assertThat(complete().get(lane.name() + " " + tag)).isEqualTo(5);
    }

    @Test
    void keepsLanesForAsLongAsTheyAreChecked() {
        Lane lane = LANES.get(0);
        Lane gone = LANES.get(1);
        int tag = TAGS.get(0);
        append(List.of(new Claim(lane, tag, 0, 5)), List.of());
        assertThat(redis.pttl(key(tag))).isBetween(MEMORY - HOUR, MEMORY);
        long day = TimeUnit.MILLISECONDS.toDays(System.currentTimeMillis());
        redis.hset(key(tag), bytes(gone.name()), bytes("9 " + (day - 5)));
        redis.hset(key(tag), bytes(LANES.get(2).name()), bytes("9 " + (day - 1)));
        redis.hset(key(tag), bytes(lane.name()), bytes("5 " + (day - 5)));
        redis.persist(key(tag));

        check(List.of(new Claim(lane, tag, 5, 5)));

        assertThat(complete())
                .containsOnlyKeys(lane.name() + " " + tag, LANES.get(2).name() + " " + tag);
        assertThat(redis.pttl(key(tag))).isBetween(MEMORY - HOUR, MEMORY);
        // not again on the same day
        redis.hset(key(tag), bytes(gone.name()), bytes("9 " + (day - 5)));
        check(List.of(new Claim(lane, tag, 5, 5)));
        assertThat(complete()).containsKey(gone.name() + " " + tag);
    }

    /** Calls that were prepared before a loss and come after it: with counts of calls they hid what was lost. */
    @Test
    void refusesWhatComesAfterALossHoweverOftenItIsRepeated() {
        Lane lane = LANES.get(0);
        int tag = DESTINATIONS.get(0).tag();
        append(List.of(new Claim(lane, tag, 0, 1)), List.of(new New(0, lane, 0)));
        Map<byte[], byte[]> older = dump();
        append(List.of(new Claim(lane, tag, 1, 2)), List.of(new New(0, lane, 1)));
        append(List.of(new Claim(lane, tag, 2, 3)), List.of(new New(0, lane, 2)));
        restore(older);

        for (int i = 0; i < 3; i++) {
            assertThat(append(List.of(new Claim(lane, tag, 3, 4)), List.of(new New(0, lane, 3))))
                    .hasSize(2)
                    .startsWith(-1L);
        }

        assertThat(stored().get(0)).containsExactly(lane.name() + "@0");
        assertThat(append(
                        List.of(new Claim(lane, tag, 1, 4)),
                        List.of(new New(0, lane, 1), new New(0, lane, 2), new New(0, lane, 3))))
                .containsExactly(3L, 0L);
    }

    private static List<Object> append(List<Claim> claims, List<New> entries) {
        Map<Integer, List<Value>> byDestination = new TreeMap<>();
        for (New each : entries) {
            byDestination
                    .computeIfAbsent(each.destination(), key -> new ArrayList<>())
                    .add(entry(each));
        }
        return run("append.lua", keys(claims, byDestination.keySet()), values(claims, byDestination));
    }

    private static List<Long> check(List<Claim> claims) {
        Map<Integer, List<Claim>> byTag = byTag(claims);
        List<byte[]> values = new ArrayList<>(List.of(Keys.number(MEMORY)));
        byTag.values().forEach(some -> addTo(values, some));
        return numbers(run(
                "check.lua",
                byTag.keySet().stream().map(ClaimScriptsIT::key).toArray(byte[][]::new),
                values.toArray(byte[][]::new)));
    }

    /** An entry as the script takes it. */
    private record Value(String lane, long offset, byte[] event) {}

    private static Value entry(New entry) {
        return entry(entry.lane(), entry.offset(), Event.message(entry.name(), Payload.EMPTY));
    }

    private static Value entry(Lane lane, long offset, Event event) {
        return new Value("f:" + lane.name(), offset, EventCodec.encode(event));
    }

    private static byte[][] keys(List<Claim> claims, Set<Integer> destinations) {
        List<byte[]> keys = new ArrayList<>();
        byTag(claims).keySet().forEach(tag -> keys.add(key(tag)));
        for (int destination : destinations) {
            Keys names = DESTINATIONS.get(destination);
            keys.addAll(List.of(names.meta(), names.stream(), names.grants(), names.excluded()));
        }
        return keys.toArray(byte[][]::new);
    }

    private static byte[][] values(List<Claim> claims, Map<Integer, List<Value>> entries) {
        Map<Integer, List<Claim>> byTag = byTag(claims);
        List<byte[]> values = new ArrayList<>(List.of(
                Keys.number(HOUR),
                Keys.number(MEMORY / HOUR),
                Keys.number(HOUR),
                bytes("PUBLISH"),
                Keys.number(1000),
                Keys.number(MOST_NAMES),
                Keys.number(byTag.size())));
        byTag.values().forEach(some -> addTo(values, some));
        new TreeMap<>(entries).forEach((destination, some) -> {
            values.add(bytes("e"));
            values.add(bytes(DESTINATIONS.get(destination).channel()));
            values.add(Keys.number(some.size()));
            for (Value each : some) {
                values.addAll(List.of(bytes(each.lane()), Keys.number(each.offset()), bytes("0"), each.event()));
            }
        });
        return values.toArray(byte[][]::new);
    }

    private static Map<Integer, List<Claim>> byTag(List<Claim> claims) {
        Map<Integer, List<Claim>> byTag = new LinkedHashMap<>();
        claims.forEach(claim ->
                byTag.computeIfAbsent(claim.tag(), tag -> new ArrayList<>()).add(claim));
        return byTag;
    }

    private static void addTo(List<byte[]> values, List<Claim> ofATag) {
        values.add(Keys.number(ofATag.size()));
        for (Claim claim : ofATag) {
            values.addAll(List.of(bytes(claim.lane().name()), Keys.number(claim.from()), Keys.number(claim.to())));
        }
    }

    private static byte[] key(int tag) {
        return SPACE.key(tag, "lanes", "");
    }

    private static List<Object> run(String file, byte[][] keys, byte[][] values) {
        return redis.eval(bytes(script(file)), ScriptOutputType.MULTI, keys, values);
    }

    private static String script(String file) {
        try (InputStream in = ClaimScriptsIT.class.getResourceAsStream(file)) {
            return new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static List<Long> numbers(List<Object> reply) {
        return reply.stream().map(each -> Long.valueOf(Replies.text(each))).toList();
    }

    /** The names of the events in each destination that has some. */
    private static Map<Integer, List<String>> stored() {
        Map<Integer, List<String>> stored = new TreeMap<>();
        for (int destination = 0; destination < DESTINATIONS.size(); destination++) {
            List<String> names = new ArrayList<>();
            for (StreamMessage<byte[], byte[]> each :
                    redis.xrange(DESTINATIONS.get(destination).stream(), Range.unbounded())) {
                each.getBody().forEach((field, value) -> {
                    if (Replies.text(field).equals("e")) {
                        names.add(EventCodec.decode(value, 0).name());
                    }
                });
            }
            if (!names.isEmpty()) {
                stored.put(destination, names);
            }
        }
        return stored;
    }

    /** How far lanes are complete, where it is somewhere. */
    private static Map<String, Long> complete() {
        Map<String, Long> complete = new TreeMap<>();
        for (int tag : TAGS) {
            redis.hgetall(key(tag)).forEach((field, value) -> {
                if (field.length > 0) {
                    String text = Replies.text(value);
                    complete.put(Replies.text(field) + " " + tag, Long.valueOf(text.substring(0, text.indexOf(' '))));
                }
            });
        }
        return complete;
    }

    private Map<String, Long> expectedComplete() {
        Map<String, Long> complete = new TreeMap<>();
        for (Lane lane : LANES) {
            for (int tag : TAGS) {
                if (expected.offsets.complete(lane, tag) > 0) {
                    complete.put(lane.name() + " " + tag, expected.offsets.complete(lane, tag));
                }
            }
        }
        return complete;
    }

    private static Map<byte[], byte[]> dump() {
        Map<byte[], byte[]> data = new HashMap<>();
        redis.keys("*").forEach(key -> data.put(key, redis.dump(key)));
        return data;
    }

    private static void restore(Map<byte[], byte[]> data) {
        redis.flushall();
        data.forEach((key, value) -> redis.restore(key, 0, value));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
