package io.eventsgateway.undertow;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;

/** Ticks the streams of each I/O thread once a second: one timer for all of them. */
final class StreamTicker {

    private final SseOptions options;
    private final Faults faults;
    private final Map<XnioIoThread, OfThread> threads = new ConcurrentHashMap<>();

    StreamTicker(SseOptions options, Faults faults) {
        this.faults = faults;
        this.options = options;
    }

    /** Called by the I/O thread itself. */
    void add(XnioIoThread thread, EventStream stream) {
        threads.computeIfAbsent(thread, OfThread::new).add(stream);
    }

    /** Called by the I/O thread itself. */
    void remove(XnioIoThread thread, EventStream stream) {
        OfThread ticked = threads.get(thread);
        if (ticked != null) {
            ticked.remove(stream);
        }
    }

    /** One thread's streams; owned by that thread. */
    private final class OfThread {
        private final XnioIoThread thread;
        private final List<EventStream> streams = new ArrayList<>();
        private XnioExecutor.Key timer = () -> false;
        private long nextCleanup;

        OfThread(XnioIoThread thread) {
            this.thread = thread;
        }

        void add(EventStream stream) {
            if (streams.isEmpty()) {
                nextCleanup = System.nanoTime() + options.cleanupInterval().toNanos();
                timer = thread.executeAtInterval(this::tick, 1, TimeUnit.SECONDS);
            }
            stream.place = streams.size();
            streams.add(stream);
        }

        void remove(EventStream stream) {
            if (stream.place < 0) {
                return;
            }
            EventStream last = streams.remove(streams.size() - 1);
            if (last != stream) {
                streams.set(stream.place, last);
                last.place = stream.place;
            }
            stream.place = -1;
            if (streams.isEmpty()) {
                timer.remove();
            }
        }

        /** Backwards, because a stream that leaves is replaced by the last one. */
        private void tick() {
            long now = System.nanoTime();
            boolean cleanup = now - nextCleanup >= 0;
            if (cleanup) {
                nextCleanup = now + options.cleanupInterval().toNanos();
            }
            for (int i = streams.size() - 1; i >= 0; i--) {
                EventStream stream = streams.get(i);
                try {
                    stream.tick(now, cleanup);
                } catch (RuntimeException | Error fault) {
                    // the streams before it are ticked too
                    faults.log("Stream failed, its client comes back", fault);
                    stream.fail();
                }
            }
        }
    }
}
