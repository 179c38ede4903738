package io.eventsgateway.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures the gateway under load on a real Kafka and a real Redis, beside Kafka alone and the transport alone:
 * {@code mvn -q -Pload -DskipTests verify}. Used by one thread.
 */
final class Load {

    private static final String GATEWAY = "gateway";
    private static final String TRANSPORT = "Undertow alone";

    private final Options options;
    private final Figures figures = new Figures();
    private final LatencyCase latency;
    private final BroadcastCase broadcast;
    private final IdleCase idle;

    Load(Options options) {
        this.options = options;
        this.latency = new LatencyCase(options, figures);
        this.broadcast = new BroadcastCase(options, figures);
        this.idle = new IdleCase(options, figures);
    }

    public static void main(String[] args) {
        System.out.println(new Load(Options.ofProperties()).run());
        System.exit(0);
    }

    /** Measures all rounds and writes the report, which it returns, and the plot. */
    Report run() {
        String facts;
        try (Backends backends = new Backends(options.kafka(), options.redis())) {
            facts = Facts.of(options, backends);
            for (int round = 1; round <= options.rounds(); round++) {
                progress("round " + round + " of " + options.rounds());
                if (options.cases().contains("A")) {
                    progress("  Kafka alone");
                    latency.kafkaAlone(backends);
                }
                transport();
                gateway(backends);
            }
        }
        Report report = new Report(facts, figures);
        try {
            Files.createDirectories(options.out());
            Files.writeString(options.out().resolve("report.md"), report.toString());
            if (options.cases().contains("A")) {
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

    private void transport() {
        if (has("C")) {
            progress("  " + TRANSPORT + ", idle clients");
            try (RawServer server = new RawServer()) {
                idle.measure(TRANSPORT, server, null, null);
            }
        }
        try (RawServer server = new RawServer()) {
            start(TRANSPORT, server, server.secondsToFirstStream(), Double.NaN);
            progress("  " + TRANSPORT + ", load");
            if (has("A")) {
                latency.measure(TRANSPORT, server, null);
            }
            if (has("B")) {
                broadcast.measure(TRANSPORT, server, null);
            }
        }
    }

    private void gateway(Backends backends) {
        if (has("C")) {
            progress("  gateway, idle clients");
            idle(backends);
        }
        try (Gateways server = new Gateways(backends, options.gateway(), 1, null)) {
            start(GATEWAY, server, server.secondsToFirstStream(), server.secondsToGroups());
            progress("  gateway, load");
            if (has("A")) {
                latency.measure(GATEWAY, server, backends);
                latency.compare(GATEWAY, TRANSPORT);
            }
            if (has("B")) {
                broadcast.measure(GATEWAY, server, backends);
            }
        }
        if (has("G")) {
            progress("  gateway, growth");
            new GrowthCase(options, figures, backends).measure();
        }
    }

    private void idle(Backends backends) {
        try (Gateways server = new Gateways(backends, options.gateway(), 1, null)) {
            idle.measure(GATEWAY, server, backends, null);
        }
        if (options.tokens()) {
            try (Tokens tokens = new Tokens();
                    Gateways server = new Gateways(backends, options.gateway(), 1, tokens)) {
                idle.measure(GATEWAY, server, backends, tokens);
            }
        }
    }

    /** Case D: how soon a process serves, and what it needs before anybody comes. */
    private void start(String name, Server server, double secondsToFirstStream, double secondsToGroups) {
        if (has("D")) {
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2));
            String table = "D: start";
            figures.add(table, name, "first stream s", secondsToFirstStream);
            figures.add(table, name, "all groups joined s", secondsToGroups);
            figures.add(table, name, "PSS idle MB", server.processes().pssKilobytes() / 1_024);
        }
    }

    private boolean has(String name) {
        return options.cases().contains(name);
    }

    private LatencyPlot plot() {
        return new LatencyPlot(List.of(
                series("gateway", LatencyCase.table(GATEWAY)),
                series("Kafka alone", LatencyCase.KAFKA_ALONE),
                series("Undertow alone", LatencyCase.table(TRANSPORT))));
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

    private static void progress(String what) {
        System.err.println(what + " …");
    }
}
