package io.eventsgateway.log;

import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import org.jspecify.annotations.Nullable;

/** A follower that passes everything on; for tests that change what a log tells. */
public abstract class ForwardingFollower implements Follower {

    private final Follower delegate;

    /** Passes on to a follower. */
    protected ForwardingFollower(Follower delegate) {
        this.delegate = delegate;
    }

    @Override
    public void appended(EventId id, EventId previous, @Nullable Event event) {
        delegate.appended(id, previous, event);
    }

    @Override
    public @Nullable EventId position() {
        return delegate.position();
    }

    @Override
    public void wake() {
        delegate.wake();
    }
}
