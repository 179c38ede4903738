package io.eventsgateway.app;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeAndTimeBasedRollingPolicy;
import ch.qos.logback.core.util.FileSize;
import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The file that the log is written to; what was written before another day, or before it became too large, is compressed beside it. */
final class LogFile {

    /** What it is called where its folder alone is given. */
    static final String NAME = "spring.log";

    private static final String ROLLED = ".%d{yyyy-MM-dd}.%i.gz";

    private LogFile() {}

    /** A text that is the path of a file that can be written, or empty; null for another one. */
    static @Nullable String file(String text) {
        return text.isEmpty() || canBeWritten(text) ? text : null;
    }

    /** The path of the file in a folder that is given; null where it can't be written there. */
    static @Nullable String inFolder(String text) {
        String path = text.isEmpty() ? "" : text + (text.endsWith("/") ? "" : "/") + NAME;
        return file(path);
    }

    private static boolean canBeWritten(String text) {
        try {
            Path file = Path.of(text).toAbsolutePath();
            // which the pattern of what is compressed would take for a date or a number
            return text.indexOf('%') < 0
                    && (Files.exists(file)
                            ? Files.isRegularFile(file) && Files.isWritable(file)
                            : canBeMade(file.getParent()));
        } catch (InvalidPathException noPath) {
            return false;
        }
    }

    private static boolean canBeMade(@Nullable Path folder) {
        Path there = folder;
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        return there != null && Files.isDirectory(there) && Files.isWritable(there);
    }

    /** The file's path as an environment has it; empty for none. */
    static String path(Environment environment) {
        String name = environment.get(AppSettings.LOGGING_FILE_NAME);
        return name.isEmpty() ? environment.get(AppSettings.LOGGING_FILE_PATH) : name;
    }

    /**
     * Opens the file.
     *
     * @throws ConfigurationException if that fails
     */
    static RollingFileAppender<ILoggingEvent> open(
            LoggerContext context, Environment environment, Encoder<ILoggingEvent> encoder) {
        String path = path(environment);
        RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
        appender.setContext(context);
        appender.setFile(path);
        appender.setEncoder(encoder);
        appender.addFilter(new Repeats(InstantSource.system()));
        SizeAndTimeBasedRollingPolicy<ILoggingEvent> policy = new SizeAndTimeBasedRollingPolicy<>();
        policy.setContext(context);
        policy.setParent(appender);
        policy.setFileNamePattern(path + ROLLED);
        policy.setMaxFileSize(new FileSize(environment.get(AppSettings.LOGGING_FILE_MAX_SIZE)));
        policy.setMaxHistory(environment.get(AppSettings.LOGGING_FILE_MAX_HISTORY));
        policy.start();
        appender.setRollingPolicy(policy);
        appender.start();
        if (!appender.isStarted()) {
            throw new ConfigurationException(List.of("The log file " + path + " can't be written"));
        }
        return appender;
    }
}
