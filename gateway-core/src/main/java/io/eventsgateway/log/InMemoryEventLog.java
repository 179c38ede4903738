package io.eventsgateway.log;

import io.eventsgateway.Destination;
import io.eventsgateway.EventId;
import io.eventsgateway.Payload;
import io.eventsgateway.lane.Claim;
import io.eventsgateway.lane.Found;
import io.eventsgateway.lane.LaneClaims;
import io.eventsgateway.lane.LaneOffsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The log of one process, on its heap: for embedding, for the embedded profile and for tests. Everything is gone with the
 * process. Any thread may call; stages are complete on return, followers are told on the appending thread.
 */
public final class InMemoryEventLog implements EventLog {

    /** How long a position is understood after its event has expired, in retentions. */
    private static final int MEMORY = 6;

    private final Duration retention;
    private final InstantSource clock;
    private final Map<Destination, InMemoryDestinationLog> logs = new ConcurrentHashMap<>();
    private final Map<Destination, List<Follower>> followers = new ConcurrentHashMap<>();

    // guarded by itself
    private final LaneOffsets offsets = new LaneOffsets();

    // guarded by sweepLock
    private final Object sweepLock = new Object();
    private long nextSweep;

    /** A log that keeps events for the retention, by the clock's time. */
    public InMemoryEventLog(Duration retention, InstantSource clock) {
        this.retention = retention;
        this.clock = clock;
    }

    @Override
    public boolean isReachable() {
        return true;
    }

    @Override
    public int tags() {
        return 1;
    }

    @Override
    public CompletionStage<Appended> append(Collection<LaneClaims> lanes, List<Entry> batch) {
        List<Claim> claims = lanes.stream().map(each -> each.of(0)).toList();
        List<Found> found = found(claims);
        if (found.stream().anyMatch(Found::isLoss)) {
            return CompletableFuture.failedStage(new LostException(found));
        }
        long now = clock.millis();
        sweep(now);
        int events = 0;
        for (Entry entry : batch) {
            @Nullable StoredEvent[] appended = new StoredEvent[1];
            boolean[] refused = new boolean[1];
            logs.compute(entry.destination(), (destination, known) -> {
                InMemoryDestinationLog log = known == null ? new InMemoryDestinationLog(retention) : known;
                refused[0] = log.refuses(entry, now);
                appended[0] = refused[0] ? null : log.append(entry, now);
                return log;
            });
            StoredEvent stored = appended[0];
            if (refused[0]) {
                return CompletableFuture.failedStage(
                        new RefusedException("the destination would name more than " + Gate.MAX_NAMES));
            } else if (stored != null) {
                events++;
                for (Follower follower : followers.getOrDefault(entry.destination(), List.of())) {
                    follower.appended(
                            stored.id(),
                            stored.previous(),
                            InMemoryDestinationLog.isLarge(stored.event()) ? null : stored.event());
                }
            }
        }
        // last, because it states that every entry is in
        synchronized (offsets) {
            offsets.take(claims);
        }
        return CompletableFuture.completedStage(new Appended(events, batch.size() - events, claims));
    }

    /** Of what it has, it loses nothing; but it begins empty, and another process may have committed. */
    private List<Found> found(List<Claim> claims) {
        synchronized (offsets) {
            return claims.stream()
                    .map(claim -> new Found(claim, offsets.complete(claim.lane(), claim.tag())))
                    .toList();
        }
    }

    @Override
    public CompletionStage<List<Found>> check(Collection<LaneClaims> lanes) {
        List<Claim> claims = lanes.stream().map(each -> each.of(0)).toList();
        synchronized (offsets) {
            List<Found> found = found(claims);
            offsets.check(claims);
            return CompletableFuture.completedStage(found);
        }
    }

    @Override
    public CompletionStage<Page> read(Destination destination, @Nullable EventId after, int maxEvents, int maxBytes) {
        InMemoryDestinationLog log = logs.get(destination);
        if (log == null) {
            Gap gap = after == null ? Gap.NONE : Gap.between(after, EventId.START, null, null);
            return CompletableFuture.completedStage(Page.of(gap, EventId.START, List.of(), false, null));
        }
        return CompletableFuture.completedStage(log.read(after, maxEvents, maxBytes, clock.millis()));
    }

    @Override
    public CompletionStage<@Nullable Payload> readPiece(
            Destination destination, Page.Large large, int from, int bytes) {
        InMemoryDestinationLog log = logs.get(destination);
        Payload data = log == null ? null : log.dataOf(large.id(), clock.millis());
        return CompletableFuture.completedStage(
                data == null ? null : data.slice(from, Math.min(data.size(), from + bytes)));
    }

    @Override
    public CompletionStage<LogEnd> end(Destination destination) {
        InMemoryDestinationLog log = logs.get(destination);
        return CompletableFuture.completedStage(log == null ? new LogEnd(EventId.START, Gate.OPEN) : log.tail());
    }

    @Override
    public CompletionStage<Map<String, Long>> sources(Destination destination) {
        InMemoryDestinationLog log = logs.get(destination);
        return CompletableFuture.completedStage(log == null ? Map.of() : log.sources());
    }

    @Override
    public CompletionStage<Admission> admission(Destination destination, Set<String> names, Set<String> roles) {
        InMemoryDestinationLog log = logs.get(destination);
        return CompletableFuture.completedStage(
                log == null ? Grants.NONE.admission(Gate.OPEN, names, roles) : log.admission(names, roles));
    }

    @Override
    public CompletionStage<?> save(Destination destination, String subject, EventId position) {
        InMemoryDestinationLog log = logs.get(destination);
        if (log != null) {
            log.save(subject, position);
        }
        return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<@Nullable EventId> find(Destination destination, String subject) {
        InMemoryDestinationLog log = logs.get(destination);
        return CompletableFuture.completedStage(log == null ? null : log.find(subject));
    }

    @Override
    public Following follow(Destination destination, Follower follower) {
        followers.compute(destination, (key, known) -> {
            List<Follower> all = known == null ? new CopyOnWriteArrayList<>() : known;
            all.add(follower);
            return all;
        });
        follower.wake();
        return () -> followers.computeIfPresent(destination, (key, all) -> {
            all.remove(follower);
            return all.isEmpty() ? null : all;
        });
    }

    @Override
    public void close() {
        followers.clear();
    }

    /** Forgets, once a minute, the destinations of which no position can be understood any more. */
    private void sweep(long now) {
        synchronized (sweepLock) {
            if (now < nextSweep) {
                return;
            }
            nextSweep = now + 60_000;
        }
        for (Destination destination : logs.keySet()) {
            logs.computeIfPresent(
                    destination, (key, log) -> log.end().millis() < now - MEMORY * retention.toMillis() ? null : log);
        }
    }
}
