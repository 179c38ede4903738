package io.eventsgateway.hub;

import java.util.ArrayDeque;
import java.util.Deque;

/** Bounds the bytes that are being read for all subscribers that fell behind. First come, first served. Any thread may call. */
final class ReadBudget {

    private final long total;

    // guarded by this
    private long free;
    private final Deque<Waiting> waiting = new ArrayDeque<>();

    private record Waiting(long bytes, Runnable granted) {}

    ReadBudget(long total) {
        this.total = total;
        this.free = total;
    }

    /** Runs a task as soon as there are so many bytes, at the latest when nobody else has any; here or where they are given back. */
    void take(long bytes, Runnable granted) {
        synchronized (this) {
            long wanted = Math.min(bytes, total);
            if (!waiting.isEmpty() || wanted > free) {
                waiting.add(new Waiting(wanted, granted));
                return;
            }
            free -= wanted;
        }
        granted.run();
    }

    /** Takes at once, over the total if need be: what was taken for reading and is kept for longer. */
    synchronized void keep(long bytes) {
        free -= Math.min(bytes, total);
    }

    /** Gives back what was taken or kept. */
    void give(long bytes) {
        Deque<Runnable> granted = new ArrayDeque<>();
        synchronized (this) {
            free += Math.min(bytes, total);
            while (!waiting.isEmpty() && waiting.element().bytes() <= free) {
                Waiting next = waiting.remove();
                free -= next.bytes();
                granted.add(next.granted());
            }
        }
        granted.forEach(Runnable::run);
    }
}
