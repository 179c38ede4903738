package io.eventsgateway.lane;

import static io.eventsgateway.lane.Scenario.DESTINATIONS;
import static io.eventsgateway.lane.Scenario.LANES;
import static io.eventsgateway.lane.Scenario.READERS;
import static io.eventsgateway.lane.Scenario.TAGS;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One state of {@link LossModel}: the store and what a failover would go back to, Kafka's commits, two readers, and a call that is late. */
final class World {

    private static final Call[] CALLS = Call.values();

    /** The lanes' names. */
    static final Lane[] NAMES = {new Lane("g", "t", 0), new Lane("g", "t", 1)};

    /** What is stored under one tag. */
    static final class Stored {
        /** Bits of entries, see {@link World#bit}. */
        int entries;
        /** By lane, how far it is complete. */
        final int[] complete = new int[LANES];
        /** With counters: how many calls each reader made in each of three generations. */
        final int[] counts = new int[READERS * 3];

        Stored copy() {
            Stored copy = new Stored();
            copy.entries = entries;
            System.arraycopy(complete, 0, copy.complete, 0, LANES);
            System.arraycopy(counts, 0, copy.counts, 0, counts.length);
            return copy;
        }

        boolean is(Stored other) {
            return entries == other.entries
                    && Arrays.equals(complete, other.complete)
                    && Arrays.equals(counts, other.counts);
        }
    }

    /** What is committed of a lane. */
    static final class Committed {
        int owner;
        int offset;
        final int[] known = new int[TAGS];
        /** With counters: whose receipt it is, plus 1, of which generation, and its counts. */
        int writer;

        int generation;
        final int[] counts = new int[TAGS];

        boolean is(Committed other) {
            return offset == other.offset
                    && writer == other.writer
                    && generation == other.generation
                    && Arrays.equals(known, other.known)
                    && Arrays.equals(counts, other.counts);
        }

        void forget() {
            offset = writer = generation = 0;
            Arrays.fill(known, 0);
            Arrays.fill(counts, 0);
        }
    }

    /** What became of a call of a batch. */
    enum Call {
        NONE,
        UNDER_WAY,
        TAKEN,
        REFUSED
    }

    /** A process that reads. A batch has the number of its lane; one of both lanes has 0. */
    static final class Process {
        boolean lives = true;
        boolean joint;
        final @Nullable LaneReader[] lanes = new LaneReader[LANES];
        /** By batch and slot, see {@link Scenario#slots}. */
        final Call[][] calls = new Call[LANES][];
        /** With counters: which generation it is in, what was acknowledged in it, and under which tag lately. */
        int generation;

        final int[] counted = new int[TAGS];
        int latest;
        /** With counters: what a call carries, by batch and tag. */
        final int[][] stated = new int[LANES][TAGS];

        final int[][] sentIn = new int[LANES][TAGS];

        Process(Scenario scenario) {
            for (int batch = 0; batch < LANES; batch++) {
                calls[batch] = new Call[scenario.slots()];
                Arrays.fill(calls[batch], Call.NONE);
            }
        }

        LaneReader lane(int lane) {
            LaneReader reader = lanes[lane];
            if (reader == null) {
                throw new IllegalStateException("lane " + lane + " is not read");
            }
            return reader;
        }

        boolean has(int lane) {
            return lanes[lane] != null;
        }

        boolean isBusy(int lane) {
            LaneReader reader = lanes[lane];
            return reader != null && reader.state() != LaneReader.State.READING;
        }

        /** Whether a batch that is under way has records of a lane. */
        boolean hasBatch(int batch, int lane) {
            return isBusy(lane) && (lane == batch ? lane == 0 || !joint : batch == 0 && joint);
        }
    }

    /** A call whose sender does not wait for it any more. */
    static final class Late {
        boolean exists;
        int sender;
        int slot;
        int stated;
        int sentIn;
        /** By lane: whether the call has it, and its claim and records. */
        final boolean[] has = new boolean[LANES];

        final int[] claimed = new int[LANES];
        final int[] from = new int[LANES];
        final int[] to = new int[LANES];
    }

    final Scenario scenario;
    final Stored[] stored = new Stored[TAGS];
    /** The states before the latest calls that changed something, the newest first; by tag. */
    final Stored[][] before;

    final int[] depth;
    final int[] failovers;
    final Committed[] committed = {new Committed(), new Committed()};
    final Process[] processes;
    Late late = new Late();
    int moves;
    int crashes;
    int lateCalls;
    int zombieCommits;

    /** What must never happen and did in the last step; no part of the state. */
    @Nullable
    String wrong;
    /** How many calls were refused in the last step; no part of the state. */
    int refusals;

    private World(Scenario scenario) {
        this.scenario = scenario;
        processes = new Process[] {new Process(scenario), new Process(scenario)};
        before = new Stored[scenario.back][TAGS];
        depth = new int[scenario.masters];
        failovers = new int[scenario.masters];
        for (int tag = 0; tag < TAGS; tag++) {
            stored[tag] = new Stored();
            for (Stored[] each : before) {
                each[tag] = new Stored();
            }
        }
    }

