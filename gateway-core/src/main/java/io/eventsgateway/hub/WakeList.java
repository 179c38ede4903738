package io.eventsgateway.hub;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/** The readers of one destination that share an executor, where they are woken together when there is news. */
final class WakeList implements Runnable {

    final SerialExecutor executor;
    private final AtomicBoolean due = new AtomicBoolean();

    // owned by the executor
    private final List<DestinationReader> readers = new ArrayList<>(1);

    WakeList(SerialExecutor executor) {
        this.executor = executor;
    }

    /** There is news. Any thread may call. */
    void wake() {
        if (due.compareAndSet(false, true)) {
            try {
                executor.execute(this);
            } catch (RejectedExecutionException refused) {
                due.set(false);
                throw refused;
            }
        }
    }

    /** Wakes the readers; backwards, because one that leaves when it is woken is replaced by the last one. */
    @Override
    public void run() {
        due.set(false);
        for (int i = readers.size() - 1; i >= 0; i--) {
            readers.get(i).woken();
        }
    }

    boolean isEmpty() {
        return readers.isEmpty();
    }

    void add(DestinationReader reader) {
        reader.place = readers.size();
        readers.add(reader);
    }

    void remove(DestinationReader reader) {
        DestinationReader last = readers.remove(readers.size() - 1);
        if (last != reader) {
            readers.set(reader.place, last);
            last.place = reader.place;
        }
    }
}
