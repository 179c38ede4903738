package io.eventsgateway.redis;

import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.Source;
import io.eventsgateway.lane.Claim;
import io.eventsgateway.log.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;

/** The arguments of one call of {@link Script#APPEND}, which changes some destinations' logs at once. Used by one thread at a time. */
final class AppendCall {

    /** What the field of a destination's meta hash begins with that has a partition's last offset. */
    static final String OFFSET = "f:";

    /** Bounds of one call, during which Redis does nothing else. */
    private static final int ENTRIES = 128;

    private static final int BYTES = 1024 * 1024;

    /** What a name counts for: a thousand keep Redis for some milliseconds, so a call has hardly more. */
    private static final int NAME_BYTES = 1024;

    private static final byte[] WITHOUT = Keys.bytes("0");
    private static final byte[] WITH = Keys.bytes("1");

    private final Map<Keys, List<Entry>> parts = new LinkedHashMap<>();
    private final Map<Integer, List<Claim>> claimed = new HashMap<>();
    private int entries;
    private int bytes;

    /** Adds an entry of the destination that has these keys. */
    void add(Keys keys, Entry entry) {
        parts.computeIfAbsent(keys, key -> new ArrayList<>()).add(entry);
        entries++;
        bytes += cost(entry.event());
    }

    /** What an event adds to a call. */
    private static int cost(Event event) {
        int names = event.subjects().size() + event.roles().size();
        return NAME_BYTES * names
                + (EventCodec.isLarge(event) ? 0 : event.data().size());
    }

    boolean isFull() {
        return entries >= ENTRIES || bytes >= BYTES;
    }

    /**
     * Whether the script may break off before an entry, with those before it half written, where the slot moves: there it must not touch a set
     * again that an earlier entry of the destination may have removed.
     */
    boolean mayBreakOff(Keys keys, Entry entry) {
        return isControl(entry) && parts.getOrDefault(keys, List.of()).stream().anyMatch(AppendCall::isControl);
    }

    private static boolean isControl(Entry entry) {
        return entry.event().kind() != Event.Kind.MESSAGE;
    }

    /** Keeps the data of large events, which has to be there before the events that refer to it. */
    CompletionStage<?> keep(LargeData large) {
        CompletionStage<?> kept = CompletableFuture.completedStage(null);
        for (Map.Entry<Keys, List<Entry>> part : parts.entrySet()) {
            for (Entry entry : part.getValue()) {
                if (EventCodec.isLarge(entry.event())) {
                    byte[] key = part.getKey().large(nameOf(entry.source()));
                    kept = kept.thenCompose(
                            done -> large.keep(key, entry.event().data()));
                }
            }
        }
        return kept;
    }

    /** The tags of what is changed, each once, in the order in which the script takes them. */
    List<Integer> tags() {
        return parts.keySet().stream().map(Keys::tag).distinct().toList();
    }

    /** The entries under a tag. */
    List<Entry> under(int tag) {
        return parts.entrySet().stream()
                .filter(part -> part.getKey().tag() == tag)
                .flatMap(part -> part.getValue().stream())
                .toList();
    }

    /** Sets what is claimed under a tag; nothing is where this is not called. */
    void claim(int tag, List<Claim> claims) {
        claimed.put(tag, claims);
    }

    /** What is claimed, in the order in which the script takes and answers it. */
    List<Claim> claims() {
        return tags().stream().flatMap(tag -> claimsUnder(tag).stream()).toList();
    }

    private List<Claim> claimsUnder(int tag) {
        return claimed.getOrDefault(tag, List.of());
    }

    /** The names of what is changed. */
    byte[][] keys(KeySpace space) {
        List<Integer> tags = tags();
        List<byte[]> names = new ArrayList<>(tags.size() + 4 * parts.size());
        tags.forEach(tag -> names.add(space.lanes(tag)));
        parts.forEach((keys, some) -> {
            names.add(keys.meta());
            names.add(keys.stream());
            names.add(keys.grants());
            names.add(keys.excluded());
            for (Entry entry : some) {
                String eventId = entry.eventId();
                if (eventId != null) {
                    names.add(keys.eventId(eventId));
                }
                if (EventCodec.isLarge(entry.event())) {
                    names.add(keys.large(nameOf(entry.source())));
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
    byte[][] values(List<byte[]> head) {
        List<Integer> tags = tags();
        List<byte[]> values = new ArrayList<>(head.size() + 1 + tags.size() + 3 * parts.size() + 4 * entries);
        values.addAll(head);
        values.add(Keys.number(tags.size()));
        tags.forEach(tag -> addClaims(values, claimsUnder(tag)));
        parts.forEach((keys, some) -> {
            values.add(Keys.bytes(EventId.epochText(ThreadLocalRandom.current().nextLong(1, 1L << 32))));
            values.add(Keys.bytes(keys.channel()));
            values.add(Keys.number(some.size()));
            for (Entry entry : some) {
                Event event = entry.event();
                values.add(Keys.bytes(OFFSET + entry.source().partitionKey()));
                values.add(Keys.number(entry.source().offset()));
                values.add(entry.eventId() == null ? WITHOUT : WITH);
                values.add(
                        EventCodec.isLarge(event)
                                ? EventCodec.encodeReference(event, nameOf(entry.source()))
                                : EventCodec.encode(event));
            }
        });
        return values.toArray(byte[][]::new);
    }

    /** Adds what the scripts take for a tag: how many lanes there are, and each one's name and claim. */
    static void addClaims(List<byte[]> values, List<Claim> ofTag) {
        values.add(Keys.number(ofTag.size()));
        for (Claim claim : ofTag) {
            values.add(Keys.bytes(claim.lane().name()));
            values.add(Keys.number(claim.from()));
            values.add(Keys.number(claim.to()));
        }
    }

    /** The same however often a record is read: what is written twice is written to one place. */
    private static String nameOf(Source source) {
        return source.partitionKey() + "@" + source.offset();
    }
}
