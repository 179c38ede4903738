package io.eventsgateway.redis;

import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import io.eventsgateway.config.HostAndPort;
import io.eventsgateway.config.Setting;
import io.eventsgateway.config.SettingGroup;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** What configures the log, and what it amounts to. */
public final class RedisSettings {

    /** An address with everything in it. */
    public static final Setting<String> URL = Setting.of(
                    "SPRING_DATA_REDIS_URL",
                    "",
                    "a URL like redis://user:password@host:6379/0, rediss:// for TLS",
                    text -> {
                        try {
                            return text.isEmpty() || RedisURI.create(text).getHost() != null ? text : null;
                        } catch (IllegalArgumentException invalid) {
                            return null;
                        }
                    })
            .doc("URL of one Redis server; overrules host, port, user, password, database and TLS.")
            .formerly("SPRING_REDIS_URL")
            .secret();

    /** The server's host. */
    public static final Setting<String> HOST = Setting.host("SPRING_DATA_REDIS_HOST", "localhost")
            .doc("Redis server's host.")
            .formerly("SPRING_REDIS_HOST")
            .ofGuide();

    /** The server's port. */
    public static final Setting<Integer> PORT = Setting.number("SPRING_DATA_REDIS_PORT", 6379, 1, 65535)
            .doc("Redis server's port.")
            .formerly("SPRING_REDIS_PORT")
            .ofGuide();

    /** The master's name at the sentinels. */
    public static final Setting<String> SENTINEL_MASTER = Setting.text("SPRING_DATA_REDIS_SENTINEL_MASTER", "")
            .doc("Name of the master that sentinels watch; empty where there are no sentinels.")
            .formerly("SPRING_REDIS_SENTINEL_MASTER")
            .ofGuide();

    /** The sentinels. */
    public static final Setting<List<HostAndPort>> SENTINEL_NODES = Setting.servers(
                    "SPRING_DATA_REDIS_SENTINEL_NODES", "", OptionalInt.of(26379))
            .doc("Sentinels.")
            .formerly("SPRING_REDIS_SENTINEL_NODES")
            .ofGuide();

    /** The user at the sentinels. */
    public static final Setting<String> SENTINEL_USERNAME = Setting.text("SPRING_DATA_REDIS_SENTINEL_USERNAME", "")
            .doc("User at the sentinels; empty for the default user.")
            .formerly("SPRING_REDIS_SENTINEL_USERNAME");

    /** The password at the sentinels. */
    public static final Setting<String> SENTINEL_PASSWORD = Setting.text("SPRING_DATA_REDIS_SENTINEL_PASSWORD", "")
            .doc("Password at the sentinels; empty for none.")
            .formerly("SPRING_REDIS_SENTINEL_PASSWORD")
            .secret();

    /** Some nodes of a cluster. */
    public static final Setting<List<HostAndPort>> CLUSTER_NODES = Setting.servers(
                    "SPRING_DATA_REDIS_CLUSTER_NODES", "", OptionalInt.of(6379))
            .doc(
                    "Some nodes of a Redis cluster, by commas; the others are found by them. Empty where there is no cluster.")
            .formerly("SPRING_REDIS_CLUSTER_NODES")
            .ofGuide();

    /** How often a command is redirected. */
    public static final Setting<Integer> MAX_REDIRECTS = Setting.number(
                    "SPRING_DATA_REDIS_CLUSTER_MAX_REDIRECTS", 5, 1, 100)
            .doc("How often a command follows a cluster's redirections.")
            .formerly("SPRING_REDIS_CLUSTER_MAX_REDIRECTS");

    /** Whether hints of a change refresh the topology. */
    public static final Setting<Boolean> REFRESH_ADAPTIVE = Setting.flag(
                    "SPRING_DATA_REDIS_LETTUCE_CLUSTER_REFRESH_ADAPTIVE", true)
            .doc("Whether a cluster is asked for its topology as soon as something hints at a change.")
            .formerly("SPRING_REDIS_LETTUCE_CLUSTER_REFRESH_ADAPTIVE");

    /** How often the topology is refreshed. */
    public static final Setting<Duration> REFRESH_PERIOD = Setting.duration(
                    "SPRING_DATA_REDIS_LETTUCE_CLUSTER_REFRESH_PERIOD", "10s")
            .doc("How often a cluster is asked for its topology in any case.")
            .formerly("SPRING_REDIS_LETTUCE_CLUSTER_REFRESH_PERIOD");

    /** The user of an access control list. */
    public static final Setting<String> USERNAME = Setting.text("SPRING_DATA_REDIS_USERNAME", "")
            .doc("User of Redis's access control list; empty for the default user.")
            .formerly("SPRING_REDIS_USERNAME");

