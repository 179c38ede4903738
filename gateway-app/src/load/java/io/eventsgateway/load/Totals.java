package io.eventsgateway.load;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** What all clients got of one run. Used by one thread at a time. */
final class Totals {

    private static final long LONGEST = TimeUnit.MINUTES.toMicros(5);

    private final Histogram latencies = histogram();
    private long lost;
    private long twice;
    private long reordered;
    private long strange;

    /** One for microseconds. */
    static Histogram histogram() {
        return new Histogram(1, LONGEST, 3);
    }

    /** Records microseconds, whatever the clocks say. */
    static void record(Histogram histogram, long micros) {
        histogram.recordValue(Math.max(1, Math.min(micros, LONGEST)));
    }

    /** Adds one client's books. */
    void add(long lost, long twice, long reordered) {
        this.lost += lost;
        this.twice += twice;
        this.reordered += reordered;
    }

    /** Adds what one loop saw. */
    void add(Histogram latencies, long strange) {
        this.latencies.add(latencies);
        this.strange += strange;
    }

    /** Adds other clients' totals. */
    void add(Totals other) {
        add(other.lost, other.twice, other.reordered);
        add(other.latencies, other.strange);
    }

    /** From when events were due until clients had them, in microseconds. */
    Histogram latencies() {
        return latencies;
    }

    /** Events delivered. */
    long events() {
        return latencies.getTotalCount();
    }

    /** Events that were sent and did not come. */
    long lost() {
        return lost;
    }

    /** Events that came again. */
    long twice() {
        return twice;
    }

    /** Events that came after a later one of their destination. */
    long reordered() {
        return reordered;
    }

    /** Events that are not of this run or of the client's destination. */
    long strange() {
        return strange;
    }
}
