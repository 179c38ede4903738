package io.eventsgateway.redis;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Decides when an outage is logged: once when it lasts, then every minute, and when it is over. One that ends before is not. Used by one
 * thread.
 *
 * <table>
 * <caption>States, and what becomes of them</caption>
 * <tr><th>state<th>works<th>does not work<th>does not work, and it is time
 * <tr><td>NONE<td>–<td>NOTICED; time is in 5 s<td>NOTICED; time is in 5 s
 * <tr><td>NOTICED<td>NONE<td>–<td>LOGGED, {@link Lines#lasts}; time is in a minute
 * <tr><td>LOGGED<td>NONE, {@link Lines#over}<td>–<td>LOGGED, {@link Lines#lasts}; time is in a minute
 * </table>
 */
final class OutageLog {

    static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(5);
    static final long AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Lines lines;
    private State state = State.NONE;
    private long since;
    private long logAt;

    /** See the table above. */
    enum State {
        /** It works. */
        NONE,
        /** It does not work, perhaps only for a moment. */
        NOTICED,
        /** It does not work, which was logged. */
        LOGGED
    }

    /** The lines of the log. */
    interface Lines {

        /** It has not worked for a while. */
        void lasts(Duration since, String cause);

        /** It works again, after a while of which was logged. */
        void over(Duration after);
    }

    OutageLog(Lines lines) {
        this.lines = lines;
    }

    State state() {
        return state;
    }

    /**
     * It works, or does not.
     *
     * @param now by {@link System#nanoTime}
     * @param cause why not; empty where it works
     */
    void observe(long now, String cause) {
        if (cause.isEmpty()) {
            works(now);
        } else if (state == State.NONE) {
            state = State.NOTICED;
            since = now;
            logAt = now + FIRST_NANOS;
        } else if (now - logAt >= 0) {
            state = State.LOGGED;
            logAt = now + AGAIN_NANOS;
            lines.lasts(outage(now), cause);
        }
    }

    private void works(long now) {
        boolean logged = state == State.LOGGED;
        state = State.NONE;
        if (logged) {
            lines.over(outage(now));
        }
    }

    /** In whole milliseconds. */
    private Duration outage(long now) {
        return Duration.ofMillis((now - since) / 1_000_000);
    }
}
