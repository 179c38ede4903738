package io.eventsgateway.redis;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** A connection for pub/sub to one server; over for good when it breaks. Any thread may call; nothing blocks. */
interface PubSubSession {

    /** Takes what the server sends. Called from Lettuce's thread; must not block. */
    interface Receiver {

        /** A message was published on a channel. */
        void message(String channel, byte[] message);

        /** The server confirmed a subscription. */
        void subscribed(String channel);

        /** A subscription ended: that was asked for, or its slot has moved. */
        void unsubscribed(String channel);
    }

    /** Sends everything from now on to a receiver; to be called once, before anything is subscribed. */
    void receive(Receiver receiver);

    /** Subscribes to channels, which have one tag where channels are sharded. */
    CompletionStage<?> subscribe(List<String> channels);

    /** Ends a subscription. */
    void unsubscribe(String channel);

    /** Whether it is not broken, as far as is known. */
    boolean isOpen();

    /** Closes it; its receiver gets nothing any more. */
    void close();
}
