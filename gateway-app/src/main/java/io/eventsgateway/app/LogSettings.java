package io.eventsgateway.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import io.eventsgateway.app.manage.HeaderLoggers;
import io.eventsgateway.config.Environment;
import io.eventsgateway.config.Setting;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is logged and how, as the settings say. */
public final class LogSettings {

    private LogSettings() {}

    /** From now on. */
    public static void apply(Environment environment) {
        HeaderLoggers.silence((LoggerContext) LoggerFactory.getILoggerFactory());
        set(Logger.ROOT_LOGGER_NAME, environment, AppSettings.LOGGING_ROOT);
        set("io.eventsgateway", environment, AppSettings.LOGGING_APP);
        if (environment.get(AppSettings.LOGGING_FORMAT) == AppSettings.LogFormat.JSON) {
            LogOutput.writeJson((LoggerContext) LoggerFactory.getILoggerFactory());
        }
    }

    /** Nothing from now on: for a command that says itself what it finds. */
    public static void silence() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.getLoggerList().forEach(each -> each.setLevel(Level.OFF));
    }

    private static void set(String logger, Environment environment, Setting<AppSettings.Level> setting) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.getLogger(logger)
                .setLevel(Level.toLevel(environment.get(setting).name()));
    }
}
