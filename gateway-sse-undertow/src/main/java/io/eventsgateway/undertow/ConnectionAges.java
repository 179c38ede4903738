package io.eventsgateway.undertow;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How old streams may become. Those of one connection have one limit, that of the first of them, so that they end together: else a client that
 * comes back with one would do so on the connection that the others hold open, and so to the same replica. Any thread may call.
 */
final class ConnectionAges {

    private final Duration maxAge;
    private final Map<SocketAddress, Shared> shared = new ConcurrentHashMap<>();

    /** The limit of a connection, and how many streams it has. */
    private record Shared(AgeLimit limit, int streams) {}

    /** Ages of streams; zero for any age. */
    ConnectionAges(Duration maxAge) {
        this.maxAge = maxAge;
    }

    /**
     * The limit of a stream that begins. One that begins though the limit of its connection is over has a limit of its own, which those have
     * that begin after it.
     *
     * @param peer the other end of its connection
     * @param now by {@link System#nanoTime}
     */
    AgeLimit enter(SocketAddress peer, long now) {
        if (maxAge.isZero()) {
            return limit(now);
        }
        return shared.compute(
                        peer,
                        (same, before) -> before == null
                                ? new Shared(limit(now), 1)
                                : new Shared(
                                        before.limit().isOver(now) ? limit(now) : before.limit(), before.streams() + 1))
                .limit();
    }

    private AgeLimit limit(long now) {
        return AgeLimit.of(maxAge, now, ThreadLocalRandom.current());
    }

    /** A stream of a connection is over that has entered. */
    void leave(SocketAddress peer) {
        shared.computeIfPresent(
                peer,
                (same, before) -> before.streams() == 1 ? null : new Shared(before.limit(), before.streams() - 1));
    }

    /** How many connections have streams that may become too old. */
    int connections() {
        return shared.size();
    }
}
