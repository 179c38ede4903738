package io.eventsgateway.load;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All figures of all rounds, by table, row and column, in the order in which they were first entered. Used by one thread. */
final class Figures {

    private final Map<String, Map<String, Map<String, List<Double>>>> tables = new LinkedHashMap<>();

    /** Enters one round's figure. */
    void add(String table, String row, String column, double value) {
        tables.computeIfAbsent(table, name -> new LinkedHashMap<>())
                .computeIfAbsent(row, name -> new LinkedHashMap<>())
                .computeIfAbsent(column, name -> new ArrayList<>())
                .add(value);
    }

    /** Enters what another one {@linkplain #lines() wrote}. */
    void addAll(List<String> lines) {
        lines.stream()
                .map(line -> line.split("\t", -1))
                .forEach(fields -> add(fields[0], fields[1], fields[2], Double.parseDouble(fields[3])));
    }

    /** All of them, a line each. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        tables.forEach((table, rows) -> rows.forEach((row, columns) -> columns.forEach((column, values) ->
                values.forEach(value -> lines.add(String.join("\t", table, row, column, value.toString()))))));
        return lines;
    }

    /** Rows and their columns of every table. */
    Map<String, Map<String, Map<String, List<Double>>>> tables() {
        return tables;
    }

    /** A figure of every round; empty when there is none. */
    List<Double> all(String table, String row, String column) {
        return tables.getOrDefault(table, Map.of()).getOrDefault(row, Map.of()).getOrDefault(column, List.of());
    }

    /** A figure of the latest round; not a number when there is none. */
    double latest(String table, String row, String column) {
        List<Double> all = all(table, row, column);
        return all.isEmpty() ? Double.NaN : all.get(all.size() - 1);
    }

    /** The median of all rounds; not a number when there is none. */
    double median(String table, String row, String column) {
        return median(all(table, row, column));
    }

    static double median(List<Double> values) {
        if (values.isEmpty()) {
            return Double.NaN;
        }
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
