package io.eventsgateway.load;

import java.util.List;

/**
 * What a window of load showed.
 *
 * @param totals what the clients got
 * @param cpu of the server, in microseconds an event delivered; so the others, which are no numbers where they are not known
 * @param pss memory of the server at the end, in MB
 */
record Measured(
        Schedule schedule, Schedule.Kept kept, Totals totals, double cpu, double redis, double kafka, double pss) {

    private static final double KEPT = 0.97;
    private static final double LONGEST_P99 = 1_000;

    /** What must be 0 in every row of every table. */
    static final List<String> FAULTS = List.of("lost", "twice", "reordered");

    /** A latency in milliseconds. */
    double millis(double percentile) {
        return totals.latencies().getValueAtPercentile(percentile) / 1_000.0;
    }

    /** Whether the rate can be carried: all came, soon enough, and was sent as it should be. */
    boolean good() {
        return totals.lost() == 0 && millis(99) < LONGEST_P99 && kept.rate() >= KEPT * schedule.rate();
    }

    /** Enters it as a row of a table. */
    void enter(Figures figures, String table, String row) {
        figures.add(table, row, "events", (double) totals.events());
        figures.add(table, row, "lost", (double) totals.lost());
        figures.add(table, row, "twice", (double) totals.twice());
        figures.add(table, row, "reordered", (double) (totals.reordered() + totals.strange()));
        figures.add(table, row, "p50 ms", millis(50));
        figures.add(table, row, "p99 ms", millis(99));
        figures.add(table, row, "p99.9 ms", millis(99.9));
        figures.add(table, row, "max ms", millis(100));
        figures.add(table, row, "CPU µs/event", cpu);
        figures.add(table, row, "Redis µs/event", redis);
        figures.add(table, row, "Kafka µs/event", kafka);
        figures.add(table, row, "PSS MB", pss);
    }
}
