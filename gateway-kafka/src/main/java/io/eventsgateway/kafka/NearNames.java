package io.eventsgateway.kafka;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds topics whose names are like a name or pattern that is none, for whoever has to find out which of both is wrong. */
public final class NearNames {

    private static final int MOST = 3;
    private static final String BETWEEN_WORDS = "[^0-9A-Za-z]+";

    private NearNames() {}

    /**
     * The names that have most words of a pattern, the likeliest first, three at most. Later words count more: they say what a topic is for,
     * the first ones where it belongs.
     *
     * @param pattern a regular expression, or a name
     */
    public static List<String> of(String pattern, Collection<String> names) {
        String[] words = pattern.split(BETWEEN_WORDS, -1);
        int whole = 0;
        for (int i = 0; i < words.length; i++) {
            whole += words[i].isEmpty() ? 0 : i + 1;
        }
        Map<String, Integer> near = new HashMap<>();
        for (String name : names) {
            int shared = shared(words, new HashSet<>(List.of(name.split(BETWEEN_WORDS, -1))));
            if (2 * shared > whole) {
                near.put(name, shared);
            }
        }
        return near.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(MOST)
                .map(Map.Entry::getKey)
                .toList();
    }

    private static int shared(String[] words, Set<String> of) {
        int shared = 0;
        for (int i = 0; i < words.length; i++) {
            shared += !words[i].isEmpty() && of.contains(words[i]) ? i + 1 : 0;
        }
        return shared;
    }
}
