package io.eventsgateway.redis;

import io.eventsgateway.config.Environment;
import io.eventsgateway.config.Setting;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;

/** What configures the log, and what it amounts to. */
public final class RedisSettings {

    /** The server's host. */
    public static final Setting<String> HOST = Setting.text("SPRING_DATA_REDIS_HOST", "localhost")
            .doc("Redis server's host.")
            .formerly("SPRING_REDIS_HOST");

    /** The server's port. */
    public static final Setting<Integer> PORT = Setting.number("SPRING_DATA_REDIS_PORT", 6379, 1, 65535)
            .doc("Redis server's port.")
            .formerly("SPRING_REDIS_PORT");

    /** The user of an access control list. */
    public static final Setting<String> USERNAME = Setting.text("SPRING_DATA_REDIS_USERNAME", "")
            .doc("User of Redis's access control list; empty for the default user.")
            .formerly("SPRING_REDIS_USERNAME");

    /** The password. */
    public static final Setting<String> PASSWORD = Setting.text("SPRING_DATA_REDIS_PASSWORD", "")
            .doc("Password; empty for none.")
            .formerly("SPRING_REDIS_PASSWORD")
            .secret();

    /** The database's number. */
    public static final Setting<Integer> DATABASE = Setting.number("SPRING_DATA_REDIS_DATABASE", 0, 0, 1_000_000)
            .doc("Number of the database.")
            .formerly("SPRING_REDIS_DATABASE");

    /** Whether to use TLS. */
    public static final Setting<Boolean> SSL = Setting.flag("SPRING_DATA_REDIS_SSL_ENABLED", false)
            .doc("Whether to use TLS.")
            .formerly("SPRING_REDIS_SSL");

    /** How long a command may take. */
    public static final Setting<Duration> TIMEOUT = Setting.duration("SPRING_DATA_REDIS_TIMEOUT", "2s")
            .doc("How long a command may take before it counts as failed and is repeated.")
            .formerly("SPRING_REDIS_TIMEOUT");

    /** The connection's name at the server. */
    public static final Setting<String> CLIENT_NAME = Setting.text("SPRING_DATA_REDIS_CLIENT_NAME", "events-gateway")
            .doc("Name that the server lists the connections under.")
            .formerly("SPRING_DATA_REDIS_CLIENTNAME");

    /** How often what is not pushed is asked for. */
    public static final Setting<Duration> FREQUENCY = Setting.number("EVENTS_REDIS_FREQUENCYMILLIS", 300, 10, 60_000)
            .map(Duration::ofMillis)
            .doc("Milliseconds between queries for new events where Redis is not confirmed to push them.");

    /** How long events are kept. */
    public static final Setting<Duration> RETENTION = Setting.number("EVENTS_REDIS_TTLHOURS", 4, 1, 24 * 365)
            .map(Duration::ofHours)
            .doc("Hours for which an event is kept and can be had again.");

    /** All of them, in the order of the reference. */
    public static final List<Setting<?>> ALL =
            List.of(HOST, PORT, USERNAME, PASSWORD, DATABASE, SSL, TIMEOUT, CLIENT_NAME, FREQUENCY, RETENTION);

    private RedisSettings() {}

    /** The server that an environment names. */
    public static RedisURI uri(Environment environment) {
        RedisURI.Builder uri = RedisURI.builder()
                .withHost(environment.get(HOST))
                .withPort(environment.get(PORT))
                .withDatabase(environment.get(DATABASE))
                .withSsl(environment.get(SSL))
                .withTimeout(environment.get(TIMEOUT))
                .withClientName(environment.get(CLIENT_NAME));
        String username = environment.get(USERNAME);
        String password = environment.get(PASSWORD);
        if (!username.isEmpty()) {
            uri.withAuthentication(username, password.toCharArray());
        } else if (!password.isEmpty()) {
            uri.withPassword(password.toCharArray());
        }
        return uri.build();
    }
}
