package io.eventsgateway.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import io.eventsgateway.app.manage.HeaderLoggers;
import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/** What is logged, where to and how, as the settings say. */
public final class LogSettings {

    private LogSettings() {}

    /** From now on, on the standard output: for a process whose output its log is. */
    public static void toStandardOutput() {
        LogOutput.toStandardOutput(context());
    }

    /**
     * From now on.
     *
     * @throws ConfigurationException if the log file can't be opened
     */
    public static void apply(Environment environment) {
        apply(environment, context());
    }

    static void apply(Environment environment, LoggerContext context) {
        HeaderLoggers.silence(context);
        LogLevels.of(environment).apply(context);
        LogOutput.write(context, environment);
    }

    /** Nothing from now on: for a command that says itself what it finds. */
    public static void silence() {
        context().getLoggerList().forEach(each -> each.setLevel(Level.OFF));
    }

    /** What works, but deserves a warning. */
    static List<String> warnings(Environment environment) {
        List<String> warnings = new ArrayList<>(LogLevels.warnings(environment));
        boolean structured = !environment
                .explain(AppSettings.LOGGING_STRUCTURE_CONSOLE)
                .text()
                .isEmpty();
        if (structured && environment.explain(AppSettings.LOGGING_FORMAT).text().equalsIgnoreCase("json")) {
            warnings.add(AppSettings.LOGGING_FORMAT.name() + " is not used: "
                    + AppSettings.LOGGING_STRUCTURE_CONSOLE.name() + " is set too");
        }
        return warnings;
    }

    private static LoggerContext context() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }
}
