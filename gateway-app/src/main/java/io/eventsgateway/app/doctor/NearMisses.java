package io.eventsgateway.app.doctor;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds the names that somebody may have meant. */
final class NearMisses {

    private static final int MOST = 3;
    private static final double ENOUGH = 0.6;
    private static final double OF_A_WORD_TOO_MANY = 0.01;

    private NearMisses() {}

    private record Scored(String name, double score) {}

    /** The names that have most words in common with the wanted one, which may be a regular expression; the nearest first. */
    static List<String> of(String wanted, Collection<String> names) {
        Set<String> words = words(wanted.replaceAll("[\\\\*+?^$()\\[\\]|]", ""));
        return names.stream()
                .filter(name -> !name.equals(wanted) && !name.startsWith("__"))
                .map(name -> new Scored(name, score(words, words(name))))
                .filter(each -> each.score() >= ENOUGH)
                .sorted(Comparator.comparingDouble(Scored::score).reversed().thenComparing(Scored::name))
                .limit(MOST)
                .map(Scored::name)
                .toList();
    }

    private static double score(Set<String> wanted, Set<String> words) {
        long common = wanted.stream().filter(words::contains).count();
        return (double) common / Math.max(1, wanted.size()) - OF_A_WORD_TOO_MANY * (words.size() - common);
    }

    private static Set<String> words(String name) {
        return Arrays.stream(name.split("[._-]", -1))
                .filter(word -> !word.isEmpty())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
