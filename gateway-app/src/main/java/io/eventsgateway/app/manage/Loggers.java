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
     * Sets a logger's level, until the gateway ends; those below it follow.
     *
     * @param level null to follow the one above
     * @throws IllegalArgumentException if there is no such level, or nothing above to follow
     */
    void set(String name, @Nullable String level) {
        if (level == null && name.equals(Logger.ROOT_LOGGER_NAME)) {
            throw new IllegalArgumentException("ROOT needs a level: " + String.join(", ", LEVELS) + ".");
        }
        if (level != null && !LEVELS.contains(level)) {
            throw new IllegalArgumentException("configuredLevel is one of " + String.join(", ", LEVELS) + ", or null.");
        }
        context.getLogger(name).setLevel(level == null ? null : Level.toLevel(level));
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
