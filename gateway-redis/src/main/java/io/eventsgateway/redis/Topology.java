package io.eventsgateway.redis;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The servers behind a log: how to connect, and which of them publishes what. Any thread may call; only {@link #close} blocks. */
interface Topology extends AutoCloseable {

    /** Makes a connection for commands. */
    CompletionStage<Commands> connect();

    /** A tag of each server that has some, as far as they are known. */
    List<Integer> tagOfEach();

    /** The server on which to subscribe to the channels of a tag, by its name; null while it is unknown. */
    @Nullable
    String pubSubServer(int tag);

    /** Makes a connection for pub/sub to a server that {@link #pubSubServer} named. */
    CompletionStage<PubSubSession> connectPubSub(String server);

    /** Whether channels belong to slots, as from Redis 7.0 on in a cluster. */
    boolean shardedPubSub();

    /** Whether the client routes each command to the server of its keys; otherwise the one server must be a master. */
    boolean routesCommands();

    /** Something moved: find out where it is now, soon and once, however often this is called meanwhile. */
    void refresh();

    /** Where the servers are, for people. */
    String address();

    @Override
    void close();
}
