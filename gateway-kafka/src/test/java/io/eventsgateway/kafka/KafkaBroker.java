package io.eventsgateway.kafka;

import io.eventsgateway.FreePort;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * A real broker (KRaft, one node) as a process of its own on free ports, for tests. It keeps its port and its data until it is closed, and
 * does not outlive the JVM that started it. Used by one thread.
 */
public final class KafkaBroker implements AutoCloseable {

    private static final String PLAINTEXT = "PLAINTEXT";
    private static final String CONTROLLER = "CONTROLLER";

    private final Path folder;
    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final List<String> options = new ArrayList<>();
    private Process process;

    /** Starts a broker. */
    public KafkaBroker() {
        this(Map.of());
    }

    /** Starts a broker with settings of Kafka's own names, which win over those of {@link #KafkaBroker()}. */
    public KafkaBroker(Map<String, String> overrides) {
        this(Map.of(), overrides);
    }

    /**
     * Starts a broker that listens also in other ways than in the clear.
     *
     * @param listeners their names, and the security protocol of each
     */
    public KafkaBroker(Map<String, String> listeners, Map<String, String> overrides) {
        ports.put(PLAINTEXT, FreePort.between(30_000, 32_768));
        ports.put(CONTROLLER, FreePort.between(30_000, 32_768));
        listeners.keySet().forEach(name -> ports.put(name, FreePort.between(30_000, 32_768)));
        String keys = overrides.entrySet().stream()
                .filter(each -> each.getKey().endsWith("sasl.oauthbearer.jwks.endpoint.url"))
                .map(Map.Entry::getValue)
                .collect(Collectors.joining(","));
        options.add("-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=" + keys);
        try {
            folder = Files.createTempDirectory("kafka");
            Properties settings = new Properties();
            settings.putAll(settings(listeners));
            settings.putAll(overrides);
            try (var out = Files.newOutputStream(folder.resolve("server.properties"))) {
                settings.store(out, null);
            }
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
        start();
    }

    /** The one broker that test classes of this JVM share: started when first asked for, closed when the JVM ends; not to be closed. */
    public static KafkaBroker shared() {
        return Shared.BROKER;
    }

    private Map<String, String> settings(Map<String, String> listeners) {
        Map<String, String> protocols = new HashMap<>(listeners);
        protocols.put(PLAINTEXT, PLAINTEXT);
        protocols.put(CONTROLLER, PLAINTEXT);
        Map<String, String> settings = new HashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("controller.quorum.voters", "1@" + address(CONTROLLER));
        settings.put("listeners", join(ports.keySet(), name -> name + "://" + address(name)));
        settings.put(
                "advertised.listeners",
                join(ports.keySet(), name -> name.equals(CONTROLLER) ? "" : name + "://" + address(name)));
        settings.put("listener.security.protocol.map", join(ports.keySet(), name -> name + ":" + protocols.get(name)));
        settings.put("inter.broker.listener.name", PLAINTEXT);
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("log.dirs", folder.resolve("data").toString());
        settings.put("num.partitions", "3");
        settings.put("offsets.topic.num.partitions", "4");
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("broker.session.timeout.ms", "9000");
        settings.put("broker.heartbeat.interval.ms", "500");
        settings.put("message.max.bytes", "60000000");
        settings.put("replica.fetch.max.bytes", "60000000");
        return settings;
    }

    /** Starts it, after it was stopped, on the same port and with its data. */
    public void start() {
        try {
            process = launch();
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
        awaitAnswer();
    }

    /** Stops it as an operator would; its data stays. */
    public void stop() {
        // The process' own destroy() closes standard input too, which is the end without a shutdown.
        process.toHandle().destroy();
        awaitEnd();
    }

    /** Kills it; its data stays. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    private static String join(Collection<String> names, Function<String, String> text) {
        return names.stream().map(text).filter(each -> !each.isEmpty()).collect(Collectors.joining(","));
    }

    /** Where it is, in the clear. */
    public String bootstrapServers() {
        return address(PLAINTEXT);
    }

    /** Where one of its listeners is. */
    public String address(String listener) {
        return "127.0.0.1:" + ports.get(listener);
    }

    /** Makes a topic and returns when it is there. */
    public void createTopic(String name, int partitions) {
        admin(admin -> admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                .all());
    }

    /** Gives a topic more partitions. */
    public void growTopic(String name, int partitions) {
        admin(admin -> admin.createPartitions(Map.of(name, NewPartitions.increaseTo(partitions)))
                .all());
    }

    /** Deletes a topic. */
    public void deleteTopic(String name) {
        admin(admin -> admin.deleteTopics(List.of(name)).all());
    }

    /** Kills it and deletes its data. Idempotent. */
    @Override
    public void close() {
        kill();
        if (!Files.exists(folder)) {
            return;
        }
        try (var files = Files.walk(folder)) {
            files.map(Path::toFile).sorted(Comparator.reverseOrder()).forEach(File::delete);
        } catch (IOException left) {
            throw new UncheckedIOException(left);
        }
    }

    /** Deletes a topic and makes it again, however often a producer that still asks for it makes it in between. */
    public void makeTopicAgain(String name, int partitions) {
        while (true) {
            deleteTopic(name);
            try {
                createTopic(name, partitions);
                return;
            } catch (IllegalStateException failed) {
                if (!(failed.getCause().getCause() instanceof TopicExistsException)) {
                    throw failed;
                }
            }
        }
    }

    /** Something to ask of an admin client. */
    public interface Request<T> {
        KafkaFuture<T> send(Admin admin);
    }

    /** Asks it of the broker and waits for the answer. */
    public <T> T admin(Request<T> request) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            return request.send(admin).get(30, TimeUnit.SECONDS);
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    private Process launch() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                "-XX:+UseSerialGC",
                "-Dlogback.configurationFile=io/eventsgateway/kafka/broker-logback.xml"));
        command.addAll(options);
        command.addAll(List.of(
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                BrokerMain.class.getName(),
                config()));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()))
                .start();
    }

    private void awaitAnswer() {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(180);
        Map<String, Object> properties =
                Map.of("bootstrap.servers", bootstrapServers(), "reconnect.backoff.max.ms", 200);
        DescribeClusterOptions soon = new DescribeClusterOptions().timeoutMs(1_000);
        try (Admin admin = Admin.create(properties)) {
            while (System.nanoTime() < until && process.isAlive()) {
                try {
                    if (!admin.describeCluster(soon).nodes().get().isEmpty()) {
                        return;
                    }
                } catch (ExecutionException notYet) {
                    Thread.onSpinWait();
                }
            }
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
        throw new IllegalStateException("broker did not start; its log is " + logFile());
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("broker does not end");
            }
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private String config() {
        return folder.resolve("server.properties").toString();
    }

    private Path logFile() {
        return folder.resolve("broker.log");
    }

    /** Holds the shared broker, so that nobody who does not ask for it starts it. */
    private static final class Shared {

        private static final KafkaBroker BROKER = new KafkaBroker();

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(BROKER::close, "kafka-close"));
        }
    }
}
