package io.eventsgateway.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.StaticCredentialsProvider;
import io.lettuce.core.TimeoutOptions;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Where Redis is and how it is used.
 *
 * @param servers one server, or one master by its sentinels; of a cluster any of its nodes, at least one. Their logins are
 *     resolved here, once
 * @param cluster whether they are nodes of a cluster
 * @param maxRedirects how often a command follows a cluster's redirections
 * @param refresh how often a cluster is asked for its topology
 * @param adaptive whether it is also asked when something hints at a change
 * @param ssl what is trusted and shown where a server's address asks for TLS
 * @param connectTimeout how long connecting may take
 * @param timeout how long a command may take
 * @param retention how long events are kept
 * @param frequency how often is asked for what Redis is not confirmed to push
 * @param setting what names the servers in the configuration, for logs
 * @param keyPrefix what all keys and channels begin with, before a colon: 1-32 of {@code 0-9A-Za-z._-}
 */
public record RedisOptions(
        List<RedisURI> servers,
        boolean cluster,
        int maxRedirects,
        Duration refresh,
        boolean adaptive,
        SslOptions ssl,
        Duration connectTimeout,
        Duration timeout,
        Duration retention,
        Duration frequency,
        String setting,
        String keyPrefix) {

    /** The prefix that is used where none is asked for. */
    public static final String KEY_PREFIX = "eg";

    /** What a prefix looks like: without a colon, which ends it, and without what Redis's patterns and hash tags are made of. */
    static final Pattern KEY_PREFIXES = Pattern.compile("[0-9A-Za-z._-]{1,32}");

    /** @throws IllegalArgumentException if there is no server, or several and no cluster, or the prefix is out of its bounds */
    public RedisOptions {
        servers = List.copyOf(servers);
        servers.forEach(RedisOptions::resolveLogin);
        if (!KEY_PREFIXES.matcher(keyPrefix).matches()) {
            throw new IllegalArgumentException("key prefix must be 1-32 characters of 0-9 A-Z a-z . _ -");
        }
        if (servers.isEmpty() || (servers.size() > 1 && !cluster)) {
            throw new IllegalArgumentException("one server or the nodes of a cluster are needed, got " + servers);
        }
    }

    /**
     * Gives Lettuce the login itself in place of a provider that it asks. Lettuce asks on a thread of its own, on which the connection is
     * then made before it takes commands: the first is sometimes refused as "Currently not connected", and a refused login sometimes
     * reported as "Connection closed prematurely".
     */
    private static void resolveLogin(RedisURI server) {
        server.setCredentialsProvider(new StaticCredentialsProvider(
                server.getCredentialsProvider().resolveCredentials().toFuture().join()));
        server.getSentinels().forEach(RedisOptions::resolveLogin);
    }

    /** One server, or one master by its sentinels, used as the settings' defaults say. */
    public static RedisOptions of(RedisURI server, Duration retention, Duration frequency) {
        return of(List.of(server), false, retention, frequency);
    }

    /** A cluster by some of its nodes, used as the settings' defaults say. */
    public static RedisOptions ofCluster(List<RedisURI> nodes, Duration retention, Duration frequency) {
        return of(nodes, true, retention, frequency);
    }

    private static RedisOptions of(List<RedisURI> servers, boolean cluster, Duration retention, Duration frequency) {
        Duration timeout = Duration.ofSeconds(2);
        return new RedisOptions(
                servers,
                cluster,
                5,
                Duration.ofSeconds(10),
                true,
                SslOptions.create(),
                timeout,
                timeout,
                retention,
                frequency,
                setting(servers, cluster),
                KEY_PREFIX);
    }

    /** Where Redis is, for people: what kind of it, each address and the database. */
    public String address() {
        if (cluster) {
            return "cluster of " + addresses(servers);
        }
        RedisURI server = servers.get(0);
        return server.getSentinels().isEmpty()
                ? "server " + addresses(servers) + "/" + server.getDatabase()
                : "master " + server.getSentinelMasterId() + "/" + server.getDatabase() + " by sentinels "
                        + addresses(server.getSentinels());
    }

    private static String addresses(List<RedisURI> servers) {
        return servers.stream()
                .map(server -> server.getHost() + ":" + server.getPort())
                .collect(Collectors.joining(","));
    }

    /** What names such servers in the environment, where it is not a URL. */
    static String setting(List<RedisURI> servers, boolean cluster) {
        if (cluster) {
            return RedisSettings.CLUSTER_NODES.name();
        }
        return servers.get(0).getSentinels().isEmpty()
                ? RedisSettings.HOST.name()
                : RedisSettings.SENTINEL_NODES.name();
    }

    /** The same with another time after which a command has failed. */
    public RedisOptions withTimeout(Duration other) {
        return new RedisOptions(
                servers,
                cluster,
                maxRedirects,
                refresh,
                adaptive,
                ssl,
                connectTimeout,
                other,
                retention,
                frequency,
                setting,
                keyPrefix);
    }

    /** The same under another prefix, which keeps environments on one Redis apart. */
    public RedisOptions withKeyPrefix(String other) {
        return new RedisOptions(
                servers,
                cluster,
                maxRedirects,
                refresh,
                adaptive,
                ssl,
                connectTimeout,
                timeout,
                retention,
                frequency,
                setting,
                other);
    }

    /** Sets what all clients have in common. */
    <B extends ClientOptions.Builder> B applyTo(B client) {
        client.timeoutOptions(TimeoutOptions.enabled(timeout))
                // what was sent and not answered is for the log to repeat, with what it knows by then
                .replayFilter(command -> true)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(connectTimeout)
                        .keepAlive(true)
                        .build())
                .sslOptions(ssl);
        return client;
    }
}
