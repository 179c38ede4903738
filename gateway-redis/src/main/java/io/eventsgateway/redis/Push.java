package io.eventsgateway.redis;

import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.log.EventLog.Following;
import io.eventsgateway.log.Follower;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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

    private static final long NEVER_HEARD = TimeUnit.SECONDS.toNanos(10);

    private final Servers servers;
    private final KeySpace space;
    private final String writer;
    private final Map<String, Channel> channels = new ConcurrentHashMap<>();
    private final Map<String, PushLink> links = new ConcurrentHashMap<>();

    /** The questions that were asked last, by what can be asked together. Owned by the clock's thread. */
    private final Map<Integer, CompletionStage<?>> asked = new HashMap<>();

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

        /** Does something with the followers; one that throws keeps nobody else from being woken, and is woken again. */
        void attempt(Consumer<Channel> action) {
            try {
                action.accept(this);
            } catch (RuntimeException | Error fault) {
                LOG.error("Follower failed, its log is asked channel={}", keys.channel(), fault);
                unseen = true;
            }
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
    boolean tick(Connections connections) {
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
            fellSilent |= link.tick(each.getValue(), connections);
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
    void poll(Connections connections) {
        compare(connections, Channel::isToBeAsked);
    }

    /** The same for all: what is pushed may have been lost. */
    void sweep(Connections connections) {
        compare(connections, channel -> true);
    }

    /** Where a question is still open, nothing more is asked; others are, which another server may answer. The clock's thread. */
    private void compare(Connections connections, Predicate<Channel> which) {
        Map<Integer, List<Channel>> together = new HashMap<>();
        for (Channel channel : channels.values()) {
            int group = servers.routes() ? channel.keys.tag() : 0;
            if (which.test(channel) && !Stages.isUnderWay(asked.get(group))) {
                together.computeIfAbsent(group, key -> new ArrayList<>()).add(channel);
            }
        }
        together.forEach((group, some) -> {
            List<CompletableFuture<?>> questions = new ArrayList<>();
            for (int from = 0; from < some.size(); from += SOME) {
                questions.add(ask(connections, some.subList(from, Math.min(some.size(), from + SOME)))
                        .toCompletableFuture());
            }
            asked.put(group, CompletableFuture.allOf(questions.toArray(CompletableFuture<?>[]::new)));
        });
    }

    private CompletionStage<?> ask(Connections connections, List<Channel> some) {
        byte[][] metas = some.stream().map(channel -> channel.keys.meta()).toArray(byte[][]::new);
        some.forEach(channel -> channel.unseen = false);
        return connections.run(redis -> Script.ENDS.run(redis, metas)).whenComplete((ends, failure) -> {
            if (failure != null) {
                some.forEach(channel -> channel.unseen = true);
                return;
            }
            for (int i = 0; i < some.size(); i++) {
                EventId end = Replies.end(ends.get(3 * i), ends.get(3 * i + 1), ends.get(3 * i + 2));
                some.get(i).attempt(channel -> channel.compare(end));
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

    /** What is wrong with pushing; empty where nothing is, or has been only just now. */
    String problem() {
        String problem = "";
        for (PushLink link : links.values()) {
            if (!link.denied().isEmpty()) {
                return link.denied();
            }
            if (!link.works() && System.nanoTime() - link.heardAt() > NEVER_HEARD) {
                problem = "what Redis should push does not arrive; events come by queries, later and at more cost"
                        + (link.problem().isEmpty() ? "" : " (" + link.problem() + ")");
            }
        }
        return problem;
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
                channel.attempt(Channel::wake);
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
            channel.attempt(Channel::wake);
            return;
        }
        int from = line + 1;
        channel.attempt(followed -> {
            Event event = from >= message.length ? null : StoredForm.read(message, from);
            followed.followers.forEach(follower -> follower.appended(id, event));
        });
    }
}
