package io.eventsgateway.lane;

import static io.eventsgateway.lane.Scenario.LANES;
import static io.eventsgateway.lane.Scenario.READERS;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Two processes read two lanes and append to a store of two tags, while masters fail over, lanes are handed over, processes die and calls come
 * late: every order of these within the bounds of a {@link Scenario}.
 *
 * <p>In a quiet state every record has to be in each of its destinations; no entry is ever written twice, and those of a lane enter a
 * destination in the order of their offsets.
 */
final class LossModel implements Explorer.Model {

    private final Scenario scenario;
    private final LossRule rule;

    LossModel(Scenario scenario) {
        this.scenario = scenario;
        this.rule = scenario.counters ? new CounterRule() : new ClaimRule();
    }

    @Override
    public byte[] start() {
        return World.start(scenario).write();
    }

    /** One state whose next ones are made. */
    private final class From {
        private final byte[] state;
        private final World now;
        private final Explorer.Steps steps;

        From(byte[] state, Explorer.Steps steps) {
            this.state = state;
            this.now = World.read(scenario, state);
            this.steps = steps;
        }

        void step(boolean isProgress, Supplier<String> what, Consumer<World> change) {
            World next = World.read(scenario, state);
            change.accept(next);
            steps.add(next.write(), isProgress, next.refusals, next.wrong, what);
        }

        void own(Supplier<String> what, Consumer<World> change) {
            step(true, what, change);
        }

        void fault(Supplier<String> what, Consumer<World> change) {
            step(false, what, change);
        }
    }

    @Override
    public void steps(byte[] state, Explorer.Steps steps) {
        From from = new From(state, steps);
        for (int process = 0; process < READERS; process++) {
            if (from.now.processes[process].lives) {
                send(from, process);
                for (int batch = 0; batch < LANES; batch++) {
                    calls(from, process, batch, () -> "");
                }
                rule.look(from.now, process, from::own);
                for (int lane = 0; lane < LANES; lane++) {
                    if (from.now.processes[process].has(lane)) {
                        commit(from, process, lane);
                    }
                }
            }
        }
        if (from.now.late.exists) {
            from.own(() -> "the late " + name(from.now.late.slot) + " is carried out", next -> {
                rule.carryOutLate(next);
                next.late = new World.Late();
            });
            from.own(() -> "the late call never comes", next -> next.late = new World.Late());
        }
        failOver(from);
        for (int process = 0; process < READERS; process++) {
            if (from.now.processes[process].lives) {
                die(from, process);
                for (int lane = 0; lane < LANES; lane++) {
                    move(from, process, lane);
                }
            }
        }
    }

    /** Sends a batch of lane 0, of lane 1, or of both. */
    private void send(From from, int process) {
        World.Process reads = from.now.processes[process];
        if (scenario.serial && (reads.isBusy(0) || reads.isBusy(1))) {
            return;
        }
        for (int records = 1; records <= scenario.batch; records++) {
            boolean first = mayRead(reads, 0);
            boolean second = mayRead(reads, 1);
            if (first) {
                send(from, process, 0, false, records);
            }
            if (second) {
                send(from, process, 1, false, records);
            }
            if (first && second && scenario.joint) {
                send(from, process, 0, true, records);
            }
        }
    }

    private boolean mayRead(World.Process reads, int lane) {
        return reads.has(lane) && !reads.isBusy(lane) && reads.lane(lane).position() < scenario.records;
    }

    private void send(From from, int process, int batch, boolean joint, int records) {
        Supplier<String> what = () -> "process " + process + " sends " + records + " of lane "
                + (joint ? "0 and of lane 1" : String.valueOf(batch));
        Consumer<World> change = next -> {
            World.Process reads = next.processes[process];
            if (batch == 0) {
                reads.joint = joint;
            }
            for (int lane = 0; lane < LANES; lane++) {
                if (lane == batch || joint) {
                    LaneReader reader = reads.lane(lane);
                    reader.begin(Math.min(reader.position() + records, scenario.records));
                }
            }
            for (int slot = 0; slot < scenario.slots(); slot++) {
                // of calls in turn the second one waits for the first one
                boolean waits = scenario.calls == Scenario.Calls.IN_TURN
                        && scenario.partOf(slot) == 1
                        && reads.calls[batch][slot - 1] != World.Call.NONE;
                if (!waits && !next.lanes(process, batch, slot).isEmpty()) {
                    reads.calls[batch][slot] = World.Call.UNDER_WAY;
                    rule.send(next, process, batch, slot);
                }
            }
        };
        if (rule.sendsInOneStep()) {
            World sent = World.read(scenario, from.state);
            change.accept(sent);
            calls(new From(sent.write(), from.steps), process, batch, () -> what.get() + "; ");
        } else {
            from.own(what, change);
        }
    }

    /** What may become of each call of a batch. */
    private void calls(From from, int process, int batch, Supplier<String> before) {
        for (int i = 0; i < scenario.slots(); i++) {
            int slot = i;
            if (from.now.processes[process].calls[batch][slot] != World.Call.UNDER_WAY) {
                continue;
            }
            Supplier<String> call = () -> before.get() + "process " + process + "'s " + name(slot);
            from.own(() -> call.get() + " is answered", next -> {
                rule.carryOut(next, process, batch, slot, true);
                finish(next, process, batch);
            });
            if (from.now.lateCalls > 0) {
                from.fault(() -> call.get() + " is carried out without an answer, and will be repeated", next -> {
                    next.lateCalls--;
                    rule.carryOut(next, process, batch, slot, false);
                });
                from.fault(() -> call.get() + " times out, may come late, and is sent again", next -> {
                    next.leave(process, batch, slot);
                    rule.send(next, process, batch, slot);
                });
            }
        }
    }

