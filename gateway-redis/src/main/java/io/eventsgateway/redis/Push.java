package io.eventsgateway.redis;

import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.log.EventLog.Following;
import io.eventsgateway.log.Follower;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who follows what, and what Redis has confirmed to push. It owns the set of subscriptions: each channel belongs on the link of the
 * server that pushes its tag; one that is not there is subscribed again, and left elsewhere once it is. Any thread may call, except
 * where a method says otherwise.
 */
final class Push {

    private static final Logger LOG = LoggerFactory.getLogger(Push.class);

    /** Channels in one subscription, and destinations in one question for their ends. */
    private static final int SOME = 256;

    private final Servers servers;
    private final KeySpace space;
    private final String writer;
    private final Map<String, Channel> channels = new ConcurrentHashMap<>();
    private final Map<String, PushLink> links = new ConcurrentHashMap<>();
    private final AtomicInteger asking = new AtomicInteger();

    Push(Servers servers, KeySpace space, String writer) {
        this.servers = servers;
        this.space = space;
        this.writer = writer;
    }

    /** One destination's followers, and the link that has confirmed to push to them. */
    private static final class Channel {
        final Keys keys;
        final List<Follower> followers = new CopyOnWriteArrayList<>();
        volatile @Nullable PushLink on;

        /** What came before the link confirmed may not have been told. */
        volatile boolean unseen;

        Channel(Keys keys) {
            this.keys = keys;
        }

        boolean confirmed() {
            PushLink link = on;
            return link != null && link.works();
        }

        void wake() {
            followers.forEach(Follower::wake);
        }

        boolean isToBeAsked() {
            return unseen || !confirmed();
        }

        /** Wakes those who are elsewhere than at the end; when news are pushed for sure, also those who do not know yet where they are. */
        void compare(EventId end) {
            for (Follower follower : followers) {
                EventId position = follower.position();
                if (position == null ? confirmed() : !position.equals(end)) {
                    follower.wake();
                }
            }
        }
    }

    Following follow(Keys keys, Follower follower) {
        String name = keys.channel();
        boolean[] first = new boolean[1];
        channels.compute(name, (key, known) -> {
            first[0] = known == null;
            Channel channel = known == null ? new Channel(keys) : known;
            channel.followers.add(follower);
            return channel;
        });
        if (first[0]) {
            subscribe(name, keys.tag());
        }
        return () -> leave(name, keys.tag(), follower);
    }

    private void leave(String name, int tag, Follower follower) {
        @Nullable Channel[] last = new Channel[1];
        channels.computeIfPresent(name, (key, channel) -> {
            channel.followers.remove(follower);
            last[0] = channel.followers.isEmpty() ? channel : null;
            return channel.followers.isEmpty() ? null : channel;
        });
        Channel left = last[0];
        if (left != null) {
            PushLink link = left.on == null ? link(tag) : left.on;
            if (link != null) {
                link.unsubscribe(name);
            }
            if (channels.containsKey(name)) {
                subscribe(name, tag);
            }
        }
    }

    private void subscribe(String name, int tag) {
        PushLink link = link(tag);
        if (link != null) {
            link.subscribe(List.of(name));
        }
    }

    private @Nullable PushLink link(int tag) {
        String server = servers.pushes(tag);
        return server == null ? null : links.get(server);
    }

    /**
     * Keeps a link to every server that pushes, and none to others. The clock's thread.
     *
     * @return whether one of them is not heard any more, as of now
     */
    boolean tick(RedisClusterAsyncCommands<byte[], byte[]> commands) {
        Map<String, Integer> tags = new HashMap<>();
        for (int tag = 0; tag < Keys.TAGS; tag++) {
            String server = servers.pushes(tag);
            if (server != null) {
                tags.putIfAbsent(server, tag);
            }
        }
        boolean fellSilent = false;
        for (Map.Entry<String, Integer> each : tags.entrySet()) {
            PushLink link =
                    links.computeIfAbsent(each.getKey(), key -> new PushLink(key, space, writer, servers, this));
            fellSilent |= link.tick(each.getValue(), commands);
        }
        links.forEach((server, link) -> {
            if (!tags.containsKey(server) && channels.values().stream().noneMatch(channel -> channel.on == link)) {
                links.remove(server);
                link.close();
            }
        });
        return fellSilent;
    }

