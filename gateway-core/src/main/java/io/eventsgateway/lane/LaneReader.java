package io.eventsgateway.lane;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the reader of one lane knows: the next record to be read, those before it that wait, and under each tag how far the store acknowledged
 * the lane's entries. Used by one thread, or under one lock. It has one batch under way at a time, whose calls may be under way together.
 *
 * <pre>
 *           begin, retry  acknowledged  refused      completed           giveUp           goBack           rewind         commit
 * READING   SENDING       –             –            –                   –                –                READING at     position,
 *                                                                                                          the position   known
 * SENDING   –             known rises   REFUSED (1)  READING behind      READING before   –                –              position,
 *                                                    the batch           the batch                                        known
 * REFUSED   –             known rises   REFUSED      –                   –                READING at what  –              nothing
 *                                                                                         the store has
 * </pre>
 *
 * An event that has no place in its row throws. (1) Only where the claim exceeds what the store has: another lane of the call was short
 * otherwise, and the batch is given up.
 *
 * <p>A call whose outcome is unknown is repeated with claims that are made anew, or the batch is given up. A {@linkplain #begin batch that
 * ends where it begins} is the check: it has no entries and a claim for every tag.
 *
 * <p>Records that were {@linkplain #completed left} wait, and with them all later ones under their tags: such a tag is closed for batches of
 * what comes next, until all that waits is sent again in one batch. The position, and so every commit, stays at the first that waits.
 */
public final class LaneReader {

    /** What a reader is doing. */
    public enum State {
        /** Nothing is under way. */
        READING,
        /** A batch is under way. */
        SENDING,
        /** The store has lost something; what else is under way has to be awaited. */
        REFUSED
    }

    private final Lane lane;
    private final long[] known;
    /** What was known when the batch under way began. */
    private long[] before;
    /** By tag, the least that the store had. */
    private final Map<Integer, Long> refusals;
    /** By tag, the offsets that wait. */
    private final Map<Integer, NavigableSet<Long>> waiting = new HashMap<>();

    private State state;
    private long next;
    private long end;
    /** The tags that the batch under way has nothing under. */
    private Set<Integer> closed = Set.of();

    LaneReader(Lane lane, State state, long next, long end, long[] known, Map<Integer, Long> refusals) {
        this.lane = lane;
        this.state = state;
        this.next = next;
        this.end = end;
        this.known = known.clone();
        this.before = known.clone();
        this.refusals = new HashMap<>(refusals);
    }

    /**
     * A reader that takes a lane over from whoever committed, with all that one knew: as if it had appended that itself. To be checked soon.
     */
    public static LaneReader takeOver(Lane lane, LaneCommit commit) {
        return begin(lane, commit.offset(), commit.known());
    }

    /**
     * A reader that begins without a commit that it understands.
     *
     * @param position the offset of the first record to be read
     * @param complete how far the store is complete under each tag, or 0 for each where the lane is new: what is lost from now on is
     *     noticed
     */
    public static LaneReader begin(Lane lane, long position, long[] complete) {
        return new LaneReader(lane, State.READING, position, position, complete, Map.of());
    }

    /** The lane. */
    public Lane lane() {
        return lane;
    }

    /** What the reader is doing. */
    public State state() {
        return state;
    }

    /** The offset of the first record that is not acknowledged: one that waits, or the next to be read. */
    public long position() {
        return waiting.values().stream()
                .map(NavigableSet::first)
                .min(Long::compare)
                .orElse(next);
    }

    /** The offset of the next record to be read. */
    public long next() {
        return next;
    }

    /** Whether a record waits. */
    public boolean isWaiting(long offset) {
        return waiting.values().stream().anyMatch(offsets -> offsets.contains(offset));
    }

    /** The end of the batch that is under way; what is to be read next where there is none. */
    public long end() {
        return end;
    }

    /** How far the lane's entries under a tag were acknowledged; may be above the position. */
    public long known(int tag) {
        return known[tag];
    }

    /** What was refused, by tag: how far the store was complete. */
    Map<Integer, Long> refusals() {
        return refusals;
    }

    /**
     * A batch is about to be sent: every record from the next one on, except what is under a tag that others wait under.
     *
     * @param behind the offset behind the batch; that of the next record for a check
     */
    public void begin(long behind) {
        require(State.READING);
        if (behind < next) {
            throw new IllegalArgumentException("batch must not end before " + next + ", got " + behind);
        }
        state = State.SENDING;
        end = behind;
        before = known.clone();
        closed = Set.copyOf(waiting.keySet());
    }

    /** A batch of all records that wait is about to be sent. */
    public void retry() {
        require(State.READING);
        state = State.SENDING;
        before = known.clone();
        closed = Set.of();
    }

    /** What is claimed of the batch that is under way. */
    public LaneClaims claims() {
        requireBatch();
        return new LaneClaims(lane, end, known, closed);
    }

    /** What a check claims, also within a batch that was refused: nothing of the batch is stated to be in the store. */
    public LaneClaims checkClaims() {
        requireBatch();
        return new LaneClaims(lane, position(), known, closed);
    }

    /** The store took a call with this claim. */
    public void acknowledged(Claim claim) {
        requireBatch();
        known[claim.tag()] = Math.max(known[claim.tag()], claim.to());
    }

    /** The store refused a call with this claim, or answered a check. */
    public void refused(Found found) {
        requireBatch();
        if (found.isLoss()) {
            state = State.REFUSED;
            refusals.merge(found.claim().tag(), found.complete(), Math::min);
        }
    }

    /** All calls of the batch were acknowledged. */
    public void completed() {
        completed(Map.of());
    }

    /**
     * All calls of the batch were acknowledged, but for what was left.
     *
     * @param left the offsets of what was left, by tag
     */
    public void completed(Map<Integer, ? extends Set<Long>> left) {
        require(State.SENDING);
        state = State.READING;
        next = end;
        waiting.keySet().retainAll(closed);
        left.forEach((tag, offsets) ->
                waiting.computeIfAbsent(tag, of -> new TreeSet<>()).addAll(offsets));
    }

    /** No call of the batch is under way any more, and not all were acknowledged: reading goes on at the beginning of the batch. */
    public void giveUp() {
        require(State.SENDING);
        state = State.READING;
        end = next;
    }

    /** What waits is read again, and all behind it. */
    public void rewind() {
        require(State.READING);
        readFrom(position());
    }

    private void readFrom(long offset) {
        next = offset;
        end = offset;
        waiting.clear();
    }

    /**
     * No call of the batch is under way any more, and at least one was refused: reading goes on where the store is complete under all tags
     * that were refused. What is known and the position change together, so that no commit ever hides the loss.
     *
     * @param oldest the first record that is still worth reading: what is before it has expired
     * @param emptied where reading begins again where the store has nothing at all of the lane, as one that was emptied
     * @return the new position, never above the beginning of the batch, nor above what waits
     */
    public long goBack(long oldest, long emptied) {
        require(State.REFUSED);
        boolean isEmptied = isEmptied();
        long again = position();
        for (Map.Entry<Integer, Long> refusal : refusals.entrySet()) {
            long complete = refusal.getValue();
            known[refusal.getKey()] = Math.min(known[refusal.getKey()], complete);
            again = Math.min(again, isEmptied ? emptied : Math.max(oldest, complete));
        }
        refusals.clear();
        state = State.READING;
        readFrom(again);
        return again;
    }

    /**
     * Whether nothing is left under any tag that something was acknowledged under before the batch. An emptied store takes what is claimed of a
     * tag of which nothing was known, and what it has then is of the batch.
     */
    private boolean isEmptied() {
        for (int tag = 0; tag < known.length; tag++) {
            if (refusals.getOrDefault(tag, before[tag]) > 0) {
                return false;
            }
        }
        return true;
    }

    /** What may be committed now; null between a refusal and going back. */
    public @Nullable LaneCommit commit() {
        return state == State.REFUSED ? null : new LaneCommit(lane.topicId(), position(), known);
    }

    private void require(State wanted) {
        if (state != wanted) {
            throw new IllegalStateException("reader must be " + wanted + ", is " + state);
        }
    }

    private void requireBatch() {
        if (state == State.READING) {
            throw new IllegalStateException("no batch is under way");
        }
    }
}
