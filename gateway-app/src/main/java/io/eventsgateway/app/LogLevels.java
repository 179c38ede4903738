package io.eventsgateway.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import io.eventsgateway.app.manage.HeaderLoggers;
import io.eventsgateway.app.manage.KnownLoggers;
import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import io.eventsgateway.config.Setting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The levels of single loggers, by variables as Spring Boot has them: {@code LOGGING_LEVEL_ORG_APACHE_KAFKA=debug}. A name is taken in
 * lower case, with dots for underscores; it also means the class whose name differs from it in nothing but case. Immutable.
 */
final class LogLevels {

    /** What their variables begin with. */
    static final String PREFIX = "LOGGING_LEVEL_";

    private static final String GATEWAY = "io.eventsgateway";

    /** Which have a setting of their own, so that they are documented. */
    private static final Set<String> SETTINGS = Set.of("root", "app");

    /** Spring Boot's groups of loggers, of libraries that are not here. */
    private static final Set<String> GROUPS = Set.of("web", "sql");

    private final AppSettings.Level root;

    /** A logger stands behind those above it. */
    private final SortedMap<String, AppSettings.Level> levels;

    private LogLevels(AppSettings.Level root, SortedMap<String, AppSettings.Level> levels) {
        this.root = root;
        this.levels = levels;
    }

    /**
     * Those of an environment.
     *
     * @throws ConfigurationException naming every one that is no level
     */
    static LogLevels of(Environment environment) {
        SortedMap<String, AppSettings.Level> levels = new TreeMap<>();
        List<Runnable> reads = new ArrayList<>();
        variables(environment)
                .forEach((logger, variable) -> reads.add(() -> {
                    AppSettings.Level level = level(environment, variable);
                    if (level != null && !GROUPS.contains(logger)) {
                        levels.put(logger, level);
                    }
                }));
        ConfigurationException.throwAll(reads);
        levels.putIfAbsent(GATEWAY, environment.get(AppSettings.LOGGING_APP));
        return new LogLevels(environment.get(AppSettings.LOGGING_ROOT), levels);
    }

    /** By the logger that it means the name of each variable. */
    private static Map<String, String> variables(Environment environment) {
        Map<String, String> variables = new TreeMap<>();
        for (String name : environment.names()) {
            String upper = name.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_");
            if (upper.startsWith(PREFIX)) {
                String logger = upper.substring(PREFIX.length())
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("_+", ".")
                        .replaceAll("^\\.|\\.$", "");
                if (!logger.isEmpty() && !SETTINGS.contains(logger)) {
                    variables.putIfAbsent(logger, name);
                }
            }
        }
        return variables;
    }

    /** Null where it is blank. */
    private static AppSettings.@Nullable Level level(Environment environment, String variable) {
        Setting<AppSettings.Level> setting = setting(variable);
        return environment.explain(setting).origin().equals("default") ? null : environment.get(setting);
    }

    private static Setting<AppSettings.Level> setting(String variable) {
        return Setting.choice(variable, AppSettings.Level.INFO);
    }

    /** What works, but deserves a warning. */
    static List<String> warnings(Environment environment) {
        List<String> warnings = new ArrayList<>();
        variables(environment).forEach((logger, variable) -> {
            if (GROUPS.contains(logger)) {
                warnings.add(variable + " is not used: there are no groups of loggers; name a logger, as in "
                        + "LOGGING_LEVEL_ORG_APACHE_KAFKA");
            } else if (!KnownLoggers.concern(logger)) {
                String near = Misspellings.nearest(variable);
                warnings.add(variable + " names no logger of the gateway or its libraries"
                        + (near == null ? "" : "; the nearest known name is " + near));
            } else if (HeaderLoggers.contain(logger) && isMeantVerbose(environment, variable)) {
                warnings.add(variable
                        + " is taken for info: below it, headers of requests would be logged, tokens included");
            }
        });
        return warnings;
    }

    /** As far as its value is one. */
    private static boolean isMeantVerbose(Environment environment, String variable) {
        String level = environment.explain(setting(variable)).text();
        return level.equalsIgnoreCase("debug") || level.equalsIgnoreCase("trace");
    }

    private static boolean isVerbose(AppSettings.Level level) {
        return level == AppSettings.Level.DEBUG || level == AppSettings.Level.TRACE;
    }

    /**
     * Sets them. Below a logger that is set to debug or trace, what {@link LogOutput#leaveOut} leaves out is not left out any more.
     */
    void apply(LoggerContext context) {
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(logback(root));
        Map<String, Level> late = new HashMap<>();
        levels.forEach((name, level) -> {
            if (isVerbose(level)) {
                context.getLoggerList().stream()
                        .filter(each -> each.getName().startsWith(name + "."))
                        .forEach(each -> each.setLevel(null));
            }
            context.getLogger(name).setLevel(logback(level));
            late.put(name, logback(level));
        });
        late.remove(GATEWAY);
        for (Logger each : context.getLoggerList()) {
            LateLevels.set(each, late);
        }
        if (!late.isEmpty()) {
            LateLevels.add(context, late);
        }
    }

    private static Level logback(AppSettings.Level level) {
        return Level.toLevel(level.name());
    }
}
