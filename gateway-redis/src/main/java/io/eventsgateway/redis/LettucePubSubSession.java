package io.eventsgateway.redis;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A connection of Lettuce's for pub/sub, with channels that are sharded or not. */
final class LettucePubSubSession implements PubSubSession {

    private final StatefulRedisPubSubConnection<byte[], byte[]> connection;
    private final boolean sharded;
    private volatile @Nullable Adapter adapter;

    /**
     * A session on a new connection.
     *
     * @param sharded whether its channels belong to slots
     */
    LettucePubSubSession(StatefulRedisPubSubConnection<byte[], byte[]> connection, boolean sharded) {
        this.connection = connection;
        this.sharded = sharded;
    }

    @Override
    public void receive(Receiver receiver) {
        Adapter made = new Adapter(receiver);
        adapter = made;
        connection.addListener(made);
    }

    @Override
    public CompletionStage<?> subscribe(List<String> channels) {
        byte[][] names = channels.stream().map(Keys::bytes).toArray(byte[][]::new);
        return sharded
                ? connection.async().ssubscribe(names)
                : connection.async().subscribe(names);
    }

    @Override
    public void unsubscribe(String channel) {
        if (sharded) {
            connection.async().sunsubscribe(Keys.bytes(channel));
        } else {
            connection.async().unsubscribe(Keys.bytes(channel));
        }
    }

    @Override
    public boolean isOpen() {
        return connection.isOpen();
    }

    @Override
    public void close() {
        Adapter current = adapter;
        if (current != null) {
            connection.removeListener(current);
        }
        connection.closeAsync();
    }

    /** What Lettuce calls differently for sharded channels comes to one receiver. */
    private static final class Adapter extends RedisPubSubAdapter<byte[], byte[]> {

        private final Receiver receiver;

        Adapter(Receiver receiver) {
            this.receiver = receiver;
        }

        @Override
        public void message(byte[] channel, byte[] message) {
            receiver.message(text(channel), message);
        }

        @Override
        public void subscribed(byte[] channel, long count) {
            receiver.subscribed(text(channel));
        }

        @Override
        public void unsubscribed(byte[] channel, long count) {
            receiver.unsubscribed(text(channel));
        }

        @Override
        public void smessage(byte[] channel, byte[] message) {
            message(channel, message);
        }

        @Override
        public void ssubscribed(byte[] channel, long count) {
            subscribed(channel, count);
        }

        @Override
        public void sunsubscribed(byte[] channel, long count) {
            unsubscribed(channel, count);
        }

        private static String text(byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
