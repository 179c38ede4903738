package io.eventsgateway.redis;

import io.lettuce.core.RedisCommandExecutionException;
import java.util.Map;

/**
 * Why Redis did not do what it was asked, as an operator would say it.
 *
 * @param text the cause, with what to look at where that is known
 * @param isAnswer whether a server answered at all
 * @param isElsewhere whether another server may be the one to ask
 */
record RedisProblem(String text, boolean isAnswer, boolean isElsewhere) {

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
                    "Redis refuses user or password: SPRING_DATA_REDIS_USERNAME, SPRING_DATA_REDIS_PASSWORD"),
            Map.entry("NOPERM", "the Redis user is not allowed what is needed"));

    static RedisProblem of(Throwable failure) {
        Throwable root = failure;
        RedisCommandExecutionException answer = null;
        while (root != null) {
            if (root instanceof RedisCommandExecutionException found) {
                answer = found;
            }
            if (root.getCause() == null) {
                break;
            }
            root = root.getCause();
        }
        if (answer == null) {
            String message = root == null || root.getMessage() == null ? String.valueOf(failure) : root.getMessage();
            return new RedisProblem(message, false, false);
        }
        String message = String.valueOf(answer.getMessage());
        for (Map.Entry<String, String> each : KNOWN.entrySet()) {
            if (message.contains(each.getKey())) {
                boolean elsewhere =
                        each.getKey().equals("READONLY") || each.getKey().equals("MASTERDOWN");
                return new RedisProblem(each.getValue() + " (" + message + ")", true, elsewhere);
            }
        }
        return new RedisProblem(message, true, false);
    }
}
