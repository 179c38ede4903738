package io.eventsgateway.redis;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the log needs of Redis and does not get. Each need has a problem of its own, which ends when that need is met: what works for one
 * says nothing about another. Any thread may call.
 */
final class Problems {

    /** In the order in which they are reported. */
    enum Need {
        CONNECTION,

        /** Counting under every tag, which reaches every server. */
        COUNTING,

        /** Changing what is stored for destinations. */
        CHANGING
    }

    private final Map<Need, String> problems = new ConcurrentHashMap<>();

    void failed(Need need, String problem) {
        problems.put(need, problem);
    }

    void works(Need need) {
        problems.remove(need);
    }

    boolean has(Need need) {
        return problems.containsKey(need);
    }

    /** The first; empty where there is none. */
    String first() {
        for (Need need : Need.values()) {
            String problem = problems.get(need);
            if (problem != null) {
                return problem;
            }
        }
        return "";
    }
}
