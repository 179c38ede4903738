package io.eventsgateway.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Why Redis did not do what it was asked.
 *
 * @param cause as an operator would say it, with what to look at where that is known
 * @param kind what failed
 * @param lacking what a user is not allowed, for {@link Rights#rule}; empty where that is not it
 */
record RedisProblem(String cause, Kind kind, String lacking) {

    enum Kind {
        /** Nobody answered. */
        UNREACHABLE,

        /** A server answered that it can't do anything of the kind now. */
        SERVER,

        /** A server answered that another one may be the one to ask. */
        ELSEWHERE,

        /** A server answered that its user is not allowed to. */
        DENIED,

        /** What was sent was refused, and would be again; the server works. */
        REFUSED,

        /** It never came to a server. */
        LOCAL
    }

    private static final Map<String, String> KNOWN = Map.ofEntries(
            Map.entry("OOM", "Redis is out of memory and refuses writes: give it more or expire events sooner"),
            Map.entry("READONLY", "this Redis is a replica and refuses writes"),
            Map.entry("LOADING", "Redis is loading its data"),
            Map.entry("MASTERDOWN", "this Redis is a replica that has lost its master"),
            Map.entry("NOREPLICAS", "Redis has too few replicas and refuses writes"),
            Map.entry("MISCONF", "Redis can't persist its data and refuses writes"),
            Map.entry("CLUSTERDOWN", "the Redis cluster does not serve all slots"),
            Map.entry("TRYAGAIN", "the slot is being moved"),
            Map.entry("BUSY", "Redis is busy with a script"),
            Map.entry("NOAUTH", "Redis asks for a password: SPRING_DATA_REDIS_PASSWORD"),
            Map.entry(
                    "WRONGPASS",
                    "Redis refuses user or password: SPRING_DATA_REDIS_USERNAME, SPRING_DATA_REDIS_PASSWORD"));

    /** How Redis 6.2, 7.0 and later begin to say what an ACL does not allow; the last two for what a script does. */
    private static final Pattern DENIED =
            Pattern.compile("NOPERM|user executing the script can't|ACL failure in script");

    private static final Pattern COMMAND = Pattern.compile("'([a-zA-Z_|.-]+)' command");

    static RedisProblem of(Throwable failure) {
        String answer = null;
        boolean isOfRedis = false;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RedisCommandExecutionException) {
                answer = String.valueOf(cause.getMessage());
            }
            isOfRedis |= cause instanceof RedisException
                    || cause instanceof IOException
                    || cause instanceof TimeoutException;
        }
        if (answer == null) {
            return new RedisProblem(unanswered(failure), isOfRedis ? Kind.UNREACHABLE : Kind.LOCAL);
        }
        if (DENIED.matcher(answer).find()) {
            return new RedisProblem(answer, Kind.DENIED, lacking(answer));
        }
        if (!RedisError.isOfTheServer(failure)) {
            return new RedisProblem(answer, Kind.REFUSED);
        }
        for (Map.Entry<String, String> each : KNOWN.entrySet()) {
            if (answer.contains(each.getKey())) {
                boolean elsewhere =
                        each.getKey().equals("READONLY") || each.getKey().equals("MASTERDOWN");
                return new RedisProblem(
                        each.getValue() + " (" + answer + ")", elsewhere ? Kind.ELSEWHERE : Kind.SERVER);
            }
        }
        return new RedisProblem(answer, Kind.SERVER);
    }

    private RedisProblem(String cause, Kind kind) {
        this(cause, kind, "");
    }

    /** What an answer says is not allowed. */
    private static String lacking(String answer) {
        Matcher command = COMMAND.matcher(answer);
        if (command.find()) {
            return "+" + command.group(1);
        }
        return answer.contains("channel") ? Rights.CHANNELS : answer.contains("key") ? Rights.KEYS : "more";
    }

    /** The cause, and where it was met: the causes of connecting do not say so themselves. */
    private static String unanswered(Throwable failure) {
        Throwable root = failure;
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            // what is below an IOException, as the answer of a name server, says less
            root = root instanceof IOException && !(cause instanceof IOException) ? root : cause;
        }
        String why = root.getMessage() == null ? words(root) : root.getMessage();
        String where = where(failure);
        return where == null || why.contains(where) ? why : where + ": " + why;
    }

    /** A failure that has no message. */
    private static String words(Throwable failure) {
        if (failure instanceof ClosedChannelException) {
            return "connection closed";
        }
        return failure instanceof TimeoutException
                ? "no answer in time"
                : failure.getClass().getSimpleName();
    }

    /** The innermost that names what could not be connected to. */
    private static @Nullable String where(Throwable failure) {
        String where = null;
        for (Throwable cause = failure; cause != null && cause.getCause() != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            if (cause instanceof RedisException && message != null && message.contains("onnect")) {
                where = message.replace("/<unresolved>", "");
            }
        }
        return where;
    }

    /** What to report. */
    String text(KeySpace space) {
        return kind == Kind.DENIED ? "the Redis user needs " + Rights.rule(lacking, space) + " (" + cause + ")" : cause;
    }

    /** Whether a server answered at all. */
    boolean isAnswer() {
        return kind != Kind.UNREACHABLE && kind != Kind.LOCAL;
    }

    /** Whether the log does not work because of it. */
    boolean isOfTheServer() {
        return kind != Kind.REFUSED && kind != Kind.LOCAL;
    }

    /** Whether a new connection may lead to another server, or find out more. */
    boolean isToReconnect() {
        return kind == Kind.ELSEWHERE || kind == Kind.DENIED;
    }
}
