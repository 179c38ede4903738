package io.eventsgateway.load;

import io.eventsgateway.kafka.KafkaBroker;
import io.eventsgateway.redis.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;

/** The Kafka and the Redis under the gateway: its own, or those that somebody named. Used by one thread. */
final class Backends implements AutoCloseable {

    /** The topic the load goes through. */
    static final String TOPIC = "ai.flowx.eventsgateway.engine.commands.message.v1";

    private static final int PARTITIONS = 10;

    private final @Nullable KafkaBroker ownKafka;
    private final @Nullable RedisServer ownRedis;
    private final Set<ProcessHandle> kafkaProcesses;
    private final String kafka;
    private final RedisURI redis;
    private final RedisClient redisClient;
    private final StatefulRedisConnection<String, String> redisConnection;
    private final Admin admin;

    /** Those of the process that started this one. */
    static Backends given(Options options) {
        Set<ProcessHandle> kafka = Arrays.stream(
                        System.getProperty("kafka.pids", "").split(" "))
                .filter(pid -> !pid.isEmpty())
                .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)).stream())
                .collect(Collectors.toSet());
        return new Backends(options.kafka(), options.redis(), kafka);
    }

    /**
     * Starts what is not named.
     *
     * @param kafka host:port, empty for a broker of its own
     * @param redis host:port, empty for a server of its own
     */
    Backends(String kafka, String redis) {
        this(kafka, redis, Set.of());
    }

    private Backends(String kafka, String redis, Set<ProcessHandle> kafkaProcesses) {
        Set<ProcessHandle> before = children();
        ownKafka = kafka.isEmpty() ? new KafkaBroker(Map.of("num.partitions", Integer.toString(PARTITIONS))) : null;
        Set<ProcessHandle> added = children();
        added.removeAll(before);
        this.kafkaProcesses = ownKafka == null ? kafkaProcesses : added;
        ownRedis = redis.isEmpty() ? RedisServer.v70("--appendonly", "no", "--maxclients", "19000") : null;
        this.kafka = ownKafka == null ? kafka : ownKafka.bootstrapServers();
        this.redis = ownRedis == null ? RedisURI.create("redis://" + redis) : ownRedis.uri();
        redisClient = RedisClient.create(this.redis);
        redisConnection = redisClient.connect();
        admin = Admin.create(Map.of("bootstrap.servers", this.kafka));
        createTopic(TOPIC);
    }

    private static Set<ProcessHandle> children() {
        return ProcessHandle.current().children().collect(Collectors.toSet());
    }

    /** Makes a topic with ten partitions, unless it is there. */
    void createTopic(String name) {
        try {
            admin.createTopics(List.of(new NewTopic(name, PARTITIONS, (short) 1)))
                    .all()
                    .get();
        } catch (ExecutionException failed) {
            if (!(failed.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException(failed);
            }
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    String bootstrapServers() {
        return kafka;
    }

    /** Redis's host:port. */
    String redisAddress() {
        return redis.getHost() + ":" + redis.getPort();
    }

    /** The processes of Kafka; none where they are not known. */
    Set<ProcessHandle> kafkaProcesses() {
        return Set.copyOf(kafkaProcesses);
    }

    Admin admin() {
        return admin;
    }

    /** What a gateway is configured with to use them. */
    Map<String, String> environment() {
        return new HashMap<>(Map.of(
                "KAFKA_BOOTSTRAP_SERVERS", kafka,
                "SPRING_DATA_REDIS_HOST", redis.getHost(),
                "SPRING_DATA_REDIS_PORT", Integer.toString(redis.getPort())));
    }

    /** Redis's version. */
    String redisVersion() {
        return info("server", "redis_version");
    }

    /** User and system time of Redis so far, as it tells itself, in microseconds. */
    double redisCpuMicros() {
        return 1e6
                * (Double.parseDouble(info("cpu", "used_cpu_user")) + Double.parseDouble(info("cpu", "used_cpu_sys")));
    }

    private String info(String section, String field) {
        return redisConnection
                .sync()
                .info(section)
                .lines()
                .filter(line -> line.startsWith(field + ":"))
                .findFirst()
                .map(line -> line.substring(field.length() + 1).strip())
                .orElseThrow();
    }

    /** The same of Kafka; not a number where its processes are not known. */
    double kafkaCpuMicros() {
        return kafkaProcesses.isEmpty() ? Double.NaN : new ProcessTree(kafkaProcesses).cpuMicros();
    }

    @Override
    public void close() {
        admin.close();
        redisClient.shutdown();
        if (ownRedis != null) {
            ownRedis.close();
        }
        if (ownKafka != null) {
            ownKafka.close();
        }
    }
}
