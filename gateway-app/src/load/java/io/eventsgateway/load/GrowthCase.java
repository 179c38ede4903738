package io.eventsgateway.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Case G: how cost grows with clients, replicas and history. Used by one thread. */
final class GrowthCase {

    private static final int RATE = 2_000;
    private static final int WARM_UP_RATE = 5_000;
    private static final int SIZE = 300;
    private static final int SHORT_SECONDS = 3;
    private static final int LAST = 10;
    private static final int RESUMES = 200;

    private final Options options;
    private final Figures figures;
    private final Backends backends;

    GrowthCase(Options options, Figures figures, Backends backends) {
        this.options = options;
        this.figures = figures;
        this.backends = backends;
    }

    void measure() {
        try (Gateways server = new Gateways(backends, options.gateway(), 1, null)) {
            clients(server);
            history(server);
        }
        for (int replicas : List.of(1, 3)) {
            try (Gateways server = new Gateways(backends, options.gateway(), replicas, null)) {
                underLoad(server, options.clients(), "G: replicas on one machine, 2,000/s", Integer.toString(replicas));
            }
        }
    }

    private void clients(Server server) {
        for (int clients : List.of(options.clients(), options.idle())) {
            underLoad(server, clients, "G: clients, 2,000/s", String.format(Locale.ROOT, "%,d", clients));
        }
    }

    private void underLoad(Server server, int clients, String table, String row) {
        try (Bench bench = new Bench(server, backends, clients, clients, options.threads())) {
            // more than elsewhere: three replicas share what warms them up
            for (int i = 0; i < 2 * options.warmUps(); i++) {
                bench.window(WARM_UP_RATE, SHORT_SECONDS, SIZE);
            }
            bench.window(RATE, options.seconds(), SIZE).enter(figures, table, row);
        }
    }

    /** How long the last events take to come to a client that was away, with little and with much before them. */
    private void history(Server server) {
        for (int events : List.of(100, 10_000)) {
            String destination = "history-" + events + "-" + Long.toString(WallClock.micros(), 36);
            String position = fill(server, destination, events);
            List<Double> resumes = new ArrayList<>();
            for (int i = 0; i < RESUMES; i++) {
                long began = System.nanoTime();
                try (PlainStream stream = new PlainStream(server, destination + "0", position)) {
                    stream.await(LAST);
                }
                resumes.add((System.nanoTime() - began) / 1e6);
            }
            String row = String.format(Locale.ROOT, "%,d", events);
            figures.add("G: resume of the last 10 of a history", row, "median ms", Figures.median(resumes));
        }
    }

    /** Fills a history and returns the position before its last events. */
    private static String fill(Server server, String destination, int events) {
        try (PlainStream stream = new PlainStream(server, destination + "0", "")) {
            server.send(0, new Schedule(Math.min(events, RATE), Math.max(1, events / RATE)), SIZE, destination, 1);
            stream.await(events - LAST);
            String position = stream.lastEventId();
            stream.await(LAST);
            return position;
        }
    }
}
