package io.eventsgateway.log;

import io.eventsgateway.Destination;
import io.eventsgateway.EventId;
import io.eventsgateway.Payload;
import io.eventsgateway.lane.Found;
import io.eventsgateway.lane.LaneClaims;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A log that hands everything to another one; tests change what they need. */
public abstract class ForwardingEventLog implements EventLog {

    /** For subclasses. */
    protected ForwardingEventLog() {}

    /** The log to hand to, now. */
    protected abstract EventLog delegate();

    @Override
    public boolean isReachable() {
        return delegate().isReachable();
    }

    @Override
    public int tags() {
        return delegate().tags();
    }

    @Override
    public CompletionStage<Appended> append(Collection<LaneClaims> lanes, List<Entry> batch) {
        return delegate().append(lanes, batch);
    }

    @Override
    public CompletionStage<List<Found>> check(Collection<LaneClaims> lanes) {
        return delegate().check(lanes);
    }

    @Override
    public CompletionStage<Page> read(Destination destination, @Nullable EventId after, int maxEvents, int maxBytes) {
        return delegate().read(destination, after, maxEvents, maxBytes);
    }

    @Override
    public CompletionStage<@Nullable Payload> readPiece(
            Destination destination, Page.Large large, int from, int bytes) {
        return delegate().readPiece(destination, large, from, bytes);
    }

    @Override
    public CompletionStage<LogEnd> end(Destination destination) {
        return delegate().end(destination);
    }

    @Override
    public CompletionStage<Map<String, Long>> sources(Destination destination) {
        return delegate().sources(destination);
    }

    @Override
    public CompletionStage<Admission> admission(Destination destination, Set<String> names, Set<String> roles) {
        return delegate().admission(destination, names, roles);
    }

    @Override
    public CompletionStage<?> save(Destination destination, String subject, EventId position) {
        return delegate().save(destination, subject, position);
    }

    @Override
    public CompletionStage<@Nullable EventId> find(Destination destination, String subject) {
        return delegate().find(destination, subject);
    }

    @Override
    public Following follow(Destination destination, Follower follower) {
        return delegate().follow(destination, follower);
    }

    @Override
    public void close() {
        delegate().close();
    }
}
