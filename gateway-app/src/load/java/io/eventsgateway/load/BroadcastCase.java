package io.eventsgateway.load;

import org.jspecify.annotations.Nullable;

/** Case B: many clients of one destination, whose events go to all of them. Used by one thread. */
final class BroadcastCase {

    private static final int RATE = 20;
    private static final int SIZE = 300;
    private static final int WARM_UP_SECONDS = 2;

    private final Options options;
    private final Figures figures;

    BroadcastCase(Options options, Figures figures) {
        this.options = options;
        this.figures = figures;
    }

    void measure(String name, Server server, @Nullable Backends backends) {
        try (Bench bench = new Bench(server, backends, options.clients(), 1, options.threads())) {
            for (int i = 0; i < options.warmUps(); i++) {
                bench.window(RATE, WARM_UP_SECONDS, SIZE);
            }
            bench.window(RATE, options.broadcastSeconds(), SIZE)
                    .enter(figures, "B: one destination, 20 events/s to every client", name);
        }
    }
}
