package io.eventsgateway.redis;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;

/** A connection for commands, to a server or a cluster; over for good when it breaks. Any thread may call; nothing blocks. */
interface Commands {

    /** Sends commands on it. */
    RedisClusterAsyncCommands<byte[], byte[]> async();

    /** What the server at its other end said about itself when it was made. */
    ServerInfo info();

    /** Whether it is not broken, as far as is known. */
    boolean isOpen();

    /** Closes it; what is under way fails. */
    void close();
}
