package io.eventsgateway.app.manage;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Keeps silent below INFO what writes headers of requests there, tokens and cookies included: the loggers of Undertow and XNIO,
 * whatever level they or those above them are set to. Any thread may call.
 */
public final class HeaderLoggers extends TurboFilter {

    private static final List<String> LIBRARIES = List.of("io.undertow", "org.xnio");

    private HeaderLoggers() {}

    /** Keeps those of a context silent. Idempotent. */
    public static void silence(LoggerContext context) {
        if (context.getTurboFilterList().stream().noneMatch(HeaderLoggers.class::isInstance)) {
            HeaderLoggers filter = new HeaderLoggers();
            filter.setContext(context);
            filter.start();
            context.addTurboFilter(filter);
        }
    }

    /** Whether a logger is one of them. */
    public static boolean contain(String logger) {
        return LIBRARIES.stream()
                .anyMatch(library -> logger.startsWith(library)
                        && (logger.length() == library.length() || logger.charAt(library.length()) == '.'));
    }

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] arguments,
            @Nullable Throwable thrown) {
        return !level.isGreaterOrEqual(Level.INFO) && contain(logger.getName())
                ? FilterReply.DENY
                : FilterReply.NEUTRAL;
    }
}
