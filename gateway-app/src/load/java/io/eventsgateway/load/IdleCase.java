package io.eventsgateway.load;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Case C: many clients connect to a fresh process and get nothing. Used by one thread. */
final class IdleCase {

    private final Options options;
    private final Figures figures;

    IdleCase(Options options, Figures figures) {
        this.options = options;
        this.figures = figures;
    }

    /** @param tokens whose tokens the clients bring, each another subject's; null for none */
    void measure(String name, Server server, @Nullable Backends backends, @Nullable Tokens tokens) {
        ClientPlan plan = ClientPlan.of(
                server, options.idle(), options.idle(), Long.toString(WallClock.micros(), 36) + "-", options.threads());
        if (tokens != null) {
            plan = plan.withTokens(tokens.tokens(options.idle()));
        }
        rest(1);
        ProcessTree processes = server.processes();
        double memory = processes.pssKilobytes();
        double cpu = processes.cpuMicros();
        try (Clients clients = new Clients(plan, Duration.ofSeconds(60)).allOpen()) {
            rest(1);
            double idle = processes.cpuMicros();
            double redis = backends == null ? Double.NaN : backends.redisCpuMicros();
            rest(options.idleSeconds());
            String table = String.format(Locale.ROOT, "C: %,d idle clients", options.idle());
            String row = tokens == null ? name : name + ", RS256 tokens";
            Clients.Connected connected = clients.connected();
            figures.add(table, row, "connects/s", connected.rate());
            figures.add(table, row, "connect p99 ms", connected.latencies().getValueAtPercentile(99) / 1_000.0);
            figures.add(table, row, "CPU µs/connect", (idle - cpu) / options.idle());
            figures.add(table, row, "KB/client", (processes.pssKilobytes() - memory) / options.idle());
            figures.add(table, row, "idle CPU %", percent(processes.cpuMicros() - idle));
            figures.add(
                    table,
                    row,
                    "Redis idle CPU %",
                    backends == null ? Double.NaN : percent(backends.redisCpuMicros() - redis));
        }
    }

    private double percent(double micros) {
        return micros / (options.idleSeconds() * 1e6) * 100;
    }

    private static void rest(int seconds) {
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(seconds));
    }
}
