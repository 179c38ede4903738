package io.eventsgateway.redis;

import io.eventsgateway.EventId;
import io.eventsgateway.log.Entry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** The arguments of one call of {@link Script#APPEND}, which changes some destinations' logs at once. Used by one thread. */
final class AppendCall {

    /** Bounds of one call, during which Redis does nothing else. */
    static final int ENTRIES = 128;

    private static final int BYTES = 1024 * 1024;

    private static final byte[] WITHOUT = Keys.bytes("0");
    private static final byte[] WITH = Keys.bytes("1");

    private final Map<Keys, List<Part>> parts = new LinkedHashMap<>();
    private int entries;
    private int bytes;

    private record Part(Entry entry, byte[] written) {}

    /** Adds an entry as it is written in Redis. */
    void add(Keys keys, Entry entry, byte[] written) {
        parts.computeIfAbsent(keys, key -> new ArrayList<>()).add(new Part(entry, written));
        entries++;
        bytes += written.length;
    }

    boolean isFull() {
        return entries >= ENTRIES || bytes >= BYTES;
    }

    /** The tags of what is changed, each once; the order in which the script answers their counts. */
    int[] tags() {
        return parts.keySet().stream().mapToInt(Keys::tag).distinct().toArray();
    }

    /** The names of what is changed. */
    byte[][] keys(int[] tags) {
        List<byte[]> names = new ArrayList<>(tags.length + 3 * parts.size());
        for (int tag : tags) {
            names.add(Keys.guard(tag));
        }
        parts.forEach((keys, some) -> {
            names.add(keys.meta());
            names.add(keys.stream());
            names.add(keys.access());
            for (Part part : some) {
                String eventId = part.entry().eventId();
                if (eventId != null) {
                    names.add(keys.eventId(eventId));
                }
            }
        });
        return names.toArray(byte[][]::new);
    }

    /**
     * What is appended.
     *
     * @param head what does not depend on the entries
     */
    byte[][] values(List<byte[]> head, Guard.Known known, int[] tags) {
        List<byte[]> values = new ArrayList<>(head.size() + 1 + tags.length + 3 * parts.size() + 4 * entries);
        values.addAll(head);
        values.add(Keys.number(tags.length));
        for (int tag : tags) {
            values.add(Keys.number(known.count(tag)));
        }
        parts.forEach((keys, some) -> {
            values.add(Keys.bytes(EventId.epochText(ThreadLocalRandom.current().nextLong(1, 1L << 32))));
            values.add(Keys.bytes(keys.channel()));
            values.add(Keys.number(some.size()));
            for (Part part : some) {
                values.add(Keys.bytes("f:" + part.entry().source().lane()));
                values.add(Keys.number(part.entry().source().offset()));
                values.add(part.entry().eventId() == null ? WITHOUT : WITH);
                values.add(part.written());
            }
        });
        return values.toArray(byte[][]::new);
    }
}
