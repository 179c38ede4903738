package io.eventsgateway.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.eventsgateway.app.manage.HeaderLoggers;
import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Where logs go and what is left out of them, unless {@code -Dlogback.configurationFile} names a file that says so. In code,
 * because reading a file of XML is a tenth of the time to start. Found and called by Logback.
 */
public final class LogOutput extends ContextAwareBase implements Configurator {

    private static final String CONSOLE = "gateway";

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        HeaderLoggers.silence(context);
        if (System.getProperty("logback.configurationFile") != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        toConsole(context);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Lines of text from INFO on, to the standard error: a command's standard output is what it prints. */
    static void toConsole(LoggerContext context) {
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setName(CONSOLE);
        console.setContext(context);
        console.setTarget("System.err");
        console.setEncoder(started(new TextLines(), context));
        console.addFilter(new Repeats(InstantSource.system()));
        console.start();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(console);
        leaveOut(context);
    }

    /** What is said by the gateway itself, once, or is of no use. */
    static void leaveOut(LoggerContext context) {
        // brokers that refuse or can't be found, and missing topics, at every attempt; FeedWorker and KafkaFeeds say it
        // once
        level(context, Level.OFF, "org.apache.kafka.clients.ClientUtils");
        level(context, Level.OFF, "org.apache.kafka.clients.NetworkClient");
        level(context, Level.OFF, "org.apache.kafka.clients.Metadata");
        level(context, Level.ERROR, "org.apache.kafka.clients.consumer.internals.FetchCollector");
        level(context, Level.WARN, "org.apache.kafka");
        level(context, Level.WARN, "io.lettuce");
        // a server that is away, at every attempt; RedisEventLog logs it once and then every minute
        level(context, Level.ERROR, "io.lettuce.core.protocol.ConnectionWatchdog");
        level(context, Level.ERROR, "io.lettuce.core.RedisClient");
        level(context, Level.ERROR, "io.lettuce.core.cluster.RedisClusterClient");
        level(context, Level.ERROR, "io.lettuce.core.cluster.ClusterTopologyRefreshScheduler");
        // a cluster's client closes its connections twice
        level(context, Level.ERROR, "io.lettuce.core.RedisChannelHandler");
        level(context, Level.WARN, "io.undertow");
        level(context, Level.WARN, "org.xnio");
        level(context, Level.WARN, "org.jboss");
    }

    /** To the standard output from now on, unless a configuration file says where to. */
    static void toStandardOutput(LoggerContext context) {
        ConsoleAppender<ILoggingEvent> console = console(context);
        if (console != null) {
            console.stop();
            console.setTarget("System.out");
            console.start();
        }
    }

    /**
     * As an environment says from now on, unless a configuration file says how.
     *
     * @throws ConfigurationException if the log file can't be opened
     */
    static void write(LoggerContext context, Environment environment) {
        ConsoleAppender<ILoggingEvent> console = console(context);
        if (console == null) {
            return;
        }
        AppSettings.LogFormat format = environment.get(AppSettings.LOGGING_FORMAT);
        console.setEncoder(encoder(context, environment.get(AppSettings.LOGGING_STRUCTURE_CONSOLE), format));
        if (!LogFile.path(environment).isEmpty()) {
            Encoder<ILoggingEvent> encoder =
                    encoder(context, environment.get(AppSettings.LOGGING_STRUCTURE_FILE), format);
            context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(LogFile.open(context, environment, encoder));
        }
    }

    private static @Nullable ConsoleAppender<ILoggingEvent> console(LoggerContext context) {
        return context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(CONSOLE)
                        instanceof ConsoleAppender<ILoggingEvent> console
                ? console
                : null;
    }

    private static Encoder<ILoggingEvent> encoder(
            LoggerContext context, AppSettings.Structure structure, AppSettings.LogFormat format) {
        if (structure != AppSettings.Structure.NONE) {
            return started(new StructuredLines(structure), context);
        }
        return started(format == AppSettings.LogFormat.JSON ? new JsonLines() : new TextLines(), context);
    }

    static Encoder<ILoggingEvent> started(Encoder<ILoggingEvent> encoder, LoggerContext context) {
        encoder.setContext(context);
        encoder.start();
        return encoder;
    }

    private static void level(LoggerContext context, Level level, String logger) {
        context.getLogger(logger).setLevel(level);
    }
}
