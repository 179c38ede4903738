package io.eventsgateway.load;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Figures as Markdown: the median of the rounds, and between which figures it lies. */
final class Report {

    private final String facts;
    private final Figures figures;

    /** @param facts what was measured, where and by which command; Markdown */
    Report(String facts, Figures figures) {
        this.facts = facts;
        this.figures = figures;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("# Load report\n\n").append(facts);
        figures.tables().forEach((name, rows) -> {
            text.append("\n\n## ").append(name).append("\n\n");
            table(text, rows);
        });
        return text.append('\n').toString();
    }

    private static void table(StringBuilder text, Map<String, Map<String, List<Double>>> rows) {
        Set<String> columns = new LinkedHashSet<>();
        rows.values().stream().map(Map::keySet).forEach(columns::addAll);
        line(text, "", columns);
        text.append("|---".repeat(columns.size() + 1)).append("|\n");
        rows.forEach((row, cells) -> line(
                text,
                row,
                columns.stream()
                        .map(column -> cell(cells.getOrDefault(column, List.of())))
                        .toList()));
        text.setLength(text.length() - 1);
    }

    private static void line(StringBuilder text, String row, Collection<String> cells) {
        text.append("| ")
                .append(row)
                .append(" | ")
                .append(String.join(" | ", cells))
                .append(" |\n");
    }

    static String cell(List<Double> values) {
        if (values.stream().allMatch(each -> each.isNaN())) {
            return "–";
        }
        double least = values.stream().min(Double::compare).orElseThrow();
        double most = values.stream().max(Double::compare).orElseThrow();
        String median = number(Figures.median(values));
        return least == most ? median : median + " [" + number(least) + "-" + number(most) + "]";
    }

    private static String number(double value) {
        double size = Math.abs(value);
        String format = value == Math.rint(value) || size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }
}
