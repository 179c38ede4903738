package io.eventsgateway.redis;

/** What a {@link PubSubConnection} reports. Called from the clock's thread and from Lettuce's, never under a lock; must not block. */
interface PubSubListener {

    /** It can be subscribed on; nothing is. */
    void connected(PubSubConnection connection);

    /** Its subscriptions are gone. */
    void disconnected(PubSubConnection connection);

    /** What is published arrives, for the first time or again; what was published before may be lost. */
    void heard(PubSubConnection connection);

    /** The server confirmed a subscription. */
    void subscribed(PubSubConnection connection, String channel);

    /** A subscription ended: that was asked for, or its slot has moved. */
    void unsubscribed(PubSubConnection connection, String channel);

    /** A message arrived that is no probe. */
    void message(PubSubConnection connection, String channel, byte[] message);
}
