package io.eventsgateway.hub;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/** Runs tasks one at a time and in order on an executor, which is woken once for all that wait. Any thread may call. */
final class SerialExecutor implements Executor, Runnable {

    private final Executor executor;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();

    // owned by the hub's map of executors
    int users;

    SerialExecutor(Executor executor) {
        this.executor = executor;
    }

    /** Throws what the executor throws that does not take the task; a later one may be taken. */
    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        try {
            schedule();
        } catch (RuntimeException | Error refused) {
            tasks.remove(task);
            throw refused;
        }
    }

    @Override
    public void run() {
        try {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
        } finally {
            // a fault of a task is left to the executor; the tasks behind it go on
            scheduled.set(false);
            if (!tasks.isEmpty()) {
                schedule();
            }
        }
    }

    private void schedule() {
        if (scheduled.compareAndSet(false, true)) {
            try {
                executor.execute(this);
            } catch (RuntimeException | Error refused) {
                scheduled.set(false);
                throw refused;
            }
        }
    }
}
