package io.eventsgateway.app.manage;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Who logs how much, in the shape of Spring Boot's actuator. Any thread may call. */
final class Loggers {

    private static final List<String> LEVELS = List.of("OFF", "ERROR", "WARN", "INFO", "DEBUG", "TRACE");

    private static final int MAX_NAME = 200;

    /** Many times as many as there are; each costs memory for good. */
    private static final int MAX_LOGGERS = 5000;

    private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();

    /** All that are known. */
    Map<String, ?> all() {
        Map<String, Object> loggers = new LinkedHashMap<>();
        context.getLoggerList().forEach(logger -> loggers.put(logger.getName(), levels(logger)));
        return Map.of("levels", LEVELS, "loggers", loggers, "groups", Map.of());
    }

    /** One of them; null where none has the name. */
    @Nullable
    Map<String, ?> named(String name) {
        Logger logger = context.exists(name);
        return logger == null ? null : levels(logger);
    }

    /**
     * Sets a logger's level, until the gateway ends; those below it follow. One that does not exist yet is made where its name is
     * of a package that something of the gateway or its libraries is in.
     *
     * @param level null to follow the one above
     * @throws IllegalArgumentException if there is no such level or logger, nothing above to follow, or tokens would be logged
     */
    void set(String name, @Nullable String level) {
        if (level == null && name.equals(Logger.ROOT_LOGGER_NAME)) {
            throw new IllegalArgumentException("ROOT needs a level: " + String.join(", ", LEVELS) + ".");
        }
        if (level != null && !LEVELS.contains(level)) {
            throw new IllegalArgumentException("configuredLevel is one of " + String.join(", ", LEVELS) + ", or null.");
        }
        if ((Level.DEBUG.toString().equals(level) || Level.TRACE.toString().equals(level))
                && HeaderLoggers.contain(name)) {
            throw new IllegalArgumentException(
                    "Loggers of io.undertow and org.xnio are not set below INFO: they write headers of requests there, tokens included.");
        }
        if (!isKnown(name)) {
            throw new IllegalArgumentException("A logger's name has at most " + MAX_NAME
                    + " characters; it is one that loggers lists or below one of "
                    + String.join(", ", KnownLoggers.NAMES) + ".");
        }
        context.getLogger(name).setLevel(level == null ? null : Level.toLevel(level));
    }

    private boolean isKnown(String name) {
        return name.length() <= MAX_NAME
                && (context.exists(name) != null
                        || (context.getLoggerList().size() < MAX_LOGGERS && isName(name) && KnownLoggers.cover(name)));
    }

    private static boolean isName(String name) {
        return !name.contains("..")
                && !name.endsWith(".")
                && name.chars()
                        .allMatch(c -> c == '.' || c == '$' || c == '_' || (c < 128 && Character.isLetterOrDigit(c)));
    }

    private static Map<String, String> levels(Logger logger) {
        Map<String, String> levels = new LinkedHashMap<>();
        if (logger.getLevel() != null) {
            levels.put("configuredLevel", logger.getLevel().toString());
        }
        levels.put("effectiveLevel", logger.getEffectiveLevel().toString());
        return levels;
    }
}
