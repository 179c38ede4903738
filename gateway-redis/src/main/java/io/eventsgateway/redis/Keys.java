package io.eventsgateway.redis;

import io.eventsgateway.Destination;
import io.lettuce.core.cluster.SlotHash;
import java.nio.charset.StandardCharsets;

/**
 * The names of one destination in Redis. All have one hash tag, so that they share a slot of a cluster; there are {@link #TAGS} tags,
 * spread evenly over the slots, so that what concerns many destinations takes few calls.
 */
record Keys(int tag, String path) {

    static final int TAGS = 256;

    private static final String[] TAG_NAMES = tagNames();

    static Keys of(Destination destination) {
        String path = destination.organisation() + "/" + destination.path();
        return new Keys((path.hashCode() * 0x9E3779B9) >>> 24, path);
    }

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

    /** How often a writer has appended under a tag. */
    static byte[] guard(int tag, String writer) {
        return bytes("eg:{" + TAG_NAMES[tag] + "}:guard:" + writer);
    }

    /** A channel on which a log hears itself. */
    static String probe(int tag, String writer) {
        return "eg:{" + TAG_NAMES[tag] + "}:probe:" + writer;
    }

    private byte[] key(String kind) {
        return bytes("eg:{" + TAG_NAMES[tag] + "}:" + path + ":" + kind);
    }

    /** Hash of the epoch, the last sequence and time, whether it is closed, and the last offset taken of each lane. */
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
        return key("u:" + eventId);
    }

    /** Hash of how far each subject has been told. */
    byte[] marks() {
        return key("p");
    }

    /** Data of one large event. */
    byte[] large(String name) {
        return key("l:" + name);
    }

    /** The channel on which appends are told. */
    String channel() {
        return "eg:{" + TAG_NAMES[tag] + "}:" + path + ":c";
    }

    static byte[] number(long number) {
        return bytes(Long.toString(number));
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
