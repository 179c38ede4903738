package io.eventsgateway.hub;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the bytes that are being read for all subscribers that fell behind, by leases. First come, first served. Any thread may
 * call, a task that was given a lease too: leases are given one after the other and never on top of each other. The lease of a task
 * that throws is closed.
 */
final class ReadBudget {

    private final long total;
    private final Consumer<Runnable> soon;
    private final HubListener listener;

    // guarded by this
    private final Deque<Lease> waiting = new ArrayDeque<>();
    private final Deque<Lease> granted = new ArrayDeque<>();
    private long free;
    private boolean granting;
    private boolean pausing;

    /**
     * A budget.
     *
     * @param soon runs a task some moments later; when leases are given again after a read that failed
     * @param listener hears of tasks that throw
     */
    ReadBudget(long total, Consumer<Runnable> soon, HubListener listener) {
        this.total = total;
        this.free = total;
        this.soon = soon;
        this.listener = listener;
    }

    /** Some of the bytes, from when its task is run until it is closed. */
    final class Lease implements AutoCloseable {
        private final long bytes;
        private final Consumer<Lease> task;
        private boolean closed;

        private Lease(long bytes, Consumer<Lease> task) {
            this.bytes = bytes;
            this.task = task;
        }

        /** Gives the bytes to those who wait. Idempotent. */
        @Override
        public void close() {
            if (giveBack(this)) {
                grant();
            }
        }

        /**
         * Gives the bytes back after a read that failed. Those who wait would fail as well, so they get them some moments later, or
         * as soon as a read succeeds. Idempotent.
         */
        void closeAfterFailure() {
            if (giveBack(this) && beginPause()) {
                soon.accept(ReadBudget.this::endPause);
            }
        }
    }

    /**
     * Runs a task with a lease as soon as there are so many bytes, at the latest when nobody else has any; here or where they are
     * closed.
     */
    void lease(long bytes, Consumer<Lease> task) {
        Lease next = new Lease(Math.min(bytes, total), task);
        synchronized (this) {
            if (!waiting.isEmpty() || next.bytes > free) {
                waiting.add(next);
                return;
            }
            free -= next.bytes;
        }
        run(next);
    }

    private synchronized boolean giveBack(Lease lease) {
        if (lease.closed) {
            return false;
        }
        lease.closed = true;
        free += lease.bytes;
        return true;
    }

    private synchronized boolean beginPause() {
        boolean begins = !pausing && !waiting.isEmpty();
        pausing |= begins;
        return begins;
    }

    private void endPause() {
        synchronized (this) {
            pausing = false;
        }
        grant();
    }

    /** Gives what can be given, unless somebody is at it, who does it then. */
    private void grant() {
        synchronized (this) {
            while (!waiting.isEmpty() && waiting.element().bytes <= free) {
                Lease next = waiting.remove();
                free -= next.bytes;
                granted.add(next);
            }
            if (granting) {
                return;
            }
            granting = true;
        }
        for (Lease next = next(); next != null; next = next()) {
            run(next);
        }
    }

    private synchronized @Nullable Lease next() {
        Lease next = granted.poll();
        granting = next != null;
        return next;
    }

    private void run(Lease next) {
        try {
            next.task.accept(next);
        } catch (RuntimeException | Error fault) {
            listener.failed(fault);
            next.closeAfterFailure();
        }
    }
}
