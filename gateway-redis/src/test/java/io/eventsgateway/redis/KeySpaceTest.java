package io.eventsgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.eventsgateway.Destination;
import io.lettuce.core.cluster.SlotHash;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing that a producer writes into ids makes two things have one name. */
class KeySpaceTest {

    /** What names are made of and joined by, and what Redis gives a meaning to: few, so that what can meet does. */
    private static final String[] PIECES = {
        "a", ":", ":u:", ":m", "m:", "u:", ":l:", ":c", "/", "{", "}", "*", "lanes:", "\u00e9"
    };

    /** What event ids may have besides. */
    private static final String[] HIDDEN = {"\0", "\n", "\0a", "m"};

    @Test
    void keepsTheIdsOfProducersApartFromKindsAndDestinations() {
        KeySpace space = new KeySpace("eg", 0);
        Keys victim = space.keys(new Destination("default", "process-instance", "victim"));
        int i = 0;
        Keys hostile;
        do {
            hostile = space.keys(new Destination("default", "process-instance", "victim:u:k" + ++i));
        } while (hostile.tag() != victim.tag());

        assertThat(victim.eventId("k" + i + ":m")).isNotEqualTo(hostile.meta());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void neverGivesTwoThingsOneName(long seed) {
        Random random = new Random(seed);
        Map<String, String> keys = new HashMap<>();
        Map<String, String> channels = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            KeySpace space = new KeySpace(pick(random, "eg", "eg.u"), random.nextInt(2));
            Destination destination = new Destination(
                    pick(random, "m", "m", "u"), pick(random, "view", "view", "a"), text(random, PIECES));
            Keys names = space.keys(destination);
            String eventId = text(random, random.nextBoolean() ? PIECES : HIDDEN);
            int tag = names.tag();
            String base = space.prefix() + " of " + destination;
            put(keys, names.meta(), "meta of " + base);
            put(keys, names.stream(), "stream of " + base);
            put(keys, names.grants(), "grants of " + base);
            put(keys, names.excluded(), "excluded of " + base);
            put(keys, names.marks(), "marks of " + base);
            put(keys, names.eventId(eventId), "event id '" + eventId + "' of " + base);
            put(keys, names.large(eventId), "large '" + eventId + "' of " + base);
            put(keys, space.write(tag, eventId), "write '" + eventId + "' of " + space.prefix());
            put(keys, space.lanes(tag), "lanes of " + space.prefix());
            String environment = " of " + space;
            putText(channels, names.channel(), "channel of " + destination + environment);
            putText(channels, space.probe(tag, eventId), "probe '" + eventId + "'" + environment);
        }
        assertThat(keys).hasSizeGreaterThan(10_000);
    }

    @Test
    void putsAllNamesOfADestinationIntoOneSlotWhateverItsIdHas() {
        for (String id : List.of("{", "}", "{}", "{a}", "}{", "a}:{b")) {
            Keys names = new KeySpace("eg", 3).keys(new Destination("acme", "view", id));

            int slot = Keys.slot(names.tag());
            assertThat(List.of(names.meta(), names.stream(), names.eventId("{x}"), Keys.bytes(names.channel())))
                    .allSatisfy(name -> assertThat(SlotHash.getSlot(name)).isEqualTo(slot));
        }
    }

    private static void put(Map<String, String> known, byte[] name, String what) {
        putText(known, new String(name, StandardCharsets.UTF_8), what);
    }

    /** Leaves out the tag, which some pair of hostile ids shares. */
    private static void putText(Map<String, String> known, String name, String what) {
        String untagged = name.replaceFirst("[{][0-9a-z]+[}]", "{}");
        String before = known.putIfAbsent(untagged, what);
        if (before != null && !before.equals(what)) {
            fail("%s and %s are both named %s", before, what, name);
        }
    }

    private static String pick(Random random, String... some) {
        return some[random.nextInt(some.length)];
    }

    private static String text(Random random, String... pieces) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(4); i >= 0; i--) {
            text.append(pick(random, pieces));
        }
        return text.toString();
    }
}
