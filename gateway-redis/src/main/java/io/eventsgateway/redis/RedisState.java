package io.eventsgateway.redis;

/**
 * How the log is doing.
 *
 * @param connected whether there is a connection for commands
 * @param problem what is wrong, empty where nothing is
 * @param unpushed whether Redis answers this replica and pushes nothing to it, for its connection's sake
 * @param warning what may go wrong, empty where nothing is known to
 * @param followed how many destinations are followed
 * @param unconfirmed how many of them Redis is not confirmed to push
 * @param silentMillis for how long Redis has not pushed what it should; 0 where it does
 * @param replicaLagBytes by how many bytes the replica lags that lags most: what a failover to it would lose now; 0 where there is none
 */
public record RedisState(
        boolean connected,
        String problem,
        boolean unpushed,
        String warning,
        int followed,
        long unconfirmed,
        long silentMillis,
        long replicaLagBytes) {

    /** Whether clients can be served: commands succeed, and pushing does or has failed only just now. */
    public boolean works() {
        return connected && problem.isEmpty();
    }
}
