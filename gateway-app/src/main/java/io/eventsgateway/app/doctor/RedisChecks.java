package io.eventsgateway.app.doctor;

import io.eventsgateway.redis.RedisExamination;
import io.eventsgateway.redis.RedisExamination.Server;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** What is looked at of Redis. Any thread may call. */
final class RedisChecks {

    private static final String CONNECTION = "redis connection";
    private static final String RIGHTS = "redis rights";
    private static final String LATENCY = "redis latency";
    private static final String PUSH = "redis push";
    private static final String CLOCK = "redis clock";
    private static final int ROUND_TRIPS = 100;
    private static final long SLOW_NANOS = 50_000_000;
    private static final double FULL = 0.8;
    private static final Duration SKEW = Duration.ofSeconds(5);

    private final RedisExamination redis;

    /** Of a Redis, which is lent. */
    RedisChecks(RedisExamination redis) {
        this.redis = redis;
    }

    List<Check> checks() {
        return List.of(
                Check.of(CONNECTION, this::connection),
                Check.of("redis server", this::servers),
                Check.of(RIGHTS, this::rights),
                Check.of(LATENCY, this::latency),
                Check.of(PUSH, this::push),
                Check.of(CLOCK, this::clock));
    }

    private List<Finding> connection() throws InterruptedException {
        try {
            Answers.await(redis.connected());
            return List.of(Finding.ok(CONNECTION, redis.address()));
        } catch (ExecutionException | TimeoutException failed) {
            return List.of(Finding.fail(
                    CONNECTION,
                    redis.address() + ": " + cause(failed),
                    "correct SPRING_DATA_REDIS_*, or have the server answer; without it no client gets an event"));
        }
    }

    private String cause(Exception failed) {
        Throwable cause = failed.getCause() == null ? failed : failed.getCause();
        return failed instanceof TimeoutException ? "no answer" : redis.cause(cause);
    }

    /** The answer to a question, where there is a connection. */
    private <T> T ask(CompletionStage<T> question)
            throws NotExamined, ExecutionException, TimeoutException, InterruptedException {
        try {
            Answers.await(redis.connected());
        } catch (ExecutionException | TimeoutException unreachable) {
            throw new NotExamined("there is no connection to Redis");
        }
        return Answers.await(question);
    }

    private List<Finding> servers() throws NotExamined, InterruptedException {
        List<Server> servers;
        try {
            servers = ask(redis.servers());
        } catch (ExecutionException | TimeoutException failed) {
            return List.of(failed("redis server", failed));
        }
        List<Finding> found = new ArrayList<>();
        for (int i = 0; i < servers.size(); i++) {
            String name = servers.size() == 1 ? "redis server" : "redis server " + (i + 1) + " of " + servers.size();
            judge(name, servers.get(i), found);
        }
        return found;
    }

    /** What is to be said of a server. */
    static void judge(String name, Server server, List<Finding> found) {
        String memory = server.usedBytes() / 1024 / 1024 + " MB used"
                + (server.maxBytes() == 0 ? ", no limit" : " of " + server.maxBytes() / 1024 / 1024 + " MB");
        String seen = "version " + server.version() + ", " + server.mode() + ", " + server.role() + ", "
                + (server.policy().isEmpty() ? "policy not shown" : server.policy()) + ", " + memory + ", "
                + server.replicas() + (server.replicas() == 1 ? " replica" : " replicas");
        int before = found.size();
        if (!server.problem().isEmpty()) {
            found.add(Finding.fail(
                    name,
                    server.problem() + " (" + seen + ")",
                    "name the master, or its sentinels (SPRING_DATA_REDIS_SENTINEL_*)"));
        }
        if (server.evicts()) {
            found.add(Finding.fail(
                    name,
                    "maxmemory-policy is " + server.policy()
                            + ": a full Redis drops events that are to be kept, and with them "
                            + "what clients have to get (" + memory + ")",
                    "CONFIG SET maxmemory-policy noeviction, and the same in redis.conf"));
        }
        if (server.maxBytes() > 0 && server.usedBytes() > server.maxBytes() * FULL) {
            found.add(Finding.warn(
                    name,
                    "memory is nearly full: " + memory,
                    "give Redis more maxmemory, or keep events for less time: EVENTS_REDIS_TTLHOURS"));
        }
        if (!server.replicaWarning().isEmpty()) {
            found.add(Finding.warn(
                    name,
                    server.replicaWarning(),
                    "look at the replica, and at the network between it and the master"));
        }
        if (found.size() == before) {
            String lag = server.replicas() == 0 ? "" : ", lag " + server.replicaLagBytes() + " bytes";
            found.add(Finding.ok(name, seen + lag));
        }
    }

    private List<Finding> rights() throws NotExamined, InterruptedException {
        try {
            List<String> missing = ask(redis.missingRights());
            return List.of(
                    missing.isEmpty()
                            ? Finding.ok(RIGHTS, "the user may do all that the gateway does")
                            : Finding.fail(
                                    RIGHTS,
                                    "the user lacks " + String.join(" ", missing),
                                    "ACL SETUSER <user> " + String.join(" ", missing)));
        } catch (ExecutionException | TimeoutException failed) {
            return List.of(failed(RIGHTS, failed));
        }
    }

    private List<Finding> latency() throws NotExamined, InterruptedException {
        try {
            long[] taken = ask(redis.roundTrips(ROUND_TRIPS));
            long p50 = taken[taken.length / 2];
            long p99 = taken[taken.length * 99 / 100];
            String seen = "PING takes p50 " + millis(p50) + ", p99 " + millis(p99);
            return List.of(
                    p50 < SLOW_NANOS
                            ? Finding.ok(LATENCY, seen)
                            : Finding.warn(
                                    LATENCY,
                                    seen + ": every event takes some such round trips",
                                    "look at SLOWLOG GET and at the network; EVENTS_REDIS_FREQUENCYMILLIS changes nothing here"));
        } catch (ExecutionException | TimeoutException failed) {
            return List.of(failed(LATENCY, failed));
        }
    }

    private List<Finding> push() throws NotExamined, InterruptedException {
        try {
            long taken = ask(redis.push());
            return List.of(Finding.ok(PUSH, "a published message arrives after " + millis(taken)));
        } catch (TimeoutException silent) {
            return List.of(Finding.fail(
                    PUSH,
                    "a published message does not arrive",
                    "let the user subscribe to the channels, and have whatever is before Redis pass pub/sub on; until then "
                            + "events come by queries, every EVENTS_REDIS_FREQUENCYMILLIS"));
        } catch (ExecutionException failed) {
            return List.of(failed(PUSH, failed));
        }
    }

    private List<Finding> clock() throws NotExamined, InterruptedException {
        try {
            Duration ahead = Duration.between(Instant.now(), ask(redis.time()));
            return List.of(
                    ahead.abs().compareTo(SKEW) < 0
                            ? Finding.ok(
                                    CLOCK,
                                    "differs from this machine's by "
                                            + ahead.abs().toMillis() + " ms")
                            : Finding.warn(
                                    CLOCK,
                                    "Redis's clock is " + ahead.abs().toSeconds() + " s "
                                            + (ahead.isNegative() ? "behind" : "ahead of") + " this machine's",
                                    "have both synchronized (NTP)"));
        } catch (ExecutionException | TimeoutException failed) {
            return List.of(failed(CLOCK, failed));
        }
    }

    private Finding failed(String name, Exception failed) {
        return Finding.fail(name, cause(failed), "see redis connection, and Redis's log");
    }

    static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }
}
