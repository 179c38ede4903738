package io.eventsgateway.lane;

import static io.eventsgateway.lane.Scenario.LANES;
import static io.eventsgateway.lane.Scenario.TAGS;
import static io.eventsgateway.lane.World.NAMES;

import io.eventsgateway.lane.LaneReader.State;
import io.eventsgateway.lane.Scenario.Calls;
import io.eventsgateway.lane.Scenario.Part;
import java.util.ArrayList;
import java.util.List;

/** The rule: the very {@link LaneReader}, {@link LaneOffsets} and {@link LaneCommit}, but for parts that a scenario leaves out. */
final class ClaimRule implements LossRule {

    @Override
    public boolean sendsInOneStep() {
        return true;
    }

    @Override
    public void send(World world, int process, int batch, int slot) {
        // claims are made when the call is carried out: they can't have changed
    }

    @Override
    public void carryOut(World world, int process, int batch, int slot, boolean isAnswered) {
        World.Process reads = world.processes[process];
        int tag = world.scenario.tagOf(slot);
        List<Integer> lanes = world.lanes(process, batch, slot);
        List<Claim> claims = new ArrayList<>();
        for (int lane : lanes) {
            claims.add(claim(world, world.claim(process, lane, slot)));
        }
        LaneOffsets offsets = offsets(world, tag);
        boolean taken = offsets.take(claims);
        if (taken) {
            World.Stored was = world.stored[tag].copy();
            for (int i = 0; i < lanes.size(); i++) {
                int lane = lanes.get(i);
                long from = world.from(process, lane, slot);
                world.append(lane, from, claims.get(i).to(), slot, was.complete[lane]);
            }
            store(world, tag, offsets, was);
        } else {
            world.refusals++;
        }
        if (!isAnswered) {
            return;
        }
        reads.calls[batch][slot] = taken ? World.Call.TAKEN : World.Call.REFUSED;
        List<Long> complete = offsets.complete(claims);
        for (int i = 0; i < lanes.size(); i++) {
            LaneReader reader = reads.lane(lanes.get(i));
            if (!taken) {
                reader.refused(new Found(claims.get(i), complete.get(i)));
            } else if (world.scenario.calls != Calls.TOGETHER) {
                reader.acknowledged(claims.get(i));
            }
        }
        if (taken && world.scenario.calls == Calls.IN_TURN && world.scenario.partOf(slot) == 0) {
            sendIfAny(world, process, batch, slot + 1);
        }
    }

    private static void sendIfAny(World world, int process, int batch, int slot) {
        if (!world.lanes(process, batch, slot).isEmpty()) {
            world.processes[process].calls[batch][slot] = World.Call.UNDER_WAY;
        }
    }

    @Override
    public void carryOutLate(World world) {
        World.Late call = world.late;
        int tag = world.scenario.tagOf(call.slot);
        List<Claim> claims = new ArrayList<>();
        for (int lane = 0; lane < LANES; lane++) {
            if (call.has[lane]) {
                claims.add(claim(world, new Claim(NAMES[lane], tag, call.claimed[lane], call.to[lane])));
            }
        }
        LaneOffsets offsets = offsets(world, tag);
        if (offsets.take(claims)) {
            World.Stored was = world.stored[tag].copy();
            for (int lane = 0; lane < LANES; lane++) {
                if (call.has[lane]) {
                    world.append(lane, call.from[lane], call.to[lane], call.slot, was.complete[lane]);
                }
            }
            store(world, tag, offsets, was);
        }
    }

    private static Claim claim(World world, Claim claim) {
        return world.scenario.has(Part.CLAIMS) ? claim : new Claim(claim.lane(), claim.tag(), 0, claim.to());
    }

    private static LaneOffsets offsets(World world, int tag) {
        LaneOffsets offsets = new LaneOffsets();
        for (int lane = 0; lane < LANES; lane++) {
            offsets.restore(NAMES[lane], tag, world.stored[tag].complete[lane]);
        }
        return offsets;
    }

    private static void store(World world, int tag, LaneOffsets offsets, World.Stored was) {
        for (int lane = 0; lane < LANES; lane++) {
            world.stored[tag].complete[lane] = (int) offsets.complete(NAMES[lane], tag);
        }
        world.changed(tag, was);
    }

