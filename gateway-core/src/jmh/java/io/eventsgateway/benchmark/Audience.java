package io.eventsgateway.benchmark;

import io.eventsgateway.Destination;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.hub.CloseReason;
import io.eventsgateway.hub.Hub;
import io.eventsgateway.hub.Start;
import io.eventsgateway.hub.Subscriber;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * Subscribers of a hub that count what they get, all on one executor that runs one task at a time. One thread appends, and waits for
 * them.
 */
final class Audience {

    private static final Identity ANYBODY = new Identity("", Sample.ORGANISATION, Set.of(), Set.of(), null);

    private final List<Seat> seats = new ArrayList<>();

    // written by the executor
    private volatile int opened;
    private volatile long rounds;
    private int missing;

    /** One subscriber for each of the destinations; returns when all have begun. */
    Audience(Hub hub, List<Destination> destinations, Executor executor) {
        destinations.forEach(destination -> seats.add(new Seat()));
        missing = seats.size();
        for (int i = 0; i < seats.size(); i++) {
            Start latest = new Start(Start.From.LATEST, null);
            hub.subscribe(ANYBODY, List.of(destinations.get(i)), latest, seats.get(i), executor);
        }
        while (opened < seats.size()) {
            Thread.onSpinWait();
        }
    }

    /** Waits until so many events were delivered for each subscriber on average. */
    void await(long events) {
        while (rounds < events) {
            Thread.onSpinWait();
        }
    }

    /** Fails unless each subscriber was delivered so many events. */
    void check(long events) {
        for (Seat seat : seats) {
            if (seat.events != events || seat.bytes < events || seat.closed) {
                throw new IllegalStateException(
                        "a subscriber got " + seat.events + " events of " + events + ", closed=" + seat.closed);
            }
        }
    }

    /** One subscriber; all of it is owned by the executor. */
    private final class Seat implements Subscriber {
        private long events;
        private long bytes;
        private boolean closed;

        @Override
        public void opened() {
            opened++;
        }

        @Override
        public boolean deliver(ByteBuffer... frame) {
            for (ByteBuffer part : frame) {
                bytes += part.remaining();
            }
            events++;
            missing--;
            if (missing == 0) {
                missing = seats.size();
                rounds++;
            }
            return true;
        }

        @Override
        public boolean deliverPart(ByteBuffer... parts) {
            for (ByteBuffer part : parts) {
                bytes += part.remaining();
            }
            return true;
        }

        @Override
        public void position(String lastEventId) {}

        @Override
        public void flush() {}

        @Override
        public void closed(CloseReason reason) {
            closed = true;
        }
    }
}
