package io.eventsgateway.hub;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Where the subscribers of one destination that share a lane wait for news. */
final class Watch implements Runnable {

    final Lane lane;
    private final AtomicBoolean due = new AtomicBoolean();

    // owned by the lane
    private final List<Leg> legs = new ArrayList<>();

    Watch(Lane lane) {
        this.lane = lane;
    }

    /** There are news. Any thread may call. */
    void wake() {
        if (due.compareAndSet(false, true)) {
            try {
                lane.execute(this);
            } catch (RejectedExecutionException refused) {
                due.set(false);
                throw refused;
            }
        }
    }

    /** Tells the news; backwards, because a leg that leaves on hearing them is replaced by the last one. */
    @Override
    public void run() {
        due.set(false);
        for (int i = legs.size() - 1; i >= 0; i--) {
            legs.get(i).woken();
        }
    }

    boolean isEmpty() {
        return legs.isEmpty();
    }

    void add(Leg leg) {
        leg.place = legs.size();
        legs.add(leg);
    }

    void remove(Leg leg) {
        Leg last = legs.remove(legs.size() - 1);
        if (last != leg) {
            legs.set(leg.place, last);
            last.place = leg.place;
        }
    }
}
