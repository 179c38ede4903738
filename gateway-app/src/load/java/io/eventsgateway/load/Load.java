package io.eventsgateway.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;

/**
 * Measures the gateway under load on a real Kafka and a real Redis, beside Kafka alone and the transport alone:
 * {@code mvn -q -Pload -DskipTests verify}. Used by one thread.
 */
final class Load {

    static final String GATEWAY = "gateway";
    static final String UNDERTOW = "Undertow alone";

    private final Options options;
    private final Figures figures = new Figures();

    Load(Options options) {
        this.options = options;
    }

    public static void main(String[] args) {
        System.out.println(new Load(Options.ofProperties()).run());
        System.exit(0);
    }

    /** Measures all rounds and writes the report, which it returns, and the plot. */
    Report run() {
        boolean latencies = options.cases().contains("A");
        String facts;
        try (Backends backends = new Backends(options.kafka(), options.redis())) {
            facts = Facts.of(options, backends);
            for (int round = 1; round <= options.rounds(); round++) {
                System.err.println("round " + round + " of " + options.rounds() + " …");
                for (Part part : Part.values()) {
                    if (part.isWanted(options)) {
                        System.err.println("  " + part + " …");
                        figures.addAll(PartRun.inProcess(part, options, backends));
                    }
                }
                if (latencies) {
                    new LatencyCase(options, figures).compare(GATEWAY, UNDERTOW);
                }
            }
        }
        Report report = new Report(facts, figures);
        try {
            Files.createDirectories(options.out());
            Files.writeString(options.out().resolve("report.md"), report.toString());
            if (latencies) {
                Files.writeString(options.out().resolve("latency.svg"), plot().toString());
            }
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
        return report;
    }

    Figures figures() {
        return figures;
    }

    private LatencyPlot plot() {
        return new LatencyPlot(List.of(
                series(GATEWAY, LatencyCase.table(GATEWAY)),
                series("Kafka alone", LatencyCase.KAFKA_ALONE),
                series(UNDERTOW, LatencyCase.table(UNDERTOW))));
    }

    private LatencyPlot.Series series(String name, String table) {
        return new LatencyPlot.Series(
                name,
                options.rates().stream()
                        .map(rate -> new LatencyPlot.Point(
                                rate,
                                figures.median(table, LatencyCase.row(rate), "p50 ms"),
                                figures.median(table, LatencyCase.row(rate), "p99 ms")))
                        .toList());
    }
}
