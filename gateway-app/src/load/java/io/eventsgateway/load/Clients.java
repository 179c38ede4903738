package io.eventsgateway.load;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/** Many clients that keep books, held by few threads. Used by one thread. */
final class Clients implements AutoCloseable {

    private static final long REST_NANOS = 2_000_000;

    private final ClientPlan plan;
    private final List<ClientLoop> loops;

    /**
     * How connecting went.
     *
     * @param seconds until the last was open or refused
     * @param refusal what was said to one that was refused
     * @param latencies from connect to the answer's headers, in microseconds
     */
    record Connected(int open, int refused, double seconds, String refusal, Histogram latencies) {

        double rate() {
            return open / seconds;
        }
    }

    private final Connected connected;

    /** Connects all of them and returns when each is open or refused, or after a while. */
    Clients(ClientPlan plan, Duration patience) {
        this.plan = plan;
        long began = System.nanoTime();
        loops = IntStream.range(0, plan.threads())
                .mapToObj(first -> new ClientLoop(plan, first))
                .toList();
        loops.forEach(Clients::start);
        while (progress().anyMatch(each -> each.pending() > 0) && System.nanoTime() - began < patience.toNanos()) {
            LockSupport.parkNanos(REST_NANOS);
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        Histogram latencies = Totals.histogram();
        progress().forEach(each -> latencies.add(each.connects()));
        connected = new Connected(
                progress().mapToInt(ClientLoop.Progress::open).sum(),
                progress().mapToInt(ClientLoop.Progress::refused).sum(),
                seconds,
                progress().map(ClientLoop.Progress::refusal).reduce("", (one, other) -> one.isEmpty() ? other : one),
                latencies);
    }

    private static void start(ClientLoop loop) {
        Thread thread = new Thread(loop, "load-clients");
        thread.setDaemon(true);
        thread.start();
    }

    private Stream<ClientLoop.Progress> progress() {
        return loops.stream().map(loop -> loop.ask(loop::progress));
    }

    /** How connecting went. */
    Connected connected() {
        return connected;
    }

    /** The same, where every client must have been let in. */
    Clients allOpen() {
        if (connected.open() < plan.connections()) {
            throw new IllegalStateException(connected.open() + " of " + plan.connections() + " clients are connected; "
                    + connected.refused() + " were refused: " + connected.refusal());
        }
        return this;
    }

    /** How many streams were ended by the server. */
    int cut() {
        return progress().mapToInt(ClientLoop.Progress::cut).sum();
    }

    int destinations() {
        return plan.destinations();
    }

    /** Opens new books: from now on only events of this run count. */
    void begin(int run) {
        loops.forEach(loop -> loop.ask(() -> loop.begin(run)));
    }

    /**
     * The books as they are now.
     *
     * @param sent how many events of the run were sent, to one destination after the other
     */
    Totals totals(long sent) {
        Totals all = new Totals();
        loops.forEach(loop -> all.add(loop.ask(() -> loop.totals(sent))));
        return all;
    }

    @Override
    public void close() {
        loops.forEach(ClientLoop::close);
    }
}