    @Override
    public void finish(World world, int process, int batch) {
        World.Process reads = world.processes[process];
        boolean taken = true;
        for (World.Call each : reads.calls[batch]) {
            taken &= each != World.Call.REFUSED;
        }
        for (int lane = 0; lane < LANES; lane++) {
            if (!reads.hasBatch(batch, lane)) {
                continue;
            }
            LaneReader reader = reads.lane(lane);
            for (int slot = 0;
                    taken && world.scenario.calls == Calls.TOGETHER && slot < reads.calls[batch].length;
                    slot++) {
                if (world.lanes(process, batch, slot).contains(lane)) {
                    reader.acknowledged(world.claim(process, lane, slot));
                }
            }
            if (reader.state() == State.REFUSED) {
                goBack(world, process, lane);
            } else if (taken) {
                reader.completed();
            } else {
                reader.giveUp();
            }
        }
    }

    private static void goBack(World world, int process, int lane) {
        LaneReader reader = world.processes[process].lane(lane);
        long[] known = known(reader);
        reader.goBack(0, 0);
        if (!world.scenario.has(Part.LOWERED)) {
            world.processes[process].lanes[lane] = LaneReader.begin(NAMES[lane], reader.position(), known);
        }
    }

    private static long[] known(LaneReader reader) {
        long[] known = new long[TAGS];
        for (int tag = 0; tag < TAGS; tag++) {
            known[tag] = reader.known(tag);
        }
        return known;
    }

    @Override
    public boolean mayCommit(World world, int process, int lane) {
        return !world.scenario.has(Part.COMMIT_WAITS)
                || world.processes[process].lane(lane).commit() != null;
    }

    @Override
    public void commit(World world, int process, int lane) {
        LaneReader reader = world.processes[process].lane(lane);
        LaneCommit commit = reader.commit();
        if (commit == null) {
            // lowers what is known at once, and not together with the position
            long[] known = known(reader);
            reader.refusals().forEach((tag, complete) -> known[tag] = Math.min(known[tag], complete));
            commit = new LaneCommit(NAMES[lane].topicId(), reader.position(), known);
        }
        World.Committed committed = world.committed[lane];
        committed.offset = (int) commit.offset();
        for (int tag = 0; tag < TAGS; tag++) {
            committed.known[tag] = world.scenario.has(Part.METADATA) ? (int) commit.known()[tag] : 0;
        }
    }

    @Override
    public void takeOver(World world, int process, int lane) {
        World.Committed committed = world.committed[lane];
        long offset = committed.offset;
        long[] known = new long[TAGS];
        for (int tag = 0; tag < TAGS; tag++) {
            known[tag] = committed.known[tag];
            int complete = world.stored[tag].complete[lane];
            if (!world.scenario.has(Part.CLAIMS_OF_OTHERS)) {
                offset = known[tag] > complete ? Math.min(offset, complete) : offset;
                known[tag] = 0;
            }
        }
        world.processes[process].lanes[lane] =
                LaneReader.takeOver(NAMES[lane], new LaneCommit(NAMES[lane].topicId(), offset, known));
    }

    @Override
    public void look(World world, int process, Own own) {
        for (int i = 0; i < LANES; i++) {
            int lane = i;
            if (!world.scenario.has(Part.CHECK)
                    || !world.processes[process].has(lane)
                    || world.processes[process].isBusy(lane)) {
                continue;
            }
            for (int j = 0; j < TAGS; j++) {
                int tag = j;
                own.step(
                        () -> "process " + process + " checks lane " + lane + " under tag " + tag,
                        next -> check(next, process, lane, tag));
            }
        }
    }

    private static void check(World world, int process, int lane, int tag) {
        LaneReader reader = world.processes[process].lane(lane);
        LaneOffsets offsets = offsets(world, tag);
        reader.begin(reader.position());
        Claim claim = reader.claims().of(tag);
        long complete = offsets.check(List.of(claim)).get(0);
        if (claim.exceeds(complete)) {
            world.refusals++;
            reader.refused(new Found(claim, complete));
            goBack(world, process, lane);
        } else {
            reader.acknowledged(claim);
            reader.completed();
            store(world, tag, offsets, world.stored[tag].copy());
        }
    }

    @Override
    public boolean wouldNotice(World world, int process) {
        for (int lane = 0; lane < LANES; lane++) {
            LaneReader reader = world.processes[process].lanes[lane];
            for (int tag = 0; tag < TAGS; tag++) {
                if (world.scenario.has(Part.CHECK)
                        && reader != null
                        && reader.known(tag) > world.stored[tag].complete[lane]) {
                    return true;
                }
            }
        }
        return false;
    }
}
