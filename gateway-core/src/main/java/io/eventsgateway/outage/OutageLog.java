package io.eventsgateway.outage;

import io.eventsgateway.Text;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Decides when the outage of a service is logged: when it has lasted for five seconds, then every minute and when there is another cause, and
 * when the service has worked again for two seconds. An outage that ends before is not logged. Used by one thread.
 *
 * <table>
 * <caption>States, and what becomes of them with each event</caption>
 * <tr><th>state<th>works<th>fails<th>fails, and it is time<th>fails for another cause<th>works for 2 s
 * <tr><td>WORKS<td>–<td>NOTICED; time is in 5 s<td>NOTICED; time is in 5 s<td>NOTICED; time is in 5 s<td>–
 * <tr><td>NOTICED<td>WORKS<td>–<td>LOGGED, warn; time is in a minute<td>–<td>WORKS
 * <tr><td>LOGGED<td>MENDED<td>–<td>warn; time is in a minute<td>warn<td>MENDED
 * <tr><td>MENDED<td>–<td>LOGGED<td>LOGGED, warn; time is in a minute<td>LOGGED, warn<td>WORKS, report the end
 * </table>
 *
 * <p>A cause that was logged within the last minute is no other one, and of more than some in a minute the rest is left out.
 */
public final class OutageLog {

    static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(5);
    static final long AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);
    static final long MENDED_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int MOST_CAUSES = 5;

    private final String service;
    private final String place;
    private final Consumer<String> warn;
    private final Consumer<String> inform;
    private final Set<String> causes = new HashSet<>();
    private State state = State.WORKS;
    private long since;
    private long until;
    private long logAt;

    /** See the table above. */
    enum State {
        /** It works. */
        WORKS,
        /** It fails, perhaps only for a moment. */
        NOTICED,
        /** It fails, which was logged. */
        LOGGED,
        /** It failed, which was logged, and works again, perhaps only for a moment. */
        MENDED
    }

    /**
     * Of a service that works.
     *
     * @param service what it is called in a sentence
     * @param address where it is
     * @param setting what names it in the configuration
     * @param warn logs a line that somebody has to look at
     * @param inform logs a line
     */
    public OutageLog(String service, String address, String setting, Consumer<String> warn, Consumer<String> inform) {
        this.service = service;
        this.place = " address=\"" + address + "\" setting=" + setting;
        this.warn = warn;
        this.inform = inform;
    }

    State state() {
        return state;
    }

    /**
     * It works, or fails as of now.
     *
     * @param now by {@link System#nanoTime}
     * @param cause why it fails, for people; empty where it works
     */
    public void observe(long now, String cause) {
        observe(now, now, cause);
    }

    /**
     * It works, or has failed for some time.
     *
     * @param now by {@link System#nanoTime}
     * @param from since when it fails, if it worked when it was observed last
     * @param cause why it fails, for people; empty where it works
     */
    public void observe(long now, long from, String cause) {
        if (cause.isEmpty()) {
            works(now);
        } else {
            fails(now, from, cause);
        }
    }

    private void works(long now) {
        switch (state) {
            case WORKS -> {}
            case NOTICED -> state = State.WORKS;
            case LOGGED -> {
                state = State.MENDED;
                until = now;
            }
            case MENDED -> {
                if (now - until >= MENDED_NANOS) {
                    state = State.WORKS;
                    inform.accept(service + " works again" + place + " after=" + Text.seconds(outage(until)));
                }
            }
        }
    }

    private void fails(long now, long from, String cause) {
        if (state == State.WORKS) {
            state = State.NOTICED;
            since = from;
            logAt = from + FIRST_NANOS;
            causes.clear();
        } else if (state == State.MENDED) {
            state = State.LOGGED;
        }
        if (now - logAt >= 0) {
            causes.clear();
            state = State.LOGGED;
            logAt = now + AGAIN_NANOS;
        }
        if (state == State.LOGGED && causes.size() < MOST_CAUSES && causes.add(cause)) {
            warn.accept(service + " does not work" + place + " for=" + Text.seconds(outage(now)) + " cause=\""
                    + Text.forLog(cause) + "\"");
        }
    }

    private Duration outage(long end) {
        return Duration.ofNanos(end - since);
    }
}