    /** The password. */
    public static final Setting<String> PASSWORD = Setting.text("SPRING_DATA_REDIS_PASSWORD", "")
            .doc("Password; empty for none.")
            .formerly("SPRING_REDIS_PASSWORD")
            .ofGuide()
            .secret();

    /** The database's number. */
    public static final Setting<Integer> DATABASE = Setting.number("SPRING_DATA_REDIS_DATABASE", 0, 0, 1_000_000)
            .doc("Number of the database.")
            .formerly("SPRING_REDIS_DATABASE");

    /** Whether to use TLS. */
    public static final Setting<Boolean> SSL = Setting.flag("SPRING_DATA_REDIS_SSL_ENABLED", false)
            .otherwise(environment ->
                    Boolean.toString(!environment.get(RedisSettings.SSL_BUNDLE).isEmpty()))
            .doc("Whether to use TLS; by default when SPRING_DATA_REDIS_SSL_BUNDLE names a bundle.")
            .formerly("SPRING_REDIS_SSL");

    /** Which certificates to trust and to show. */
    public static final Setting<String> SSL_BUNDLE = Setting.text("SPRING_DATA_REDIS_SSL_BUNDLE", "")
            .doc(
                    "Name of a bundle of PEM files for TLS: SPRING_SSL_BUNDLE_PEM_<NAME>_TRUSTSTORE_CERTIFICATE, and "
                            + "..._KEYSTORE_CERTIFICATE and ..._KEYSTORE_PRIVATEKEY for a certificate of one's own. Empty: what the JVM trusts.");

    /** How long connecting may take. */
    public static final Setting<Duration> CONNECT_TIMEOUT = Setting.duration("SPRING_DATA_REDIS_CONNECT_TIMEOUT", "2s")
            .doc("How long connecting may take.")
            .formerly("SPRING_REDIS_CONNECT_TIMEOUT");

    /** How long a command may take. */
    public static final Setting<Duration> TIMEOUT = Setting.duration("SPRING_DATA_REDIS_TIMEOUT", "2s")
            .doc("How long a command may take before it counts as failed and is repeated.")
            .formerly("SPRING_REDIS_TIMEOUT");

    /** The connection's name at the server. */
    public static final Setting<String> CLIENT_NAME = Setting.text("SPRING_DATA_REDIS_CLIENT_NAME", "events-gateway")
            .doc("Name that the server lists the connections under.");

    /** How often what is not pushed is asked for. */
    public static final Setting<Duration> FREQUENCY = Setting.number("EVENTS_REDIS_FREQUENCYMILLIS", 300, 10, 60_000)
            .map(Duration::ofMillis)
            .doc("Milliseconds between queries for new events where Redis is not confirmed to push them.")
            .ofGuide();

    /** How long events are kept. */
    public static final Setting<Duration> RETENTION = Setting.number("EVENTS_REDIS_TTLHOURS", 4, 1, 24 * 365)
            .map(Duration::ofHours)
            .doc("Hours for which an event is kept and can be had again.")
            .ofGuide();

    /** How far to go back where nothing is left. */
    public static final Setting<Duration> REWIND = Setting.number("EVENTS_REDIS_REWINDSECS", 30, 0, 24 * 3600)
            .map(Duration::ofSeconds)
            .doc(
                    "Seconds by which records are read again from Kafka where Redis has nothing left of what it had acknowledged, counted"
                            + " back from when it was last known to have everything; at least a thousand records of each partition."
                            + " Where it has something left, they are read again from there.");

    /** What keeps environments on one Redis apart. */
    public static final Setting<String> KEY_PREFIX = Setting.of(
                    "EVENTS_REDIS_KEYPREFIX",
                    RedisOptions.KEY_PREFIX,
                    "1 to 32 of 0-9 A-Z a-z . _ -",
                    text -> RedisOptions.KEY_PREFIXES.matcher(text).matches() ? text : null)
            .doc(
                    "What the names of all keys and channels begin with. Environments that share one Redis need prefixes or databases of "
                            + "their own. A user of Redis's access control list needs `~<prefix>:* &<prefix>:*`.");

