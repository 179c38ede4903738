package io.eventsgateway.redis;

import io.eventsgateway.TestKeys;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.sentinel.api.StatefulRedisSentinelConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.function.Function;

/** A real master with two replicas and three sentinels, for tests. Used by one thread. */
public final class RedisSentinels implements AutoCloseable {

    private static final String MASTER = "mymaster";

    private final RedisClient client = RedisClient.create();
    private final List<RedisServer> servers = new ArrayList<>();
    private final List<RedisServer> sentinels = new ArrayList<>();

    /** Starts them and waits until the sentinels know of each other and of the replicas. */
    public RedisSentinels(String... options) {
        this(RedisServer::v70, RedisServer::sentinel, List.of(), options);
    }

    private RedisSentinels(
            Function<String[], RedisServer> server,
            BiFunction<Path, String[], RedisServer> sentinel,
            List<String> ofSentinels,
            String... options) {
        servers.add(server.apply(options));
        for (int i = 0; i < 2; i++) {
            List<String> all = new ArrayList<>(List.of(options));
            all.addAll(List.of("--replicaof", "127.0.0.1 " + servers.get(0).peerPort()));
            all.addAll(List.of("--repl-diskless-sync-delay", "0"));
            servers.add(server.apply(all.toArray(String[]::new)));
        }
        for (int i = 0; i < 3; i++) {
            String[] own = ofSentinels.toArray(String[]::new);
            sentinels.add(sentinel.apply(config(password(options), password(own)), own));
        }
        await("num-other-sentinels", 2);
        await("num-slaves", 2);
    }

    /** The same over TLS, and the sentinels ask for a password of their own, {@link #sentinelPassword}. */
    public static RedisSentinels secured(TestKeys keys, String... options) {
        return new RedisSentinels(
                all -> RedisServer.secured(keys, all),
                (configuration, all) -> RedisServer.securedSentinel(keys, configuration, all),
                List.of("--requirepass", sentinelPassword()),
                options);
    }

    /** What {@link #secured} sentinels ask for. */
    public static String sentinelPassword() {
        return "watch";
    }

    private static String password(String... options) {
        int at = List.of(options).indexOf("--requirepass");
        return at < 0 ? "" : options[at + 1];
    }

    private Path config(String password, String own) {
        try {
            Path file = Files.createTempFile("sentinel", ".conf");
            Files.writeString(
                    file,
                    "sentinel monitor " + MASTER + " 127.0.0.1 "
                            + servers.get(0).peerPort() + " 2\n"
                            + (password.isEmpty() ? "" : "sentinel auth-pass " + MASTER + " " + password + "\n")
                            + (own.isEmpty() ? "" : "sentinel sentinel-pass " + own + "\n")
                            + "sentinel down-after-milliseconds " + MASTER + " 2000\n"
                            + "sentinel failover-timeout " + MASTER + " 10000\n");
            return file;
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
    }

    private void await(String field, int least) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (sentinels.stream().anyMatch(sentinel -> asked(sentinel, field) < least)) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException("the sentinels do not find each other");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private int asked(RedisServer sentinel, String field) {
        try (StatefulRedisSentinelConnection<String, String> connection = client.connectSentinel(sentinel.uri())) {
            return Integer.parseInt(connection.sync().master(MASTER).getOrDefault(field, "0"));
        }
    }

    /** The sentinels. */
    public List<RedisServer> sentinels() {
        return sentinels;
    }

    /** The first master and its replicas. */
    public List<RedisServer> servers() {
        return servers;
    }

    /** The server that the sentinels say is master. */
    public RedisServer master() {
        try (StatefulRedisSentinelConnection<String, String> connection =
                client.connectSentinel(sentinels.get(0).uri())) {
            InetSocketAddress address = (InetSocketAddress) connection.sync().getMasterAddrByName(MASTER);
            return servers.stream()
                    .filter(server -> server.port() == address.getPort())
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** The master, by its sentinels. */
    public RedisURI uri() {
        RedisURI.Builder uri = RedisURI.builder().withSentinelMasterId(MASTER);
        sentinels.forEach(sentinel -> uri.withSentinel("127.0.0.1", sentinel.port()));
        return uri.build();
    }

    @Override
    public void close() {
        client.shutdown();
        sentinels.forEach(RedisServer::close);
        servers.forEach(RedisServer::close);
    }
}
