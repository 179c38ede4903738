package io.eventsgateway.lane;

import static io.eventsgateway.lane.Scenario.LANES;
import static io.eventsgateway.lane.Scenario.TAGS;
import static io.eventsgateway.lane.World.NAMES;

/**
 * A rule that does not do: each writer counts its calls under each tag in the store, and commits some of its counts as a receipt. A count below
 * one that was acknowledged is a loss, and begins another generation of counters. Going back is to the beginning, which is always enough. A
 * batch has one call a tag, which is the call's slot.
 */
final class CounterRule implements LossRule {

    @Override
    public boolean sendsInOneStep() {
        return false;
    }

    @Override
    public void send(World world, int process, int batch, int tag) {
        World.Process sender = world.processes[process];
        sender.stated[batch][tag] = sender.counted[tag];
        sender.sentIn[batch][tag] = sender.generation;
    }

    private static int counter(int process, int generation) {
        return 3 * process + generation;
    }

    private static boolean take(World world, int process, int generation, int tag, int stated) {
        int[] counts = world.stored[tag].counts;
        int counter = counter(process, generation);
        if (counts[counter] + 1 <= stated) {
            return false;
        }
        counts[counter]++;
        return true;
    }

    @Override
    public void carryOut(World world, int process, int batch, int tag, boolean isAnswered) {
        World.Process sender = world.processes[process];
        World.Stored was = world.stored[tag].copy();
        int generation = sender.sentIn[batch][tag];
        boolean taken = take(world, process, generation, tag, sender.stated[batch][tag]);
        if (taken) {
            for (int lane : world.lanes(process, batch, tag)) {
                LaneReader reader = sender.lane(lane);
                world.append(lane, reader.position(), reader.end(), tag, 0);
            }
            world.changed(tag, was);
        } else {
            world.refusals++;
        }
        if (!isAnswered) {
            return;
        }
        sender.calls[batch][tag] = taken ? World.Call.TAKEN : World.Call.REFUSED;
        sender.stated[batch][tag] = 0;
        if (generation != sender.generation) {
            return;
        }
        if (taken) {
            sender.counted[tag] = Math.max(sender.counted[tag], world.stored[tag].counts[counter(process, generation)]);
            sender.latest = tag;
        } else {
            lost(sender);
        }
    }

    @Override
    public void carryOutLate(World world) {
        World.Late call = world.late;
        World.Stored was = world.stored[call.slot].copy();
        if (take(world, call.sender, call.sentIn, call.slot, call.stated)) {
            for (int lane = 0; lane < LANES; lane++) {
                if (call.has[lane]) {
                    world.append(lane, call.from[lane], call.to[lane], call.slot, 0);
                }
            }
            world.changed(call.slot, was);
        }
    }

    private static void lost(World.Process process) {
        process.generation++;
        process.counted[0] = process.counted[1] = 0;
        for (int lane = 0; lane < LANES; lane++) {
            if (process.has(lane) && !process.isBusy(lane)) {
                process.lanes[lane] = beginning(lane, 0);
            }
        }
    }

    private static LaneReader beginning(int lane, long position) {
        return LaneReader.begin(NAMES[lane], position, new long[TAGS]);
    }

    private static boolean isOfBefore(World.Process process, int batch) {
        boolean before = false;
        for (int tag = 0; tag < TAGS; tag++) {
            before |= process.calls[batch][tag] != World.Call.NONE && process.sentIn[batch][tag] != process.generation;
        }
        return before;
    }

    @Override
    public void finish(World world, int process, int batch) {
        World.Process sender = world.processes[process];
        boolean taken = !isOfBefore(sender, batch);
        for (World.Call each : sender.calls[batch]) {
            taken &= each != World.Call.REFUSED;
        }
        for (int lane = 0; lane < LANES; lane++) {
            if (sender.hasBatch(batch, lane)) {
                if (taken) {
                    sender.lane(lane).completed();
                } else {
                    sender.lanes[lane] = beginning(lane, 0);
                }
            }
        }
        for (int tag = 0; tag < TAGS; tag++) {
            sender.stated[batch][tag] = sender.sentIn[batch][tag] = 0;
        }
    }

    @Override
    public boolean mayCommit(World world, int process, int lane) {
        World.Process reads = world.processes[process];
        return !reads.isBusy(lane) || !isOfBefore(reads, reads.hasBatch(0, lane) ? 0 : 1);
    }

    @Override
    public void commit(World world, int process, int lane) {
        World.Process reads = world.processes[process];
        World.Committed committed = world.committed[lane];
        committed.offset = (int) reads.lane(lane).position();
        committed.writer = process + 1;
        committed.generation = reads.generation;
        for (int tag = 0; tag < TAGS; tag++) {
            boolean isNamed = world.scenario.receiptTags == TAGS || tag == reads.latest;
            committed.counts[tag] = isNamed ? reads.counted[tag] : 0;
        }
    }

    @Override
    public void takeOver(World world, int process, int lane) {
        World.Committed committed = world.committed[lane];
        int position = committed.offset;
        for (int tag = 0; tag < TAGS && committed.writer > 0; tag++) {
            int counter = counter(committed.writer - 1, committed.generation);
            if (world.stored[tag].counts[counter] < committed.counts[tag]) {
                position = 0;
            }
        }
        world.processes[process].lanes[lane] = beginning(lane, position);
    }

    @Override
    public void look(World world, int process, Own own) {
        for (int i = 0; i < TAGS; i++) {
            int tag = i;
            if (isShort(world, process, tag)) {
                own.step(() -> "process " + process + " counts under tag " + tag + " and notices", next -> {
                    next.refusals++;
                    lost(next.processes[process]);
                });
            }
        }
    }

    private static boolean isShort(World world, int process, int tag) {
        World.Process reads = world.processes[process];
        return world.stored[tag].counts[counter(process, reads.generation)] + 1 <= reads.counted[tag];
    }

    @Override
    public boolean wouldNotice(World world, int process) {
        return world.processes[process].lives && (isShort(world, process, 0) || isShort(world, process, 1));
    }
}
