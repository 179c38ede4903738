package io.eventsgateway.hub;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts from which state to which things went between two looks. What lies between two looks isn't seen, nor what is within others, as a large
 * event in its reader.
 */
final class Moves {

    private final Map<String, Map<String, Long>> counts = new TreeMap<>();
    private final Map<Object, Enum<?>> last = new IdentityHashMap<>();

    /** Forgets the things, and keeps the counts. */
    void begin() {
        last.clear();
    }

    void look(Object thing, Enum<?> state) {
        Enum<?> before = last.put(thing, state);
        if (before != null && before != state) {
            counts.computeIfAbsent(thing.getClass().getSimpleName(), key -> new TreeMap<>())
                    .merge(before + ">" + state, 1L, Long::sum);
        }
    }

    void print() {
        counts.forEach((name, moves) -> System.out.println("moves: " + name + " " + moves));
    }
}
