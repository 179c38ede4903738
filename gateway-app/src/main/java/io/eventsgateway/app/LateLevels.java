package io.eventsgateway.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Sets the level of a logger whose name is known in lower case only, when it logs first, because Logback reports new loggers to nobody. Any thread
 * may call.
 */
final class LateLevels extends TurboFilter {

    private final Map<String, Level> levels;
    private final Set<Logger> seen = ConcurrentHashMap.newKeySet();

    private LateLevels(Map<String, Level> levels) {
        this.levels = Map.copyOf(levels);
    }

    /** Has levels, by names in lower case, set from now on. */
    static void add(LoggerContext context, Map<String, Level> levels) {
        LateLevels filter = new LateLevels(levels);
        filter.setContext(context);
        filter.start();
        context.addTurboFilter(filter);
    }

    /** Sets the level of a logger that is among them by another case. */
    static void set(Logger logger, Map<String, Level> levels) {
        Level level = levels.get(logger.getName().toLowerCase(Locale.ROOT));
        if (level != null) {
            logger.setLevel(level);
        }
    }

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] arguments,
            @Nullable Throwable thrown) {
        if (!seen.contains(logger) && seen.add(logger)) {
            set(logger, levels);
        }
        return FilterReply.NEUTRAL;
    }
}
