package io.eventsgateway.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.cluster.PartitionSelectorException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Separates error answers about a condition of the server from those that refuse what was sent. A condition passes; a refusal comes again
 * each time the same is sent, while the server works. An unknown answer counts as a condition, because what is refused is given up.
 */
final class RedisError {

    /** Codes of conditions. Redis 6.2 puts the code into the middle of the text when a script ran into it. */
    private static final Pattern CONDITION = Pattern.compile(
            "(?<![0-9A-Za-z_])(OOM|LOADING|BUSY|READONLY|MASTERDOWN|NOREPLICAS|MISCONF|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|NOAUTH|NOPERM"
                    + "|WRONGPASS|DENIED|UNBLOCKED|NOSCRIPT|UNKILLABLE|CROSSSLOT|STALE)(?![0-9A-Za-z_])");

    /** Conditions that a script runs into and that have no code. */
    private static final List<String> CONDITIONS_IN_SCRIPTS = List.of(
            "user executing the script",
            "ACL failure in script",
            "Script killed by user",
            "command called from script",
            "command is not allowed from script",
            "non local key",
            "cluster is down",
            "slot not served",
            "rehashing of the slot");

    /** What is wrong with a command's arguments, or with what it finds under their keys. */
    private static final List<String> OF_AN_ENTRY = List.of(
            "WRONGTYPE",
            "string exceeds maximum allowed size",
            "offset is out of range",
            "Protocol error: invalid bulk length");

    /** That some of a slot's keys have moved, or that nobody serves it. */
    private static final Pattern OF_A_SLOT = Pattern.compile("^(TRYAGAIN|CLUSTERDOWN)(?![0-9A-Za-z_])");

    private RedisError() {}

    /**
     * Whether a failure is about the server or the way to it, so that the same command may succeed later. False for an answer that
     * refuses what was sent, which means that the server works.
     */
    static boolean isOfTheServer(Throwable failure) {
        String answer = answer(failure);
        return answer == null || !isOfAnEntry(answer);
    }

    /** Whether a slot of a cluster can't be written now, as while it moves or where nobody serves it; nothing was written. */
    static boolean isOfASlot(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            // the client knows of nobody to be asked
            if (cause instanceof PartitionSelectorException) {
                return true;
            }
        }
        String answer = answer(failure);
        return answer != null && OF_A_SLOT.matcher(answer).find();
    }

    private static boolean isOfAnEntry(String answer) {
        if (CONDITION.matcher(answer).find()) {
            return false;
        }
        if (OF_AN_ENTRY.stream().anyMatch(answer::contains)) {
            return true;
        }
        return answer.contains("user_script") && CONDITIONS_IN_SCRIPTS.stream().noneMatch(answer::contains);
    }

    /** The text of a server's error answer; null where no server answered. */
    private static @Nullable String answer(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RedisCommandExecutionException) {
                return String.valueOf(cause.getMessage());
            }
        }
        return null;
    }
}
