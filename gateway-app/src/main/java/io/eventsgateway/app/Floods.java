package io.eventsgateway.app;

import io.eventsgateway.hub.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Sums up what may happen thousands of times a second: the first of a kind is logged at once, and for as long as there are more, the last of
 * each second with how many there were. Any thread may call.
 */
final class Floods {

    private static final Duration EVERY = Duration.ofSeconds(1);

    /** How many kinds there may be at a time; what exceeds them is one kind. */
    static final int MOST_KINDS = 50;

    private static final String OTHERS = "others";

    private final Timer timer;

    /** What happened of each kind in this second and is not logged yet; guarded by this. */
    private final Map<String, Second> seconds = new HashMap<>();

    /**
     * The happenings of one kind in a second.
     *
     * @param log logs the last of them; null for none
     */
    private record Second(long count, @Nullable LongConsumer log) {}

    Floods(Timer timer) {
        this.timer = timer;
    }

    /**
     * Something happened.
     *
     * @param log logs it, given how many there were
     */
    void add(String kind, LongConsumer log) {
        String counted = begin(kind, log);
        if (counted != null) {
            log.accept(1);
            timer.after(EVERY, () -> over(counted));
        }
    }

    /** The kind that it is counted as, where its second begins; else null. */
    private synchronized @Nullable String begin(String kind, LongConsumer log) {
        String counted = seconds.containsKey(kind) || seconds.size() < MOST_KINDS ? kind : OTHERS;
        Second second = seconds.get(counted);
        seconds.put(counted, second == null ? new Second(0, null) : new Second(second.count() + 1, log));
        return second == null ? counted : null;
    }

    private void over(String kind) {
        Second second;
        synchronized (this) {
            second = seconds.remove(kind);
            if (second != null && second.log() != null) {
                seconds.put(kind, new Second(0, null));
            }
        }
        if (second != null && second.log() != null) {
            second.log().accept(second.count());
            timer.after(EVERY, () -> over(kind));
        }
    }
}
