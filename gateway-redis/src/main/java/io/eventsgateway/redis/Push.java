package io.eventsgateway.redis;

import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.log.EventLog.Following;
import io.eventsgateway.log.Follower;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who follows what, and what Redis has confirmed to push. It owns the set of subscriptions: what is not confirmed is woken by
 * {@link #poll} and subscribed again. Any thread may call.
 */
final class Push extends RedisPubSubAdapter<byte[], byte[]> {

    private static final Logger LOG = LoggerFactory.getLogger(Push.class);

    private final Map<String, Channel> channels = new ConcurrentHashMap<>();
    private volatile @Nullable StatefulRedisPubSubConnection<byte[], byte[]> connection;

    /** One destination's followers. */
    private static final class Channel {
        final List<Follower> followers = new CopyOnWriteArrayList<>();
        volatile boolean confirmed;

        void wake() {
            followers.forEach(Follower::wake);
        }
    }

    Following follow(String name, Follower follower) {
        boolean[] first = new boolean[1];
        channels.compute(name, (key, known) -> {
            first[0] = known == null;
            Channel channel = known == null ? new Channel() : known;
            channel.followers.add(follower);
            return channel;
        });
        if (first[0]) {
            subscribe(List.of(name));
        }
        return () -> leave(name, follower);
    }

    private void leave(String name, Follower follower) {
        boolean[] last = new boolean[1];
        channels.computeIfPresent(name, (key, channel) -> {
            channel.followers.remove(follower);
            last[0] = channel.followers.isEmpty();
            return last[0] ? null : channel;
        });
        StatefulRedisPubSubConnection<byte[], byte[]> to = connection;
        if (last[0] && to != null && to.isOpen()) {
            to.async().unsubscribe(Keys.bytes(name));
            if (channels.containsKey(name)) {
                subscribe(List.of(name));
            }
        }
    }

    /** A connection for subscriptions is there; all are made on it. */
    void connected(StatefulRedisPubSubConnection<byte[], byte[]> made) {
        made.addListener(this);
        connection = made;
        subscribe(List.copyOf(channels.keySet()));
    }

    /** Nothing is pushed any more. */
    void disconnected() {
        channels.values().forEach(channel -> channel.confirmed = false);
    }

    /** Wakes whoever is not confirmed to be told. */
    void poll() {
        channels.values().forEach(channel -> {
            if (!channel.confirmed) {
                channel.wake();
            }
        });
    }

    /** Subscribes again what should have been confirmed by now. */
    void reconcile() {
        List<String> missing = new ArrayList<>();
        channels.forEach((name, channel) -> {
            if (!channel.confirmed) {
                missing.add(name);
            }
        });
        if (!missing.isEmpty()) {
            LOG.debug("Subscribing again channels={}", missing.size());
            subscribe(missing);
        }
    }

    int followed() {
        return channels.size();
    }

    long unconfirmed() {
        return channels.values().stream().filter(channel -> !channel.confirmed).count();
    }

    private void subscribe(List<String> names) {
        StatefulRedisPubSubConnection<byte[], byte[]> to = connection;
        if (to == null || !to.isOpen()) {
            return;
        }
        for (int from = 0; from < names.size(); from += 512) {
            List<String> some = names.subList(from, Math.min(names.size(), from + 512));
            to.async().subscribe(some.stream().map(Keys::bytes).toArray(byte[][]::new));
        }
    }

    @Override
    public void subscribed(byte[] name, long count) {
        Channel channel = channel(name);
        if (channel != null) {
            channel.confirmed = true;
            channel.wake();
        }
    }

    @Override
    public void unsubscribed(byte[] name, long count) {
        Channel channel = channel(name);
        if (channel != null) {
            channel.confirmed = false;
        }
    }

    @Override
    public void message(byte[] name, byte[] message) {
        Channel channel = channel(name);
        if (channel == null) {
            return;
        }
        int line = 0;
        while (line < message.length && message[line] != '\n') {
            line++;
        }
        EventId id = EventId.parse(new String(message, 0, line, StandardCharsets.US_ASCII));
        if (id == null) {
            channel.wake();
            return;
        }
        Event event = line + 1 >= message.length ? null : StoredForm.read(message, line + 1);
        for (Follower follower : channel.followers) {
            follower.appended(id, event);
        }
    }

    private @Nullable Channel channel(byte[] name) {
        return channels.get(new String(name, StandardCharsets.UTF_8));
    }
}
