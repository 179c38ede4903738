package io.eventsgateway.kafka;

import io.eventsgateway.lane.Claim;
import io.eventsgateway.lane.Found;
import io.eventsgateway.lane.Lane;
import io.eventsgateway.lane.LaneClaims;
import io.eventsgateway.log.Appended;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.EventWriter;
import io.eventsgateway.log.LostException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A log of one tag that knows how far lanes are complete, keeps no events, and loses them when the test says so. */
final class ScriptedWriter implements EventWriter {

    private final Map<Lane, Long> complete = new HashMap<>();
    boolean isAway;
    int checks;

    /** Has only what is below an offset of each lane. */
    void lose(long below) {
        complete.replaceAll((lane, offset) -> Math.min(offset, below));
    }

    long complete(Lane lane) {
        return complete.getOrDefault(lane, 0L);
    }

    @Override
    public boolean isReachable() {
        return true;
    }

    @Override
    public int tags() {
        return 1;
    }

    /** Takes what is claimed, without entries. */
    CompletionStage<Appended> take(Collection<LaneClaims> lanes) {
        return append(lanes, List.of());
    }

    @Override
    public CompletionStage<Appended> append(Collection<LaneClaims> lanes, List<Entry> batch) {
        List<Found> found = found(lanes);
        if (found.stream().anyMatch(Found::isLoss)) {
            return CompletableFuture.failedStage(new LostException(found));
        }
        List<Claim> claims = found.stream().map(Found::claim).toList();
        claims.forEach(claim -> complete.merge(claim.lane(), claim.to(), Math::max));
        return CompletableFuture.completedStage(new Appended(0, 0, claims));
    }

    @Override
    public CompletionStage<List<Found>> check(Collection<LaneClaims> lanes) {
        checks++;
        if (isAway) {
            return CompletableFuture.failedStage(new IllegalStateException("away"));
        }
        List<Found> found = found(lanes);
        found.stream()
                .filter(each -> !each.isLoss())
                .forEach(
                        each -> complete.merge(each.claim().lane(), each.claim().to(), Math::max));
        return CompletableFuture.completedStage(found);
    }

    private List<Found> found(Collection<LaneClaims> lanes) {
        return lanes.stream()
                .map(each -> each.of(0))
                .map(claim -> new Found(claim, complete(claim.lane())))
                .toList();
    }
}