    private String name(int slot) {
        return "call under tag " + scenario.tagOf(slot)
                + (scenario.calls == Scenario.Calls.WHOLE ? "" : ", part " + scenario.partOf(slot));
    }

    private void finish(World world, int process, int batch) {
        World.Process reads = world.processes[process];
        for (World.Call each : reads.calls[batch]) {
            if (each == World.Call.UNDER_WAY) {
                return;
            }
        }
        rule.finish(world, process, batch);
        Arrays.fill(reads.calls[batch], World.Call.NONE);
        if (batch == 0) {
            reads.joint = false;
        }
    }

    private void commit(From from, int process, int lane) {
        boolean isOwner = from.now.committed[lane].owner == process;
        if ((isOwner || from.now.zombieCommits > 0)
                && from.now.canBeTakenOver()
                && rule.mayCommit(from.now, process, lane)) {
            // a zombie's commit that changes nothing is none
            from.step(isOwner, () -> "process " + process + " commits lane " + lane, next -> {
                rule.commit(next, process, lane);
                if (!isOwner && !next.committed[lane].is(from.now.committed[lane])) {
                    next.zombieCommits--;
                }
            });
        }
        if (!isOwner && !from.now.processes[process].isBusy(lane)) {
            from.own(
                    () -> "process " + process + " learns that lane " + lane + " is another's",
                    next -> next.processes[process].lanes[lane] = null);
        }
    }

    private void failOver(From from) {
        if (scenario.failsFirst && (from.now.crashes < scenario.crashes || from.now.moves < scenario.moves)) {
            return;
        }
        for (int i = 0; i < scenario.masters; i++) {
            int master = i;
            if (from.now.failovers[master] > 0) {
                continue;
            }
            for (int j = scenario.emptied ? 0 : 1; j <= from.now.depth[master]; j++) {
                int calls = j;
                String lost = calls == 0 ? "everything" : "its last " + calls + " calls";
                from.fault(
                        () -> "master " + master + " fails over and loses " + lost,
                        next -> next.failOver(master, calls));
            }
        }
    }

    private void die(From from, int process) {
        int other = 1 - process;
        if (from.now.crashes == 0 || !from.now.processes[other].lives) {
            return;
        }
        from.fault(() -> "process " + process + " dies", next -> die(next, process));
        for (int i = 0; i < LANES * scenario.slots() && from.now.lateCalls > 0; i++) {
            int batch = i / scenario.slots();
            int slot = i % scenario.slots();
            if (from.now.processes[process].calls[batch][slot] == World.Call.UNDER_WAY) {
                from.fault(() -> "process " + process + " dies, its " + name(slot) + " may come late", next -> {
                    next.leave(process, batch, slot);
                    die(next, process);
                });
            }
        }
    }

    private void die(World world, int process) {
        int other = 1 - process;
        world.crashes--;
        world.processes[process] = new World.Process(scenario);
        world.processes[process].lives = false;
        for (int lane = 0; lane < LANES; lane++) {
            if (world.committed[lane].owner == process) {
                world.committed[lane].owner = other;
                // a former owner that still has a batch of the lane goes on
                if (!world.processes[other].isBusy(lane)) {
                    rule.takeOver(world, other, lane);
                }
            }
        }
    }

    private void move(From from, int process, int lane) {
        int other = 1 - process;
        World.Process reads = from.now.processes[process];
        if (from.now.moves == 0
                || from.now.committed[lane].owner != process
                || !reads.has(lane)
                || !from.now.processes[other].lives
                || from.now.processes[other].has(lane)) {
            return;
        }
        if (!reads.isBusy(lane)) {
            from.fault(() -> "process " + process + " commits and hands over lane " + lane, next -> {
                rule.commit(next, process, lane);
                next.processes[process].lanes[lane] = null;
                give(next, other, lane);
            });
        }
        if (scenario.zombies) {
            from.fault(
                    () -> "lane " + lane + " is given to process " + other + ", process " + process + " does not know",
                    next -> give(next, other, lane));
        }
    }

    private void give(World world, int process, int lane) {
        world.moves--;
        world.committed[lane].owner = process;
        rule.takeOver(world, process, lane);
    }

    @Override
    public boolean isQuiet(byte[] state) {
        World world = World.read(scenario, state);
        for (int process = 0; process < READERS; process++) {
            World.Process reads = world.processes[process];
            if (rule.wouldNotice(world, process)) {
                return false;
            }
            for (int lane = 0; lane < LANES; lane++) {
                boolean isOwner = world.committed[lane].owner == process;
                boolean isThrough = reads.has(lane) && reads.lane(lane).position() == scenario.records;
                if (reads.isBusy(lane) || (isOwner ? !isThrough : reads.has(lane))) {
                    return false;
                }
            }
        }
        return !world.late.exists;
    }

    @Override
    public @Nullable String fault(byte[] state) {
        return World.read(scenario, state).missing();
    }

    @Override
    public String describe(byte[] state) {
        return World.read(scenario, state).toString();
    }
}
