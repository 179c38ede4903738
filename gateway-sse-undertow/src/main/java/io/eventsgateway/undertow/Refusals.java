package io.eventsgateway.undertow;

import io.eventsgateway.Text;
import io.eventsgateway.hub.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts who is refused, and logs each reason when it first occurs and then once a minute, with how many there were, for as long as it
 * lasts. Any thread may call.
 */
final class Refusals {

    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);
    private static final Duration EVERY = Duration.ofMinutes(1);

    private final StreamListener listener;
    private final Timer timer;
    private final Map<Refusal, Minute> minutes = new EnumMap<>(Refusal.class);

    Refusals(StreamListener listener, Timer timer) {
        this.listener = listener;
        this.timer = timer;
        for (Refusal reason : Refusal.values()) {
            minutes.put(reason, new Minute(reason));
        }
    }

    /**
     * A request was refused.
     *
     * @param detail what its client was told
     */
    void add(Refusal reason, String detail) {
        listener.refused(reason);
        if (reason != Refusal.FAULT) {
            Objects.requireNonNull(minutes.get(reason)).add(detail);
        }
    }

    /** The refusals for one reason since it was last logged. */
    private final class Minute {

        private final Refusal reason;

        // guarded by this
        private boolean running;
        private long count;
        private String detail = "";

        Minute(Refusal reason) {
            this.reason = reason;
        }

        void add(String told) {
            synchronized (this) {
                count++;
                detail = told;
                if (running) {
                    return;
                }
                running = true;
            }
            over();
        }

        /** Logs what there was and begins another minute; without any, the next refusal begins it. */
        private void over() {
            long refused;
            String last;
            synchronized (this) {
                refused = count;
                last = detail;
                count = 0;
                running = refused > 0;
            }
            if (refused > 0) {
                log(refused, Text.forLog(last));
                timer.after(EVERY, this::over);
            }
        }

        private void log(long refused, String last) {
            String line = "Clients refused reason={} refused={} detail=\"{}\"";
            switch (reason) {
                case STARTING, DRAINING, ENDED -> LOG.info(line, reason.label(), refused, last);
                default -> LOG.warn(line, reason.label(), refused, last);
            }
        }
    }
}
