package io.eventsgateway.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.eventsgateway.app.manage.HeaderLoggers;
import java.time.InstantSource;

/**
 * Where logs go and what is left out of them, unless {@code -Dlogback.configurationFile} names a file that says so. In code,
 * because reading a file of XML is a tenth of the time to start. Found and called by Logback.
 */
public final class LogOutput extends ContextAwareBase implements Configurator {

    private static final String CONSOLE = "console";

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        HeaderLoggers.silence(context);
        if (System.getProperty("logback.configurationFile") != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setName(CONSOLE);
        console.setContext(context);
        console.setTarget("System.err");
        console.setEncoder(encoder(context));
        console.addFilter(new Repeats(InstantSource.system()));
        console.start();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(console);
        leaveOut(context);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
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

    /** Writes one JSON object a line from now on, unless a configuration file says how to write. */
    static void writeJson(LoggerContext context) {
        if (context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(CONSOLE)
                instanceof ConsoleAppender<ILoggingEvent> console) {
            JsonEncoder encoder = new JsonLines();
            encoder.setContext(context);
            encoder.start();
            console.setEncoder(encoder);
        }
    }

    static Encoder<ILoggingEvent> encoder(LoggerContext context) {
        TextLines encoder = new TextLines();
        encoder.setContext(context);
        encoder.start();
        return encoder;
    }

    private static void level(LoggerContext context, Level level, String logger) {
        context.getLogger(logger).setLevel(level);
    }
}
