package io.eventsgateway.app;

import io.eventsgateway.Text;
import io.eventsgateway.app.console.ConsoleAccess;
import io.eventsgateway.app.console.ConsoleHandler;
import io.eventsgateway.app.console.ConsoleStreams;
import io.eventsgateway.app.console.RecentLetters;
import io.eventsgateway.app.dev.DemoProcess;
import io.eventsgateway.app.dev.DevHandler;
import io.eventsgateway.app.dev.DevRecords;
import io.eventsgateway.app.manage.Health;
import io.eventsgateway.app.manage.ManagementHandler;
import io.eventsgateway.app.manage.Operations;
import io.eventsgateway.app.manage.PageGuard;
import io.eventsgateway.auth.AccessPolicy;
import io.eventsgateway.auth.IssuerMemory;
import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import io.eventsgateway.config.Setting;
import io.eventsgateway.hub.Hub;
import io.eventsgateway.kafka.KafkaClientSettings;
import io.eventsgateway.kafka.KafkaDeadLetters;
import io.eventsgateway.kafka.KafkaFeeds;
import io.eventsgateway.kafka.KafkaOptions;
import io.eventsgateway.kafka.KafkaSettings;
import io.eventsgateway.log.EventLog;
import io.eventsgateway.log.InMemoryEventLog;
import io.eventsgateway.redis.RedisEventLog;
import io.eventsgateway.redis.RedisSettings;
import io.eventsgateway.route.DeadLetters;
import io.eventsgateway.route.Ingest;
import io.eventsgateway.route.Organisations;
import io.eventsgateway.route.RecordDecoder;
import io.eventsgateway.route.Router;
import io.eventsgateway.security.Access;
import io.eventsgateway.security.OpenAuthenticator;
import io.eventsgateway.security.OrganisationCheck;
import io.eventsgateway.security.SecuritySettings;
import io.eventsgateway.security.Services;
import io.eventsgateway.undertow.ClientAddress;
import io.eventsgateway.undertow.Cors;
import io.eventsgateway.undertow.EventsHandler;
import io.eventsgateway.undertow.OpenFiles;
import io.eventsgateway.undertow.Problem;
import io.eventsgateway.undertow.ServerOptions;
import io.eventsgateway.undertow.SseServer;
import io.eventsgateway.undertow.SseSettings;
import io.eventsgateway.undertow.TlsSettings;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.undertow.Handlers;
import io.undertow.server.HttpHandler;
import io.undertow.server.handlers.PathHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The object graph: the only place that knows all modules. Constructing opens nothing; {@link #start} opens in order and
 * {@link #close} closes in reverse. Used by one thread.
 */
public final class Gateway implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
    private static final Environment OPEN = new Environment(
            "--embedded", Map.of(SecuritySettings.TYPE.name(), "none", SecuritySettings.ALLOW_INSECURE.name(), "true"));
    private static final String EVENTS_PATH = "/api/events";
    private static final int MANAGEMENT_CONNECTIONS = 256;

    private final Environment environment;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Meters meters = new Meters(registry, Traces.global());
    private final StateMeters states = new StateMeters(registry);
    private final Health health = new Health();
    private final RecentLetters letters;
    private final Duration drain;
    private final EventsHandler events;
    private final SseServer server;
    private final SseServer management;
    private final Deque<Runnable> starts = new ArrayDeque<>();
    private final Deque<AutoCloseable> closes = new ArrayDeque<>();
    private final boolean embedded;
    private AutoCloseable intake = () -> {};
    private boolean closed;

    private Gateway(Environment environment, boolean embedded) {
        AppSettings.check(environment);
        this.environment = environment;
        this.embedded = embedded;
        this.drain = environment.get(SseSettings.DRAIN);
        Organisations organisations = AppSettings.organisations(environment);
        this.letters = new RecentLetters(organisations.fallback(), InstantSource.system());
        Cors cors = environment.get(SseSettings.CORS);
        PathHandler paths = Handlers.path(notFound(cors));
        RedisEventLog redis = embedded ? null : redisLog();
        EventLog log = redis == null ? inMemoryLog() : redis;
        Access access = access(log, redis == null ? IssuerMemory.ofProcess() : redis.issuers());
        Hub hub = new Hub(log, meters);
        closes.push(hub);
        this.events = new EventsHandler(
                hub,
                access.authenticator(),
                access.policy(),
                organisations.fallback(),
                SseSettings.options(environment),
                meters);
        PageGuard guard = new PageGuard(environment.get(AppSettings.MANAGEMENT_HOSTS));
        paths.addPrefixPath(EVENTS_PATH, embedded ? guard.byNameOnly(events) : events);
        ConsoleAccess consoleAccess = new ConsoleAccess(access.authenticator(), access.organisations(), isOpen());
        HttpHandler console =
                guard.before(new ConsoleHandler(consoleAccess, events, letters, organisations.fallback(), embedded));
        RecordDecoder decoder =
                new RecordDecoder(organisations, environment.get(KafkaClientSettings.MESSAGE_MAX_BYTES));
        if (redis == null) {
            paths.addExactPath("/", console).addPrefixPath(ConsoleHandler.PATH, console);
            addDevelopment(paths, decoder, log, guard);
        } else {
            addFeeds(decoder, redis);
        }
        HttpHandler root = environment.get(SseSettings.FORWARDED) == SseSettings.Forwarded.NONE
                ? paths
                : new ClientAddress(environment.get(SseSettings.TRUSTED_PROXIES), paths);
        this.server = new SseServer(
                new ServerOptions(
                        address(SseSettings.ADDRESS, embedded),
                        environment.get(SseSettings.PORT),
                        environment.get(SseSettings.MAX_HEADER),
                        environment.get(SseSettings.MAX_OPEN),
                        environment.get(SseSettings.MAX_OPEN_PER_ADDRESS),
                        spareFiles(),
                        environment.get(SseSettings.SEND_BUFFER),
                        TlsSettings.SERVER.context(environment),
                        cors),
                root);
        this.management = new SseServer(
                new ServerOptions(
                        address(AppSettings.MANAGEMENT_ADDRESS, embedded),
                        environment.get(AppSettings.MANAGEMENT_PORT),
                        environment.get(SseSettings.MAX_HEADER),
                        MANAGEMENT_CONNECTIONS,
                        0,
                        0,
                        ServerOptions.DEFAULT_SEND_BUFFER,
                        TlsSettings.MANAGEMENT.context(environment),
                        Cors.NONE),
                managementRoot(
                        consoleAccess,
                        organisations.fallback(),
                        guard,
                        new Operations(
                                log, hub, events.connected(), ReplicaName.make(), drain, organisations.fallback())));
        states.add(events, hub);
        states.addProcess();
    }

    private HttpHandler managementRoot(
            ConsoleAccess access, @Nullable String shared, PageGuard guard, Operations operations) {
        HttpHandler root = new ManagementHandler(health, registry, guard, operations);
        if (!environment.get(AppSettings.CONSOLE_ENABLED)) {
            return root;
        }
        // records are sent by the other port's page
        HttpHandler console = new ConsoleHandler(access, events, letters, shared, false);
        return Handlers.path(root)
                .addPrefixPath(ConsoleHandler.PATH, guard.before(console))
                .addPrefixPath(EVENTS_PATH, guard.before(new ConsoleStreams(access, events)));
    }

    private String address(Setting<String> setting, boolean embedded) {
        String named = environment.get(setting);
        return !named.isEmpty() ? named : embedded ? "127.0.0.1" : ServerOptions.ANY_ADDRESS;
    }

    /** Files that the streams' connections leave to Kafka, Redis and the management port: an eighth, at least 64. */
    private static int spareFiles() {
        return (int) Math.max(64, Math.min(MANAGEMENT_CONNECTIONS + 256, OpenFiles.max() / 8));
    }

    /**
     * A gateway from Kafka by Redis.
     *
     * @throws ConfigurationException naming every problem
     */
    public static Gateway of(Environment environment) {
        return new Gateway(environment, false);
    }

    /**
     * A gateway that needs nothing: its log is in memory, its records come by HTTP and from a demo process, and it lets everybody
     * in, whatever {@code SECURITY_TYPE} says.
     *
     * @throws ConfigurationException naming every problem
     */
    public static Gateway embedded(Environment environment) {
        SecuritySettings.Type asked = environment.get(SecuritySettings.TYPE);
        boolean named = !environment.explain(SecuritySettings.TYPE).origin().equals("default");
        if (named && asked != SecuritySettings.Type.NONE) {
            LOG.warn("{} is not used: --embedded lets everybody in", SecuritySettings.TYPE.name());
        }
        return new Gateway(OPEN.orElse(environment), true);
    }

    /**
     * Checks a configuration by making everything that {@link #of} makes, clients included, and closing it unused. Nobody is asked.
     *
     * @throws ConfigurationException naming every problem
     */
    public static void check(Environment environment) {
        of(environment).discard();
    }

    private void discard() {
        while (!closes.isEmpty()) {
            closeQuietly(closes.pop());
        }
        states.close();
        meters.close();
        registry.close();
    }

    private Access access(EventLog log, IssuerMemory issuers) {
        if (isOpen()) {
            return new Access(
                    new OpenAuthenticator(AppSettings.defaultOrganisation(environment)),
                    OrganisationCheck.NONE,
                    AccessPolicy.AUTHENTICATED,
                    Services.none());
        }
        Access access = SecuritySettings.access(environment, log, issuers);
        Services services = access.services();
        starts.add(services::start);
        closes.push(services);
        services.all().forEach(new Dependencies(health, registry)::service);
        return access;
    }

    private boolean isOpen() {
        return environment.get(SecuritySettings.TYPE) == SecuritySettings.Type.NONE;
    }

    private EventLog inMemoryLog() {
        EventLog log = new InMemoryEventLog(environment.get(RedisSettings.RETENTION), InstantSource.system());
        closes.push(log);
        return log;
    }

    private RedisEventLog redisLog() {
        RedisEventLog log = new RedisEventLog(RedisSettings.options(environment), meters);
        starts.add(log::start);
        closes.push(log);
        new Dependencies(health, registry).redis(log, environment.get(AppSettings.READINESS_INCLUDE_REDIS));
        Gauge.builder("events.gateway.push.unconfirmed", log, each -> each.state()
                        .unconfirmed())
                .description("Destinations that Redis is not confirmed to push")
                .register(registry);
        Gauge.builder(
                        "events.gateway.push.silent.seconds",
                        log,
                        each -> each.state().silentMillis() / 1000.0)
                .description("For how long Redis has not pushed what it should")
                .register(registry);
        Gauge.builder("events.gateway.redis.replica.lag.bytes", log, each -> each.state()
                        .replicaLagBytes())
                .description("What a failover to the replica that lags most would lose of Redis's replication stream")
                .register(registry);
        return log;
    }

    private void addFeeds(RecordDecoder decoder, RedisEventLog log) {
        Map<String, Object> properties = KafkaClientSettings.properties(environment);
        String deadLetterTopic = KafkaSettings.deadLetterTopic(environment);
        DeadLetters deadLetters = (in, reason) -> CompletableFuture.completedStage(null);
        if (!deadLetterTopic.isEmpty()) {
            KafkaDeadLetters topic = new KafkaDeadLetters(
                    deadLetterTopic, properties, environment.get(KafkaClientSettings.MESSAGE_MAX_BYTES), meters);
            closes.push(topic);
            deadLetters = topic;
        }
        KafkaOptions options = new KafkaOptions(
                properties,
                environment.get(RedisSettings.RETENTION),
                environment.get(RedisSettings.REWIND),
                environment.get(KafkaClientSettings.AUTH_RETRY),
                Duration.ofSeconds(1));
        KafkaFeeds feeds = new KafkaFeeds(
                KafkaSettings.bindings(environment),
                options,
                new Ingest(decoder, Router.STANDARD, log, letters.around(deadLetters), meters),
                meters,
                environment.get(KafkaSettings.REMOVE_DEAD) ? log.replicas() : null);
        states.add(feeds);
        starts.add(feeds::start);
        intake = feeds;
        new Dependencies(health, registry).kafka(feeds, log);
    }

    private void addDevelopment(PathHandler paths, RecordDecoder decoder, EventLog log, PageGuard guard) {
        DevRecords records = new DevRecords(KafkaSettings.bindings(environment), decoder, log, letters, meters);
        DemoProcess demo = new DemoProcess(records, InstantSource.system());
        DevHandler dev = new DevHandler(records, guard);
        paths.addPrefixPath("/dev", dev);
        starts.add(demo::start);
        intake = demo;
    }

    private static HttpHandler notFound(Cors cors) {
        return exchange -> {
            cors.apply(exchange);
            new Problem(404, "Event streams are at " + EVENTS_PATH + ".").send(exchange);
        };
    }

    /**
     * Opens everything, in the order of the flow backwards, and lets clients in.
     *
     * @throws ConfigurationException if a port is taken
     */
    public void start() {
        AppSettings.warnings(environment).forEach(LOG::warn);
        String heap = HeapNeed.warning(environment, Runtime.getRuntime().maxMemory());
        if (heap != null) {
            LOG.warn(heap);
        }
        String files = filesWarning(environment.get(SseSettings.MAX_OPEN), OpenFiles.max());
        if (files != null) {
            LOG.warn(files);
        }
        String libraries = LibraryFolder.warning(Path.of(System.getProperty("java.io.tmpdir")));
        if (libraries != null) {
            LOG.warn(libraries);
        }
        if (isOpen()) {
            LOG.warn("Everybody is let in, because of SECURITY_TYPE=none");
        }
        listen(management, AppSettings.MANAGEMENT_PORT.name());
        listen(server, SseSettings.PORT.name());
        starts.forEach(Runnable::run);
        events.open();
        health.setServing(true);
        LOG.info(
                "Gateway started port={} management={} {}",
                server.port(),
                management.port(),
                InForce.line(environment, embedded));
    }

    /** What to say of a limit of open files that is lower than the connections there may be; null for nothing. */
    public static @Nullable String filesWarning(int connections, long maxFiles) {
        long needed = connections + (long) spareFiles();
        return maxFiles >= needed
                ? null
                : SseSettings.MAX_OPEN.name() + "=" + connections + " needs " + needed
                        + " open files, the limit is " + maxFiles
                        + ": fewer connections are taken; raise the limit (ulimit -n " + needed
                        + "), or lower the setting";
    }

    private static void listen(SseServer server, String setting) {
        try {
            server.start();
        } catch (RuntimeException taken) {
            Throwable cause = taken.getCause() == null ? taken : taken.getCause();
            throw new ConfigurationException(List.of(setting + " can't be listened on: " + cause.getMessage()));
        }
    }

    /** The port of the event streams. */
    public int port() {
        return server.port();
    }

    /** What Prometheus would get. */
    String scrape() {
        return registry.scrape();
    }

    /** The port of health and metrics. */
    public int managementPort() {
        return management.port();
    }

    /**
     * Stops taking records, so that other replicas go on with them, drains the streams, then closes everything. Idempotent; bounded
     * by the drain and some 20 seconds.
     */
    @Override
    public void close() {
        close("closed");
    }

    /**
     * The same.
     *
     * @param reason why, in a word for the log
     */
    public void close(String reason) {
        health.setServing(false);
        if (closed) {
            return;
        }
        closed = true;
        int streams = events.streams();
        LOG.info("Gateway stops reason={} streams={} over={}", reason, streams, Text.seconds(drain));
        long begun = System.nanoTime();
        long until = begun + drain.toNanos() + TimeUnit.SECONDS.toNanos(2);
        events.drain(drain);
        closeQuietly(intake);
        while (events.streams() > 0 && System.nanoTime() < until) {
            try {
                TimeUnit.MILLISECONDS.sleep(50);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        discard();
        server.close();
        management.close();
        LOG.info(
                "Gateway stopped reason={} streams={} after={}",
                reason,
                streams,
                Text.seconds(Duration.ofNanos(System.nanoTime() - begun)));
    }

    private static void closeQuietly(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception failed) {
            LOG.warn("Not closed cleanly cause=\"{}\"", failed.toString());
        }
    }
}