    /** All of them, as an operator thinks of them. */
    public static final List<SettingGroup> GROUPS = List.of(
            new SettingGroup(
                    "Redis",
                    """
                    One server by its host or URL, a master by its sentinels, or a cluster by some of its nodes. `SPRING_SSL_BUNDLE_PEM_<NAME>_…`
                    names the PEM files of a bundle.""",
                    List.of(
                            HOST,
                            PORT,
                            URL,
                            SENTINEL_MASTER,
                            SENTINEL_NODES,
                            CLUSTER_NODES,
                            USERNAME,
                            PASSWORD,
                            SENTINEL_USERNAME,
                            SENTINEL_PASSWORD,
                            DATABASE,
                            SSL,
                            SSL_BUNDLE,
                            CONNECT_TIMEOUT,
                            TIMEOUT,
                            CLIENT_NAME,
                            MAX_REDIRECTS,
                            REFRESH_ADAPTIVE,
                            REFRESH_PERIOD)),
            new SettingGroup("Events in Redis", "", List.of(FREQUENCY, RETENTION, REWIND, KEY_PREFIX)));

    private RedisSettings() {}

    /**
     * What an environment asks for: a cluster, where its nodes are named; else a master by its sentinels, where these are; else one
     * server.
     *
     * @throws ConfigurationException if what is named does not fit together, or certificates can't be read
     */
    public static RedisOptions options(Environment environment) {
        List<HostAndPort> cluster = environment.get(CLUSTER_NODES);
        List<HostAndPort> sentinels = environment.get(SENTINEL_NODES);
        String master = environment.get(SENTINEL_MASTER);
        List<String> problems = new ArrayList<>();
        if (master.isEmpty() != sentinels.isEmpty()) {
            problems.add(SENTINEL_MASTER.name() + " and " + SENTINEL_NODES.name() + " are only valid together");
        }
        if (!cluster.isEmpty() && !sentinels.isEmpty()) {
            problems.add(
                    CLUSTER_NODES.name() + " and " + SENTINEL_NODES.name() + " are not valid together: choose one");
        }
        if (!cluster.isEmpty() && environment.get(DATABASE) != 0) {
            problems.add(DATABASE.name() + " must be 0 with a cluster, which has no other");
        }
        SslOptions ssl = SslOptions.create();
        try {
            ssl = RedisTls.options(environment);
        } catch (ConfigurationException unusable) {
            problems.addAll(unusable.problems());
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        List<RedisURI> servers = new ArrayList<>();
        boolean byUrl = cluster.isEmpty()
                && sentinels.isEmpty()
                && !environment.get(URL).isEmpty();
        if (!cluster.isEmpty()) {
            cluster.forEach(node -> servers.add(
                    common(environment, RedisURI.builder().withHost(node.host()).withPort(node.port()))));
        } else if (!sentinels.isEmpty()) {
            servers.add(bySentinels(environment, master, sentinels));
        } else if (byUrl) {
            RedisURI uri = RedisURI.create(environment.get(URL));
            uri.setTimeout(environment.get(TIMEOUT));
            uri.setClientName(environment.get(CLIENT_NAME));
            servers.add(uri);
        } else {
            servers.add(common(
                    environment,
                    RedisURI.builder().withHost(environment.get(HOST)).withPort(environment.get(PORT))));
        }
        return new RedisOptions(
                servers,
                !cluster.isEmpty(),
                environment.get(MAX_REDIRECTS),
                environment.get(REFRESH_PERIOD),
                environment.get(REFRESH_ADAPTIVE),
                ssl,
                environment.get(CONNECT_TIMEOUT),
                environment.get(TIMEOUT),
                environment.get(RETENTION),
                environment.get(FREQUENCY),
                byUrl ? URL.name() : RedisOptions.setting(servers, !cluster.isEmpty()),
                environment.get(KEY_PREFIX));
    }

    private static RedisURI bySentinels(Environment environment, String master, List<HostAndPort> sentinels) {
        RedisURI.Builder uri = RedisURI.builder().withSentinelMasterId(master);
        for (HostAndPort sentinel : sentinels) {
            RedisURI.Builder one = RedisURI.builder()
                    .withHost(sentinel.host())
                    .withPort(sentinel.port())
                    .withTimeout(environment.get(CONNECT_TIMEOUT))
                    .withSsl(environment.get(SSL));
            authenticate(one, environment.get(SENTINEL_USERNAME), environment.get(SENTINEL_PASSWORD));
            uri.withSentinel(one.build());
        }
        return common(environment, uri);
    }

    private static RedisURI common(Environment environment, RedisURI.Builder uri) {
        uri.withDatabase(environment.get(DATABASE))
                .withSsl(environment.get(SSL))
                .withTimeout(environment.get(TIMEOUT))
                .withClientName(environment.get(CLIENT_NAME));
        authenticate(uri, environment.get(USERNAME), environment.get(PASSWORD));
        return uri.build();
    }

    private static void authenticate(RedisURI.Builder uri, String username, String password) {
        if (!username.isEmpty()) {
            uri.withAuthentication(username, password.toCharArray());
        } else if (!password.isEmpty()) {
            uri.withPassword(password.toCharArray());
        }
    }
}
