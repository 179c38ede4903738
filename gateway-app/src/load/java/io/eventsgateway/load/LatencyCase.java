package io.eventsgateway.load;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Case A: many clients, each of its own destination, at rising rates. Used by one thread. */
final class LatencyCase {

    static final String KAFKA_ALONE = "A: Kafka alone, 300 B";

    private static final int SIZE = 300;
    private static final int LARGE_SIZE = 2_048;
    private static final int LARGE_RATE = 2_000;
    private static final int SHORT_SECONDS = 3;
    private static final List<Integer> LADDER =
            List.of(15_000, 20_000, 25_000, 30_000, 40_000, 60_000, 80_000, 120_000, 160_000);

    private final Options options;
    private final Figures figures;

    LatencyCase(Options options, Figures figures) {
        this.options = options;
        this.figures = figures;
    }

    static String table(String name) {
        return "A: " + name + ", each client its own destination";
    }

    static String row(int rate) {
        return String.format(Locale.ROOT, "%,d/s", rate);
    }

    /** Measures what the others' latencies are compared with. */
    void kafkaAlone(Backends backends) {
        try (KafkaAlone kafka = new KafkaAlone(backends)) {
            if (options.warmUps() > 0) {
                kafka.window(LARGE_RATE, options.seconds(), SIZE, options.clients());
            }
            for (int rate : options.rates()) {
                var latencies = kafka.window(rate, options.seconds(), SIZE, options.clients());
                figures.add(KAFKA_ALONE, row(rate), "records", (double) latencies.getTotalCount());
                figures.add(KAFKA_ALONE, row(rate), "p50 ms", latencies.getValueAtPercentile(50) / 1_000.0);
                figures.add(KAFKA_ALONE, row(rate), "p99 ms", latencies.getValueAtPercentile(99) / 1_000.0);
            }
        }
    }

    /** Measures a server; the others of the round come before it. */
    void measure(String name, Server server, @Nullable Backends backends) {
        String table = table(name);
        try (Bench bench = new Bench(server, backends, options.clients(), options.clients(), options.threads())) {
            for (int i = 0; i < options.warmUps(); i++) {
                bench.window(i < 2 ? 2_000 : 5_000, SHORT_SECONDS, SIZE);
            }
            if (options.warmUps() > 0) {
                bench.window(LARGE_RATE, options.seconds(), LARGE_SIZE)
                        .enter(figures, table, row(LARGE_RATE) + ", 2 KB");
            }
            int best = 0;
            for (int rate : options.rates()) {
                Measured measured = bench.window(rate, options.seconds(), SIZE);
                measured.enter(figures, table, row(rate));
                best = measured.good() ? rate : best;
            }
            if (options.full()) {
                figures.add("A: highest rate, nothing lost and p99 < 1 s", name, "events/s", highest(bench, best));
            }
        }
    }

    /** Up the ladder until a rate can't be carried, then between it and the last that can, twice. */
    private static int highest(Bench bench, int carried) {
        int best = carried;
        int bad = 0;
        for (int rate : LADDER) {
            if (bad == 0 && rate > best) {
                if (bench.window(rate, SHORT_SECONDS, SIZE).good()) {
                    best = rate;
                } else {
                    bad = rate;
                }
            }
        }
        for (int i = 0; i < 2 && bad > 0; i++) {
            int middle = (best + bad) / 2;
            if (bench.window(middle, SHORT_SECONDS, SIZE).good()) {
                best = middle;
            } else {
                bad = middle;
            }
        }
        return best;
    }

    /** Compares the gateway with the transport and with Kafka alone, of the same round. */
    void compare(String gateway, String transport) {
        for (int rate : options.rates()) {
            String row = row(rate);
            String table = "A: gateway compared";
            figures.add(table, row, "CPU × Undertow", ratio(row, "CPU µs/event", table(gateway), table(transport)));
            figures.add(table, row, "p50 × Kafka alone", ratio(row, "p50 ms", table(gateway), KAFKA_ALONE));
            figures.add(table, row, "p99 × Kafka alone", ratio(row, "p99 ms", table(gateway), KAFKA_ALONE));
        }
    }

    private double ratio(String row, String column, String one, String other) {
        return figures.latest(one, row, column) / figures.latest(other, row, column);
    }
}
