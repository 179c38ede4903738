package io.eventsgateway.log;

import io.eventsgateway.lane.Found;
import io.eventsgateway.lane.Lane;
import io.eventsgateway.lane.LaneClaims;
import io.eventsgateway.lane.LaneCommit;
import io.eventsgateway.lane.LaneReader;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Appends entries of one lane to a log and looks for what it lost, as a consumer does. Used by one thread. */
public final class LaneWriter {

    private final Supplier<EventWriter> log;
    private final LaneReader reader;

    private LaneWriter(Supplier<EventWriter> log, LaneReader reader) {
        this.log = log;
        this.reader = reader;
    }

    /** The first of a lane. */
    public static LaneWriter of(Supplier<EventWriter> log, Lane lane) {
        return new LaneWriter(log, LaneReader.begin(lane, 0, new long[log.get().tags()]));
    }

    /** The next one of this one's lane, which knows what this one has committed. */
    public LaneWriter next(Supplier<EventWriter> other) {
        LaneCommit commit = Objects.requireNonNull(reader.commit());
        String committed = commit.metadata();
        LaneCommit parsed =
                LaneCommit.parse(commit.offset(), committed, log.get().tags());
        return new LaneWriter(other, LaneReader.takeOver(reader.lane(), Objects.requireNonNull(parsed)));
    }

    /** What a call would claim that has everything up to an offset. */
    public LaneClaims claims(long end) {
        reader.begin(end);
        LaneClaims claims = reader.claims();
        reader.giveUp();
        return claims;
    }

    /**
     * Appends entries, those of the lane in the order of their offsets.
     *
     * @throws CompletionException if they are not appended; after a {@link LostException} to be followed by {@link #goBack}
     */
    public Appended append(Entry... entries) {
        reader.begin(entries[entries.length - 1].source().offset() + 1);
        Appended appended;
        try {
            appended = log.get()
                    .append(List.of(reader.claims()), List.of(entries))
                    .toCompletableFuture()
                    .orTimeout(60, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException failure) {
            refused(failure);
            throw failure;
        }
        appended.claims().forEach(reader::acknowledged);
        reader.completed();
        return appended;
    }

    private void refused(CompletionException failure) {
        if (failure.getCause() instanceof LostException lost) {
            lost.found().forEach(reader::refused);
        } else {
            reader.giveUp();
        }
    }

    /** Goes back to what the log has; returns the offset from which everything has to be appended again. */
    public long goBack() {
        return reader.goBack(0, 0);
    }

    /** Whether the log has lost something that it acknowledged; to be followed by {@link #goBack} then. */
    public boolean hasLost() {
        reader.begin(reader.position());
        List<Found> answer;
        try {
            answer = log.get()
                    .check(List.of(reader.checkClaims()))
                    .toCompletableFuture()
                    .orTimeout(60, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException unanswered) {
            reader.giveUp();
            throw unanswered;
        }
        answer.stream().filter(found -> !found.isLoss()).map(Found::claim).forEach(reader::acknowledged);
        answer.forEach(reader::refused);
        if (reader.state() == LaneReader.State.REFUSED) {
            return true;
        }
        reader.completed();
        return false;
    }
}
