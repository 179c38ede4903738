package io.eventsgateway.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/** A thread that holds many connections. Others ask it by {@link #ask}; all else is called by its own connections. */
final class ClientLoop implements Runnable {

    private static final int BUFFER = 256 * 1024;
    private static final long REST_MILLIS = 100;

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Selector selector;
    private final ClientPlan plan;
    private final int first;
    private volatile boolean closed;

    // of the loop's thread
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    private final List<Connection> connections = new ArrayList<>();
    private final Histogram connects = Totals.histogram();
    private final Histogram latencies = Totals.histogram();
    private int next;
    private int connecting;
    private int open;
    private int cut;
    private String refusal = "";
    private int refused;
    private int run;
    private long strange;
    private long now;

    /** @param first index of its first connection; the others follow at a distance of the plan's threads */
    ClientLoop(ClientPlan plan, int first) {
        this.plan = plan;
        this.first = first;
        this.next = first;
        try {
            this.selector = Selector.open();
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
    }

    /**
     * How far its connections are.
     *
     * @param pending not yet decided
     * @param refusal what was said to the last that was refused
     */
    record Progress(int pending, int open, int refused, int cut, String refusal, Histogram connects) {}

    @Override
    public void run() {
        try {
            while (!closed) {
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
                while (next < plan.connections() && connecting < plan.inFlight() / plan.threads()) {
                    connect(next);
                    next += plan.threads();
                }
                selector.select(key -> ((Connection) key.attachment()).ready(key, buffer), REST_MILLIS);
            }
            connections.forEach(Connection::close);
            selector.close();
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
    }

    private void connect(int index) {
        connecting++;
        try {
            connections.add(new Connection(
                    this,
                    selector,
                    index % plan.destinations(),
                    plan.server(index),
                    plan.source(index),
                    plan.request(index)));
        } catch (IOException failed) {
            refused(failed.toString());
        }
    }

    /** Asks something in the loop's thread. */
    <T> T ask(Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        tasks.add(() -> answer.complete(question.get()));
        selector.wakeup();
        return answer.orTimeout(30, TimeUnit.SECONDS).join();
    }

    /** How far its connections are; to be asked. */
    Progress progress() {
        int begun = (next - first) / plan.threads();
        int all = (plan.connections() - first + plan.threads() - 1) / plan.threads();
        return new Progress(all - begun + connecting, open, refused, cut, refusal, connects.copy());
    }

    /** Begins a run; to be asked. */
    boolean begin(int number) {
        run = number;
        strange = 0;
        latencies.reset();
        return true;
    }

    /** The books of the run; to be asked. */
    Totals totals(long sent) {
        Totals totals = new Totals();
        connections.stream()
                .filter(each -> each.state() != Connection.State.REFUSED)
                .forEach(each -> each.report(totals, sent, plan.destinations()));
        totals.add(latencies, strange);
        return totals;
    }

    void close() {
        closed = true;
        selector.wakeup();
    }

    int runNumber() {
        return run;
    }

    void arrivedNow() {
        now = WallClock.micros();
    }

    void arrived(long due) {
        Totals.record(latencies, now - due);
    }

    void strange() {
        strange++;
    }

    void opened(long began) {
        connecting--;
        open++;
        Totals.record(connects, now - began);
    }

    void refused(String reason) {
        connecting--;
        refused++;
        refusal = reason;
    }

    void cut() {
        open--;
        cut++;
    }
}
