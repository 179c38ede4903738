package io.eventsgateway.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Lets a line of Kafka's clients through once a minute, whichever client says it: each of them says the same of the same fault, at
 * every attempt. Lines below INFO, which somebody asked for, all pass. Any thread may call.
 */
final class Repeats extends Filter<ILoggingEvent> {

    private static final String LIBRARY = "org.apache.kafka.";
    private static final Pattern CLIENT = Pattern.compile("^\\[[^\\]]*\\] ");
    private static final int MOST = 1000;
    private static final long SECONDS = 60;

    private final InstantSource time;

    /** When each was let through last; guarded by this. */
    private final Map<String, Instant> last = new HashMap<>();

    Repeats(InstantSource time) {
        this.time = time;
    }

    @Override
    public synchronized FilterReply decide(ILoggingEvent event) {
        if (!event.getLoggerName().startsWith(LIBRARY) || !event.getLevel().isGreaterOrEqual(Level.INFO)) {
            return FilterReply.NEUTRAL;
        }
        String what = event.getLoggerName() + CLIENT.matcher(event.getMessage()).replaceFirst("");
        Instant now = time.instant();
        Instant before = last.get(what);
        if (before != null && now.isBefore(before.plusSeconds(SECONDS))) {
            return FilterReply.DENY;
        }
        if (last.size() >= MOST) {
            last.clear();
        }
        last.put(what, now);
        return FilterReply.NEUTRAL;
    }
}
