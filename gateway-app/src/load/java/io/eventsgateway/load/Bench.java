package io.eventsgateway.load;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A server and clients that are connected to it, under load for one window after the other. Used by one thread. */
final class Bench implements AutoCloseable {

    private static final AtomicInteger RUNS = new AtomicInteger();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(150);
    private static final int MOST_RESTS_IN_VAIN = 12;

    private final Server server;
    private final @Nullable Backends backends;
    private final String prefix;
    private final Clients clients;

    /**
     * Connects clients to new destinations.
     *
     * @param backends under the server; null for none
     */
    Bench(Server server, @Nullable Backends backends, int connections, int destinations, int threads) {
        this(server, backends, connections, destinations, threads, null);
    }

    /**
     * Connects clients to new destinations.
     *
     * @param backends under the server; null for none
     * @param tokens whose tokens the clients bring; null for none
     */
    Bench(
            Server server,
            @Nullable Backends backends,
            int connections,
            int destinations,
            int threads,
            @Nullable Tokens tokens) {
        this.server = server;
        this.backends = backends;
        this.prefix = Long.toString(WallClock.micros(), 36) + "-";
        ClientPlan plan = ClientPlan.of(server, connections, destinations, prefix, threads);
        this.clients =
                new Clients(tokens == null ? plan : plan.withTokens(tokens.tokens(connections)), PATIENCE).allOpen();
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
    }

    /** Sends events on a schedule, waits until the clients have them or nothing comes any more, and tells what that took. */
    Measured window(int rate, int seconds, int size) {
        Schedule schedule = new Schedule(rate, seconds);
        int run = RUNS.incrementAndGet();
        clients.begin(run);
        Costs before = Costs.of(server, backends);
        Schedule.Kept kept = server.send(run, schedule, size, prefix, clients.destinations());
        Totals totals = drain(kept.sent());
        Costs spent = Costs.of(server, backends).minus(before);
        if (clients.cut() > 0) {
            throw new IllegalStateException(clients.cut() + " streams were ended by the server");
        }
        double events = Math.max(1, totals.events());
        return new Measured(
                schedule,
                kept,
                totals,
                spent.server() / events,
                spent.redis() / events,
                spent.kafka() / events,
                server.processes().pssKilobytes() / 1_024);
    }

    private Totals drain(long sent) {
        Totals totals = clients.totals(sent);
        for (int inVain = 0; totals.lost() > 0 && inVain < MOST_RESTS_IN_VAIN; ) {
            LockSupport.parkNanos(REST_NANOS);
            Totals now = clients.totals(sent);
            inVain = now.events() == totals.events() ? inVain + 1 : 0;
            totals = now;
        }
        return totals;
    }

    /** CPU spent so far, in microseconds. */
    private record Costs(double server, double redis, double kafka) {

        static Costs of(Server server, @Nullable Backends backends) {
            return new Costs(
                    server.processes().cpuMicros(),
                    backends == null ? Double.NaN : backends.redisCpuMicros(),
                    backends == null ? Double.NaN : backends.kafkaCpuMicros());
        }

        Costs minus(Costs other) {
            return new Costs(server - other.server, redis - other.redis, kafka - other.kafka);
        }
    }

    @Override
    public void close() {
        clients.close();
    }
}
