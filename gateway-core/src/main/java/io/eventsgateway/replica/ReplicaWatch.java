package io.eventsgateway.replica;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Concludes from the beats of other replicas which of them have died. Counts only the time in which this one has beaten itself: after a pause
 * of its own, or of the store, the others may need longer to beat again. One that was taken for dead and beats again was only slow. That
 * happens to one that starts; from the second such mistake within a minute on, each doubles its limit, so that a replica that is short of
 * processor time is not removed again and again. Used by one thread.
 *
 * <table>
 * <caption>What is known of another replica, and what becomes of it with each answer</caption>
 * <tr><th>state<th>another beat<th>the same beat<th>the same for its limit<th>not shown<th>this one has paused
 * <tr><td>unknown<td>UNSEEN<td>–<td>–<td>–<td>–
 * <tr><td>UNSEEN<td>ALIVE<td>stay<td>DEAD, after the long limit<td>unknown<td>UNSEEN, its time begins anew
 * <tr><td>ALIVE<td>stay<td>stay<td>DEAD, after the short limit<td>unknown<td>UNSEEN, its time begins anew
 * <tr><td>DEAD<td>ALIVE<td>stay<td>stay<td>unknown<td>UNSEEN, its time begins anew
 * </table>
 */
public final class ReplicaWatch {

    /** How long a mistake is remembered. */
    private static final long REMEMBERED_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** How often a limit is doubled at most: by then Kafka's session timeout has passed. */
    private static final int DOUBLED = 4;

    private final String own;
    private final long limitNanos;
    private final long unseenLimitNanos;
    private final long pauseNanos;
    private final Map<String, Seen> others = new HashMap<>();

    /** Those that were taken for dead in the last minute. A process has a name of its own, so who beats again under one of these lived. */
    private final Map<String, Condemned> condemned = new HashMap<>();

    private long answeredAt;

    /** What is known of a replica. */
    enum State {
        /** It is shown; whether it beats is not seen yet. */
        UNSEEN,
        /** It was seen to beat. */
        ALIVE,
        /** It has been missed for so long that it is taken for dead. */
        DEAD
    }

    private record Seen(String beat, long since, State state) {}

    /** How often, each time after another beat. */
    private record Condemned(int times, String beat, long at) {}

    /**
     * Knows of nobody.
     *
     * @param own the name of this replica
     * @param limit how long one is missed before it is taken for dead that was seen to beat
     * @param unseenLimit the same for one that was not
     * @param pause how long this one may have got no answer to trust what it saw before
     * @param now as {@link System#nanoTime}
     */
    public ReplicaWatch(String own, Duration limit, Duration unseenLimit, Duration pause, long now) {
        this.own = own;
        this.limitNanos = limit.toNanos();
        this.unseenLimitNanos = unseenLimit.toNanos();
        this.pauseNanos = pause.toNanos();
        this.answeredAt = now;
    }

    /**
     * This replica has beaten, and was answered.
     *
     * @param beats what each replica showed last
     * @param now as {@link System#nanoTime}
     * @return those that are taken for dead
     */
    public Set<String> answered(Map<String, String> beats, long now) {
        boolean hasPaused = now - answeredAt > pauseNanos;
        answeredAt = now;
        others.keySet().retainAll(beats.keySet());
        condemned.values().removeIf(mistake -> now - mistake.at() > REMEMBERED_NANOS);
        beats.forEach((replica, beat) -> {
            if (!replica.equals(own)) {
                others.put(replica, next(replica, beat, hasPaused, now));
            }
        });
        Set<String> dead = new HashSet<>();
        others.forEach((replica, seen) -> {
            if (seen.state() == State.DEAD) {
                dead.add(replica);
            }
        });
        return dead;
    }

    private Seen next(String replica, String beat, boolean hasPaused, long now) {
        Seen before = others.get(replica);
        if (before == null || hasPaused) {
            return new Seen(beat, now, State.UNSEEN);
        }
        if (!before.beat().equals(beat)) {
            return new Seen(beat, now, State.ALIVE);
        }
        if (before.state() == State.DEAD || now - before.since() < limitNanos(replica, before.state())) {
            return before;
        }
        condemned.merge(
                replica,
                new Condemned(1, beat, now),
                (last, next) -> last.beat().equals(beat) ? last : new Condemned(last.times() + 1, beat, now));
        return new Seen(beat, before.since(), State.DEAD);
    }

    private long limitNanos(String replica, State state) {
        Condemned mistakes = condemned.get(replica);
        int doubled = mistakes == null ? 0 : Math.min(DOUBLED, mistakes.times() - 1);
        return (state == State.UNSEEN ? unseenLimitNanos : limitNanos) << doubled;
    }
}