    static World start(Scenario scenario) {
        World world = new World(scenario);
        world.moves = scenario.moves;
        world.crashes = scenario.crashes;
        world.lateCalls = scenario.late;
        world.zombieCommits = scenario.zombieCommits;
        for (int lane = 0; lane < LANES; lane++) {
            world.processes[0].lanes[lane] = LaneReader.begin(NAMES[lane], 0, new long[TAGS]);
        }
        return world;
    }

    static World read(Scenario scenario, byte[] state) {
        World world = new World(scenario);
        world.pass(Nibbles.reader(state));
        return world;
    }

    byte[] write() {
        if (!canBeTakenOver()) {
            // nobody reads it any more
            for (Committed each : committed) {
                each.forget();
            }
            zombieCommits = 0;
        }
        Nibbles nibbles = Nibbles.writer();
        pass(nibbles);
        return nibbles.bytes();
    }

    private void pass(Nibbles nibbles) {
        for (int tag = 0; tag < TAGS; tag++) {
            pass(nibbles, stored[tag]);
            for (Stored[] each : before) {
                pass(nibbles, each[tag]);
            }
        }
        nibbles.next(depth);
        nibbles.next(failovers);
        for (Committed each : committed) {
            pass(nibbles, each);
        }
        for (Process each : processes) {
            pass(nibbles, each);
        }
        if (scenario.late > 0) {
            pass(nibbles, late);
        }
        moves = nibbles.next(moves);
        crashes = nibbles.next(crashes);
        lateCalls = nibbles.next(lateCalls);
        zombieCommits = nibbles.next(zombieCommits);
    }

    private void pass(Nibbles nibbles, Stored stored) {
        int entries = 0;
        for (int shift = 0; shift < 12; shift += 4) {
            entries |= nibbles.next(stored.entries >> shift & Nibbles.MOST) << shift;
        }
        stored.entries = entries;
        nibbles.next(scenario.counters ? stored.counts : stored.complete);
    }

    private void pass(Nibbles nibbles, Committed each) {
        each.owner = nibbles.next(each.owner);
        each.offset = nibbles.next(each.offset);
        if (scenario.counters) {
            each.writer = nibbles.next(each.writer);
            each.generation = nibbles.next(each.generation);
            nibbles.next(each.counts);
        } else {
            nibbles.next(each.known);
        }
    }

    private void pass(Nibbles nibbles, Process each) {
        each.lives = nibbles.next(each.lives);
        each.joint = nibbles.next(each.joint);
        for (int lane = 0; lane < LANES; lane++) {
            each.lanes[lane] = pass(nibbles, lane, each.lanes[lane]);
        }
        for (Call[] calls : each.calls) {
            for (int slot = 0; slot < calls.length; slot++) {
                calls[slot] = CALLS[nibbles.next(calls[slot].ordinal())];
            }
        }
        if (scenario.counters) {
            each.generation = nibbles.next(each.generation);
            nibbles.next(each.counted);
            each.latest = nibbles.next(each.latest);
            for (int batch = 0; batch < LANES; batch++) {
                nibbles.next(each.stated[batch]);
                nibbles.next(each.sentIn[batch]);
            }
        }
    }

    private static @Nullable LaneReader pass(Nibbles nibbles, int lane, @Nullable LaneReader reader) {
        // 0 for none
        int state = nibbles.next(reader == null ? 0 : 1 + reader.state().ordinal());
        int position = nibbles.next(reader == null ? 0 : (int) reader.position());
        int end = nibbles.next(reader == null ? 0 : (int) reader.end());
        long[] known = new long[TAGS];
        Map<Integer, Long> refusals = new HashMap<>();
        for (int tag = 0; tag < TAGS; tag++) {
            known[tag] = nibbles.next(reader == null ? 0 : (int) reader.known(tag));
            Long had = reader == null ? null : reader.refusals().get(tag);
            int refused = nibbles.next(had == null ? 0 : had.intValue() + 1);
            if (refused > 0) {
                refusals.put(tag, refused - 1L);
            }
        }
        return !nibbles.reads()
                ? reader
                : state == 0
                        ? null
                        : new LaneReader(
                                NAMES[lane], LaneReader.State.values()[state - 1], position, end, known, refusals);
    }

    private void pass(Nibbles nibbles, Late call) {
        call.exists = nibbles.next(call.exists);
        call.slot = nibbles.next(call.slot);
        call.sender = nibbles.next(call.sender);
        if (scenario.counters) {
            call.stated = nibbles.next(call.stated);
            call.sentIn = nibbles.next(call.sentIn);
        }
        for (int lane = 0; lane < LANES; lane++) {
            call.has[lane] = nibbles.next(call.has[lane]);
        }
        nibbles.next(call.claimed);
        nibbles.next(call.from);
        nibbles.next(call.to);
    }

    /** Whether anybody may come to read what is committed. */
    boolean canBeTakenOver() {
        return moves > 0 || (crashes > 0 && processes[0].lives && processes[1].lives);
    }

    /** The bit of an entry, among those under its tag. */
    private static int bit(int lane, int record, int destination) {
        return lane * 6 + record * 2 + destination % 2;
    }

