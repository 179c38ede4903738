package io.eventsgateway.redis;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * What the log needs of Redis and does not get. Each need has a problem of its own, which ends when that need is met: what works for one
 * says nothing about another. Any thread may call.
 */
final class Problems {

    /** In the order in which they are reported. */
    enum Need {
        CONNECTION,

        /** Writing to every server. */
        WRITING,

        /** Changing what is stored for destinations. */
        CHANGING
    }

    private record Problem(String text, long metAt) {}

    private final Map<Need, Problem> problems = new ConcurrentHashMap<>();
    private final LongSupplier time;

    /**
     * None so far.
     *
     * @param time like {@link System#nanoTime}
     */
    Problems(LongSupplier time) {
        this.time = time;
    }

    void failed(Need need, String problem) {
        problems.put(need, new Problem(problem, time.getAsLong()));
    }

    void works(Need need) {
        problems.remove(need);
    }

    /** Drops a problem that was not met since a point in time. */
    void forget(Need need, long before) {
        problems.computeIfPresent(need, (key, problem) -> problem.metAt - before < 0 ? null : problem);
    }

    boolean has(Need need) {
        return problems.containsKey(need);
    }

    /** The first; empty where there is none. */
    String first() {
        for (Need need : Need.values()) {
            Problem problem = problems.get(need);
            if (problem != null) {
                return problem.text;
            }
        }
        return "";
    }
}
