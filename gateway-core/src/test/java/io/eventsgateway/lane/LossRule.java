package io.eventsgateway.lane;

import java.util.function.Consumer;
import java.util.function.Supplier;

/** How a loss is noticed, where one rule differs from the other; what {@link LossModel} has in common for all is not here. */
interface LossRule {

    /** Takes a step of a process that happens by itself. */
    interface Own {
        void step(Supplier<String> what, Consumer<World> change);
    }

    /** Whether sending a batch and carrying out its first call may be one step, since nothing that a call carries can change in between. */
    boolean sendsInOneStep();

    /** A call is written. */
    void send(World world, int process, int batch, int slot);

    /**
     * A call of a batch is carried out by the store.
     *
     * @param isAnswered whether its sender gets the answer
     */
    void carryOut(World world, int process, int batch, int slot, boolean isAnswered);

    /** The late call is carried out; nobody gets the answer. */
    void carryOutLate(World world);

    /** No call of a batch is under way any more. */
    void finish(World world, int process, int batch);

    /** Whether a process may commit a lane. */
    boolean mayCommit(World world, int process, int lane);

    /** A process commits a lane. */
    void commit(World world, int process, int lane);

    /** A process takes over a lane at what is committed. */
    void takeOver(World world, int process, int lane);

    /** What a process does from time to time about a loss. */
    void look(World world, int process, Own own);

    /** Whether a process would notice a loss by {@link #look}. */
    boolean wouldNotice(World world, int process);
}
