package io.eventsgateway.redis;

/**
 * What a log publishes to itself, so that it knows whether it hears a server. Any thread may call.
 *
 * @param space what channels begin with
 * @param writer the log's name
 * @param topology knows how to publish
 * @param commands publishes
 */
record Probes(KeySpace space, String writer, Topology topology, CommandRunner commands) {

    private static final byte[] PROBE = Keys.bytes("probe");

    /** The channel for one tag. */
    String channel(int tag) {
        return space.probe(tag, writer);
    }

    /** Publishes one. */
    void publish(int tag) {
        byte[] channel = Keys.bytes(channel(tag));
        commands.run(
                redis -> topology.shardedPubSub() ? redis.spublish(channel, PROBE) : redis.publish(channel, PROBE));
    }

    /** Whether a message is one: its channel's name ends with this log's own. */
    boolean isProbe(String channel, byte[] message) {
        return message.length == PROBE.length && channel.endsWith("}:probe:" + writer);
    }
}
