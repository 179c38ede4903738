package io.eventsgateway.redis;

import io.lettuce.core.cluster.SlotHash;
import java.nio.charset.StandardCharsets;

/**
 * The names of one destination in Redis. All have one hash tag, so that they share a slot of a cluster; there are {@link #TAGS} tags,
 * spread evenly over the slots, so that what concerns many destinations takes few calls.
 *
 * @param space what the names begin with
 * @param path organisation, type and id
 */
record Keys(KeySpace space, String path) {

    static final int TAGS = 256;

    /** What no path has. */
    private static final char END_OF_PATH = 0;

    private static final String[] TAG_NAMES = tagNames();

    /** The shortest names of which each falls into another 256th of the slots. */
    private static String[] tagNames() {
        String[] names = new String[TAGS];
        int found = 0;
        for (int i = 0; found < TAGS; i++) {
            String name = Integer.toString(i, 36);
            int part = SlotHash.getSlot(name) / (SlotHash.SLOT_COUNT / TAGS);
            if (names[part] == null) {
                names[part] = name;
                found++;
            }
        }
        return names;
    }

    /** The slot of a tag's keys. */
    static int slot(int tag) {
        return SlotHash.getSlot(TAG_NAMES[tag]);
    }

    static String tagName(int tag) {
        return TAG_NAMES[tag];
    }

    int tag() {
        return (path.hashCode() * 0x9E3779B9) >>> 24;
    }

    private byte[] key(String kind) {
        return space.key(tag(), kind, path);
    }

    /** Hash of the epoch, the last sequence and time, whether it is closed, and the last offset taken of each partition key. */
    byte[] meta() {
        return key("m");
    }

    /** Stream of the events. */
    byte[] stream() {
        return key("s");
    }

    /** Set of whom connects named: subjects as {@code s:NAME}, roles as {@code r:NAME}. */
    byte[] grants() {
        return key("a");
    }

    /** Set of the subjects that are shut out. */
    byte[] excluded() {
        return key("x");
    }

    /** Known for as long as a producer's event id is. */
    byte[] eventId(String eventId) {
        return space.key(tag(), "u", path + END_OF_PATH + eventId);
    }

    /** Hash of the position up to which each subject was served. */
    byte[] marks() {
        return key("p");
    }

    /** Data of one large event. */
    byte[] large(String name) {
        return space.key(tag(), "l", path + END_OF_PATH + name);
    }

    /** The channel on which appends are published. */
    String channel() {
        return space.channel(tag(), "c", path);
    }

    static byte[] number(long number) {
        return bytes(Long.toString(number));
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