    /** Subscribes what is not where it belongs. */
    void reconcile() {
        Map<PushLink, Map<Integer, List<String>>> missing = new HashMap<>();
        channels.forEach((name, channel) -> {
            PushLink link = link(channel.keys.tag());
            if (link != null && channel.on != link) {
                missing.computeIfAbsent(link, key -> new HashMap<>())
                        .computeIfAbsent(servers.sharded() ? channel.keys.tag() : 0, key -> new ArrayList<>())
                        .add(name);
            }
        });
        missing.forEach((link, byTag) -> byTag.values().forEach(names -> {
            for (int from = 0; from < names.size(); from += SOME) {
                link.subscribe(names.subList(from, Math.min(names.size(), from + SOME)));
            }
        }));
    }

    /** Asks where the logs end that nothing is confirmed to be pushed of, or only since now, and wakes those who are elsewhere. */
    void poll(RedisClusterAsyncCommands<byte[], byte[]> commands) {
        compare(commands, Channel::isToBeAsked);
    }

    /** The same for all: what is pushed may have been lost. */
    void sweep(RedisClusterAsyncCommands<byte[], byte[]> commands) {
        compare(commands, channel -> true);
    }

    private void compare(RedisClusterAsyncCommands<byte[], byte[]> commands, Predicate<Channel> which) {
        if (asking.get() > 0) {
            return;
        }
        Map<Integer, List<Channel>> together = new HashMap<>();
        for (Channel channel : channels.values()) {
            if (which.test(channel)) {
                together.computeIfAbsent(servers.routes() ? channel.keys.tag() : 0, key -> new ArrayList<>())
                        .add(channel);
            }
        }
        together.values().forEach(some -> {
            for (int from = 0; from < some.size(); from += SOME) {
                ask(commands, some.subList(from, Math.min(some.size(), from + SOME)));
            }
        });
    }

    private void ask(RedisClusterAsyncCommands<byte[], byte[]> commands, List<Channel> some) {
        byte[][] metas = some.stream().map(channel -> channel.keys.meta()).toArray(byte[][]::new);
        some.forEach(channel -> channel.unseen = false);
        asking.incrementAndGet();
        CompletionStage<List<Object>> asked = Script.ENDS.run(commands, metas);
        asked.whenComplete((ends, failure) -> {
            asking.decrementAndGet();
            if (failure != null) {
                some.forEach(channel -> channel.unseen = true);
            } else {
                for (int i = 0; i < some.size(); i++) {
                    some.get(i).compare(Replies.end(ends.get(3 * i), ends.get(3 * i + 1), ends.get(3 * i + 2)));
                }
            }
        });
    }

    int followed() {
        return channels.size();
    }

    long unconfirmed() {
        return channels.values().stream()
                .filter(channel -> !channel.confirmed())
                .count();
    }

    /** Since when a link has not been heard, in nanoseconds; 0 when all are. */
    long silentNanos() {
        long now = System.nanoTime();
        long silent = 0;
        for (PushLink link : links.values()) {
            if (!link.works()) {
                silent = Math.max(silent, now - link.heardAt());
            }
        }
        return silent;
    }

    void connected() {
        reconcile();
    }

    void disconnected(PushLink link) {
        boolean lost = false;
        for (Channel channel : channels.values()) {
            if (channel.on == link) {
                channel.on = null;
                lost = true;
            }
        }
        if (lost) {
            servers.refresh();
        }
    }

    /** The link works, for the first time or again; what came meanwhile may be lost. */
    void heard(PushLink link) {
        channels.values().forEach(channel -> {
            if (channel.on == link) {
                channel.wake();
            }
        });
    }

    void subscribed(PushLink link, String name) {
        Channel channel = channels.get(name);
        if (channel == null) {
            return;
        }
        PushLink before = channel.on;
        channel.on = link;
        channel.unseen = true;
        if (before != null && before != link) {
            before.unsubscribe(name);
        }
    }

    /** Asked for, or because the slot has moved. */
    void unsubscribed(PushLink link, String name) {
        Channel channel = channels.get(name);
        if (channel != null && channel.on == link) {
            channel.on = null;
            servers.refresh();
        }
    }

    void message(PushLink link, String name, byte[] message) {
        Channel channel = channels.get(name);
        if (channel == null) {
            link.unsubscribe(name);
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
        try {
            Event event = line + 1 >= message.length ? null : StoredForm.read(message, line + 1);
            for (Follower follower : channel.followers) {
                follower.appended(id, event);
            }
        } catch (RuntimeException | Error fault) {
            LOG.error("Event not taken, its log is asked channel={} id={}", name, id, fault);
            channel.unseen = true;
        }
    }
}
