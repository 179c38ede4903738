package io.eventsgateway.redis;

/**
 * What the check of a new connection found, in words for people. That nothing is known to be wrong is not that all is right: of a cluster
 * some servers may not have answered.
 *
 * @param problem what is wrong; empty where nothing is known to be
 * @param unknown why nothing is known of some servers; empty where all have answered
 */
record Fitness(String problem, String unknown) {

    static final Fitness FIT = new Fitness("", "");

    static Fitness unfit(String problem) {
        return new Fitness(problem, "");
    }

    static Fitness unknown(String why) {
        return new Fitness("", why);
    }
}
