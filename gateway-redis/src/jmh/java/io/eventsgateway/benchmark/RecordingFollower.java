package io.eventsgateway.benchmark;

import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.log.Follower;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A follower that remembers the last event that reached it. */
final class RecordingFollower implements Follower {

    private final AtomicReference<EventId> last = new AtomicReference<>(EventId.START);

    /** Whether the event with this sequence reaches it within some seconds. */
    boolean reaches(long sequence) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (position().sequence() < sequence && System.nanoTime() < until) {
            Thread.onSpinWait();
        }
        return position().sequence() == sequence;
    }

    @Override
    public void appended(EventId id, EventId previous, @Nullable Event event) {
        last.set(id);
    }

    @Override
    public EventId position() {
        return last.get();
    }

    @Override
    public void wake() {}
}