    boolean has(int lane, int record, int destination) {
        return (stored[Scenario.tag(destination)].entries >> bit(lane, record, destination) & 1) == 1;
    }

    /** Behind the last record of a lane that is in a destination. */
    private int fence(int lane, int destination) {
        int record = scenario.records;
        while (record > 0 && !has(lane, record - 1, destination)) {
            record--;
        }
        return record;
    }

    /** Appends the entries of some records that a call has, those that are not dropped. */
    void append(int lane, long from, long to, int slot, int complete) {
        for (int record = (int) from; record < to; record++) {
            for (int destination : scenario.destinations(lane, record, slot)) {
                int fence = fence(lane, destination);
                if (record < (scenario.has(Scenario.Part.FENCES) ? fence : complete)) {
                    continue;
                }
                String entry = "lane " + lane + " record " + record + " in destination " + destination;
                if (has(lane, record, destination)) {
                    wrong = "appended twice: " + entry;
                } else if (record < fence) {
                    wrong = "out of order: " + entry;
                }
                stored[scenario.tagOf(slot)].entries |= 1 << bit(lane, record, destination);
            }
        }
    }

    /** Takes down what a failover may go back to, after a call under a tag. */
    void changed(int tag, Stored was) {
        int master = scenario.master(tag);
        if (failovers[master] > 0 || stored[tag].is(was)) {
            return;
        }
        for (int other = 0; other < TAGS; other++) {
            if (scenario.master(other) == master) {
                for (int i = scenario.back - 1; i > 0; i--) {
                    before[i][other] = before[i - 1][other];
                }
                before[0][other] = other == tag ? was : stored[other].copy();
            }
        }
        depth[master] = Math.min(scenario.back, depth[master] + 1);
    }

    /** A master comes back without its last calls; with nothing, where that is all of them. */
    void failOver(int master, int calls) {
        for (int tag = 0; tag < TAGS; tag++) {
            if (scenario.master(tag) == master) {
                stored[tag] = calls == 0 ? new Stored() : before[calls - 1][tag];
                for (Stored[] each : before) {
                    each[tag] = new Stored();
                }
            }
        }
        depth[master] = 0;
        failovers[master]++;
    }

    /** A call is not awaited any more, and may come late. */
    void leave(int process, int batch, int slot) {
        Process sender = processes[process];
        late = new Late();
        late.exists = true;
        late.slot = slot;
        late.sender = process;
        late.stated = sender.stated[batch][scenario.tagOf(slot)];
        late.sentIn = sender.sentIn[batch][scenario.tagOf(slot)];
        for (int lane : lanes(process, batch, slot)) {
            Claim claim = claim(process, lane, slot);
            late.has[lane] = true;
            late.claimed[lane] = (int) claim.from();
            late.from[lane] = (int) from(process, lane, slot);
            late.to[lane] = (int) claim.to();
        }
        lateCalls--;
    }

    /** What a call says of a lane. */
    Claim claim(int process, int lane, int slot) {
        LaneReader reader = processes[process].lane(lane);
        Claim whole = reader.claims().of(scenario.tagOf(slot));
        if (scenario.calls != Scenario.Calls.IN_TURN) {
            return whole;
        }
        Claim first = whole.until(reader.position() + 1);
        if (scenario.partOf(slot) == 0) {
            return first;
        }
        // what was not sent has raised nothing
        return scenario.hasEntries(lane, reader.position(), first.to(), slot) ? whole.after(first) : whole;
    }

    /** The first record of a lane that a call may have. */
    long from(int process, int lane, int slot) {
        boolean isSecond = scenario.calls == Scenario.Calls.IN_TURN && scenario.partOf(slot) == 1;
        return processes[process].lane(lane).position() + (isSecond ? 1 : 0);
    }

    /** The lanes of a batch of which a call has entries. */
    List<Integer> lanes(int process, int batch, int slot) {
        List<Integer> lanes = new ArrayList<>();
        for (int lane = 0; lane < LANES; lane++) {
            if (processes[process].hasBatch(batch, lane)
                    && scenario.hasEntries(
                            lane,
                            from(process, lane, slot),
                            claim(process, lane, slot).to(),
                            slot)) {
                lanes.add(lane);
            }
        }
        return lanes;
    }

    /** An entry that should be somewhere and is not; null for none. */
    @Nullable
    String missing() {
        for (int lane = 0; lane < LANES; lane++) {
            for (int record = 0; record < scenario.records; record++) {
                for (int destination : scenario.destinations(lane, record)) {
                    if (!has(lane, record, destination)) {
                        return "lost for ever: lane " + lane + " record " + record + " in destination " + destination;
                    }
                }
            }
        }
        return null;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int destination = 0; destination < DESTINATIONS; destination++) {
            text.append(" destination ").append(destination).append(':');
            for (int lane = 0; lane < LANES; lane++) {
                for (int record = 0; record < scenario.records; record++) {
                    if (has(lane, record, destination)) {
                        text.append(' ').append(lane).append('@').append(record);
                    }
                }
            }
            text.append(';');
        }
        return text.toString().strip();
    }
}
