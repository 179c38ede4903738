package io.eventsgateway.hub;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the bytes that are being read for all subscribers that fell behind. First come, first served. Any thread may call, a granted
 * task too: tasks are granted one after the other and never on top of each other. A task that throws has what it took given back.
 */
final class ReadBudget {

    private final long total;
    private final Executor retry;
    private final HubListener listener;

    // guarded by this
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final Deque<Waiting> granted = new ArrayDeque<>();
    private long free;
    private boolean granting;
    private boolean retryDue;

    private record Waiting(long bytes, Runnable task) {}

    /**
     * A budget.
     *
     * @param retry runs a task some moments later; when to go on after a failure
     * @param listener hears of tasks that throw
     */
    ReadBudget(long total, Executor retry, HubListener listener) {
        this.total = total;
        this.free = total;
        this.retry = retry;
        this.listener = listener;
    }

    /** Runs a task as soon as there are so many bytes, at the latest when nobody else has any; here or where they are given back. */
    void take(long bytes, Runnable task) {
        Waiting next = new Waiting(Math.min(bytes, total), task);
        synchronized (this) {
            if (!waiting.isEmpty() || next.bytes() > free) {
                waiting.add(next);
                return;
            }
            free -= next.bytes();
        }
        run(next);
    }

    /** Takes at once, over the total if need be: what was taken for reading and is kept for longer. */
    synchronized void keep(long bytes) {
        free -= Math.min(bytes, total);
    }

    /** Gives back what was taken or kept, to those who wait. */
    void give(long bytes) {
        synchronized (this) {
            free += Math.min(bytes, total);
        }
        grant();
    }

    /**
     * Gives back what was taken for a read that failed. Those who wait would fail as well, so they get it some moments later, or as
     * soon as a read succeeds.
     */
    void giveAfterFailure(long bytes) {
        synchronized (this) {
            free += Math.min(bytes, total);
            if (retryDue || waiting.isEmpty()) {
                return;
            }
            retryDue = true;
        }
        retry.execute(() -> {
            synchronized (this) {
                retryDue = false;
            }
            grant();
        });
    }

    /** Runs what can be granted, unless somebody is at it, who does it then. */
    private void grant() {
        synchronized (this) {
            while (!waiting.isEmpty() && waiting.element().bytes() <= free) {
                Waiting next = waiting.remove();
                free -= next.bytes();
                granted.add(next);
            }
            if (granting) {
                return;
            }
            granting = true;
        }
        for (Waiting next = next(); next != null; next = next()) {
            run(next);
        }
    }

    private synchronized @Nullable Waiting next() {
        Waiting next = granted.poll();
        granting = next != null;
        return next;
    }

    private void run(Waiting next) {
        try {
            next.task().run();
        } catch (RuntimeException | Error fault) {
            listener.failed(fault);
            giveAfterFailure(next.bytes());
        }
    }
}
