package io.eventsgateway.load;

import java.util.Formatter;
import java.util.List;
import java.util.Locale;

/** Latency against rate, on logarithmic axes, as SVG that can be read on a light and on a dark page. */
final class LatencyPlot {

    private static final int WIDTH = 760;
    private static final int HEIGHT = 440;
    private static final int LEFT = 64;
    private static final int RIGHT = 150;
    private static final int TOP = 24;
    private static final int BOTTOM = 52;
    private static final String STYLE = """
            <style>
            svg { background: #fff } text { font: 13px system-ui, sans-serif; fill: #333 }
            .grid { stroke: #ddd } .line { fill: none; stroke-width: 2 } .p99 { stroke-dasharray: 5 4 }
            .s0 { stroke: #0b62c4 } .s1 { stroke: #c4500b } .s2 { stroke: #2f8132 }
            circle.line { fill: #fff }
            @media (prefers-color-scheme: dark) {
            svg { background: #0d1117 } text { fill: #ccc } .grid { stroke: #30363d } circle.line { fill: #0d1117 }
            .s0 { stroke: #58a6ff } .s1 { stroke: #f0883e } .s2 { stroke: #56d364 } }
            </style>
            """;

    private final List<Series> series;
    private final Axis x;
    private final Axis y;

    /** One line's name and points. */
    record Series(String name, List<Point> points) {}

    /** A rate and the latencies at it, in milliseconds; not numbers where it was not measured. */
    record Point(double rate, double p50, double p99) {}

    /** From a value to its place. */
    private record Axis(double from, double to, double begin, double end) {

        double at(double value) {
            double part = (Math.log10(value) - Math.log10(from)) / (Math.log10(to) - Math.log10(from));
            return begin + part * (end - begin);
        }
    }

    LatencyPlot(List<Series> series) {
        this.series = series;
        List<Point> points = series.stream()
                .flatMap(each -> each.points().stream())
                .filter(each -> !Double.isNaN(each.p50()))
                .toList();
        double slowest = points.stream().mapToDouble(Point::rate).min().orElse(100);
        double fastest = points.stream().mapToDouble(Point::rate).max().orElse(1_000);
        double least = points.stream().mapToDouble(Point::p50).min().orElse(1);
        double most = points.stream().mapToDouble(Point::p99).max().orElse(10);
        x = new Axis(slowest / 1.15, fastest * 1.15, LEFT, WIDTH - RIGHT);
        y = new Axis(powerBelow(least), 10 * powerBelow(most), HEIGHT - BOTTOM, TOP);
    }

    private static double powerBelow(double value) {
        return Math.pow(10, Math.floor(Math.log10(value)));
    }

    @Override
    public String toString() {
        Formatter svg = new Formatter(Locale.ROOT);
        svg.format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">%n", WIDTH, HEIGHT);
        svg.format("<title>Latency against rate</title>%n%s", STYLE);
        grid(svg);
        for (int i = 0; i < series.size(); i++) {
            line(svg, series.get(i), i);
        }
        return svg.format("</svg>%n").toString();
    }

    private void grid(Formatter svg) {
        for (double value = y.from(); value <= y.to() * 1.001; value *= 10) {
            svg.format(
                    "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%3$.1f\" y2=\"%3$.1f\"/>%n"
                            + "<text x=\"%4$d\" y=\"%5$.1f\" text-anchor=\"end\">%6$s ms</text>%n",
                    LEFT, WIDTH - RIGHT, y.at(value), LEFT - 8, y.at(value) + 4, tick(value));
        }
        series.stream()
                .flatMap(each -> each.points().stream())
                .map(Point::rate)
                .distinct()
                .forEach(rate -> svg.format(
                        "<line class=\"grid\" y1=\"%d\" y2=\"%d\" x1=\"%3$.1f\" x2=\"%3$.1f\"/>%n"
                                + "<text x=\"%3$.1f\" y=\"%4$d\" text-anchor=\"middle\">%5$,.0f</text>%n",
                        TOP, HEIGHT - BOTTOM, x.at(rate), HEIGHT - BOTTOM + 20, rate));
        svg.format(
                "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">events a second</text>%n",
                (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10);
        svg.format("<text x=\"%d\" y=\"%d\">— p50   - - p99</text>%n", WIDTH - RIGHT + 12, TOP + 10);
    }

    private void line(Formatter svg, Series one, int number) {
        List<Point> points =
                one.points().stream().filter(each -> !Double.isNaN(each.p50())).toList();
        Formatter p50 = new Formatter(Locale.ROOT);
        Formatter p99 = new Formatter(Locale.ROOT);
        for (Point point : points) {
            p50.format("%.1f,%.1f ", x.at(point.rate()), y.at(point.p50()));
            p99.format("%.1f,%.1f ", x.at(point.rate()), y.at(point.p99()));
        }
        svg.format("<polyline class=\"line s%d\" points=\"%s\"/>%n", number, p50);
        svg.format("<polyline class=\"line p99 s%d\" points=\"%s\"/>%n", number, p99);
        for (Point point : points) {
            svg.format(
                    "<circle class=\"line s%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>%n",
                    number, x.at(point.rate()), y.at(point.p50()));
        }
        int legend = TOP + 36 + 22 * number;
        svg.format(
                "<line class=\"line s%d\" x1=\"%d\" x2=\"%d\" y1=\"%4$d\" y2=\"%4$d\"/>%n"
                        + "<text x=\"%5$d\" y=\"%6$d\">%7$s</text>%n",
                number, WIDTH - RIGHT + 12, WIDTH - RIGHT + 34, legend, WIDTH - RIGHT + 40, legend + 4, one.name());
    }

    private static String tick(double value) {
        return String.format(Locale.ROOT, value < 1 ? "%.1g" : "%.0f", value);
    }
}
