package io.eventsgateway.redis;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far the replicas of a server lag, by what it says of them: what would be lost if one of them took over now.
 *
 * @param lagBytes by how many bytes of its replication stream the last one lags; 0 where there is none
 * @param warning which one lags so far that something is wrong with it; empty for none
 */
record Replication(long lagBytes, String warning) {

    /** Of a server without replicas. */
    static final Replication NONE = new Replication(0, "");

    /** A replica says how far it is once a second; so many bytes may be written between that. */
    private static final long USUAL_BYTES = 16 * 1024 * 1024;

    private static final long USUAL_SECONDS = 5;
    private static final Pattern OFFSET = Pattern.compile("(?m)^master_repl_offset:([0-9]{1,18})");
    private static final Pattern REPLICA = Pattern.compile(
            "(?m)^slave[0-9]+:ip=([^,]*),port=([0-9]+),state=([a-z_]+),offset=([0-9]{1,18}),lag=(-?[0-9]{1,18})");

    /** By the section replication of INFO. */
    static Replication of(String info) {
        Matcher written = OFFSET.matcher(info);
        Replication worst = NONE;
        Matcher replica = REPLICA.matcher(info);
        while (written.find(0) && replica.find()) {
            long behind = Math.max(0, Long.parseLong(written.group(1)) - Long.parseLong(replica.group(4)));
            boolean isWrong = !replica.group(3).equals("online")
                    || behind > USUAL_BYTES
                    || Long.parseLong(replica.group(5)) > USUAL_SECONDS;
            String name = replica.group(1) + ":" + replica.group(2);
            worst = worst.and(new Replication(
                    behind,
                    isWrong
                            ? "Redis's replica " + name + " lags, a failover to it would lose what it lacks: bytes="
                                    + behind + " state=" + replica.group(3) + " seconds=" + replica.group(5)
                            : ""));
        }
        return worst;
    }

    /** The worse of both. */
    Replication and(Replication other) {
        return new Replication(Math.max(lagBytes, other.lagBytes), warning.isEmpty() ? other.warning : warning);
    }
}
