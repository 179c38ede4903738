package io.eventsgateway.redis;

import io.eventsgateway.EventId;
import io.eventsgateway.log.EventReader.Following;
import io.eventsgateway.log.Follower;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who follows what, and which subscriptions Redis has confirmed. Each channel belongs on the connection to the server of its tag; one that
 * is not there is subscribed again, and left elsewhere once it is. Any thread may call, except where a method says otherwise.
 */
final class PubSub implements PubSubListener {

    /** Channels in one subscription. */
    private static final int SOME = 256;

    private static final long NEVER_HEARD_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Topology topology;
    private final Probes probes;
    private final LogEndQueries queries;
    private final LongSupplier time;
    private final Map<String, FollowedChannel> channels = new ConcurrentHashMap<>();
    private final Map<String, PubSubConnection> connections = new ConcurrentHashMap<>();

    /**
     * Without connections; {@link #tick} makes them.
     *
     * @param time like {@link System#nanoTime}
     */
    PubSub(Topology topology, KeySpace space, String writer, CommandRunner commands, LongSupplier time) {
        this.topology = topology;
        this.probes = new Probes(space, writer, topology, commands);
        this.queries = new LogEndQueries(topology, commands);
        this.time = time;
    }

    Following follow(Keys keys, Follower follower) {
        String name = keys.channel();
        boolean[] first = new boolean[1];
        channels.compute(name, (key, known) -> {
            first[0] = known == null;
            FollowedChannel channel = known == null ? new FollowedChannel(keys) : known;
            channel.add(follower);
            return channel;
        });
        if (first[0]) {
            subscribe(name, keys.tag());
        }
        return () -> leave(name, keys.tag(), follower);
    }

    private void leave(String name, int tag, Follower follower) {
        @Nullable FollowedChannel[] last = new FollowedChannel[1];
        channels.computeIfPresent(name, (key, channel) -> {
            last[0] = channel.remove(follower) ? channel : null;
            return last[0] == null ? channel : null;
        });
        FollowedChannel left = last[0];
        if (left != null) {
            PubSubConnection confirmedBy = left.confirmedBy();
            PubSubConnection connection = confirmedBy == null ? connection(tag) : confirmedBy;
            if (connection != null) {
                connection.unsubscribe(name);
            }
            if (channels.containsKey(name)) {
                subscribe(name, tag);
            }
        }
    }

    private void subscribe(String name, int tag) {
        PubSubConnection connection = connection(tag);
        if (connection != null) {
            connection.subscribe(List.of(name));
        }
    }

    private @Nullable PubSubConnection connection(int tag) {
        String server = topology.pubSubServer(tag);
        return server == null ? null : connections.get(server);
    }

    /**
     * Keeps a connection to every server that has tags, and none to others. The clock's thread.
     *
     * @return whether one of them is not heard any more, as of now
     */
    boolean tick() {
        Map<String, Integer> tags = new HashMap<>();
        for (int tag = 0; tag < Keys.TAGS; tag++) {
            String server = topology.pubSubServer(tag);
            if (server != null) {
                tags.putIfAbsent(server, tag);
            }
        }
        boolean fellSilent = false;
        for (Map.Entry<String, Integer> each : tags.entrySet()) {
            PubSubConnection connection = connections.computeIfAbsent(
                    each.getKey(), server -> new PubSubConnection(server, topology, probes, this, time));
            fellSilent |= connection.tick(each.getValue());
        }
        connections.forEach((server, connection) -> {
            if (!tags.containsKey(server) && !hasConfirmedAny(connection)) {
                connections.remove(server);
                connection.close();
            }
        });
        return fellSilent;
    }

    private boolean hasConfirmedAny(PubSubConnection connection) {
        return channels.values().stream().anyMatch(channel -> channel.confirmedBy() == connection);
    }

    /** Subscribes to what is not subscribed where it belongs. */
    void reconcile() {
        Map<PubSubConnection, Map<Integer, List<String>>> missing = new HashMap<>();
        channels.forEach((name, channel) -> {
            PubSubConnection connection = connection(channel.tag());
            if (connection != null && channel.confirmedBy() != connection) {
                missing.computeIfAbsent(connection, key -> new HashMap<>())
                        .computeIfAbsent(topology.shardedPubSub() ? channel.tag() : 0, key -> new ArrayList<>())
                        .add(name);
            }
        });
        missing.forEach((connection, byTag) -> byTag.values().forEach(names -> {
            for (int from = 0; from < names.size(); from += SOME) {
                connection.subscribe(names.subList(from, Math.min(names.size(), from + SOME)));
            }
        }));
    }

    /** Asks for the ends of the logs whose news may not arrive, and wakes followers that are elsewhere. The clock's thread. */
    void poll() {
        queries.ask(
                channels.values().stream().filter(FollowedChannel::isToBeAsked).toList());
    }

    /** The same for all logs: what is published may be lost. The clock's thread. */
    void sweep() {
        queries.ask(channels.values());
    }

    int followed() {
        return channels.size();
    }

    long unconfirmed() {
        return channels.values().stream()
                .filter(channel -> !channel.isConfirmed())
                .count();
    }

    /** What is wrong with pub/sub; empty where nothing is, or has been only just now. */
    String problem() {
        String problem = "";
        for (PubSubConnection connection : connections.values()) {
            String denied = connection.problem().denied();
            if (!denied.isEmpty()) {
                return denied;
            }
            if (connection.silentNanos() > NEVER_HEARD_NANOS) {
                String last = connection.problem().last();
                problem = "what Redis should push does not arrive; events come by queries, later and at more cost"
                        + (last.isEmpty() ? "" : " (" + last + ")");
            }
        }
        return problem;
    }

    /** Whether Redis allows every connection to subscribe, and one has heard nothing for so long that the push path counts as broken. */
    boolean isSilent() {
        return connections.values().stream()
                        .allMatch(connection -> connection.problem().denied().isEmpty())
                && silentNanos() > NEVER_HEARD_NANOS;
    }

    /** For how long a connection has not been heard, in nanoseconds; 0 when all are. */
    long silentNanos() {
        return connections.values().stream()
                .mapToLong(PubSubConnection::silentNanos)
                .reduce(0, Math::max);
    }

    @Override
    public void connected(PubSubConnection connection) {
        reconcile();
    }

    @Override
    public void disconnected(PubSubConnection connection) {
        boolean lost = false;
        for (FollowedChannel channel : channels.values()) {
            lost |= channel.unconfirm(connection);
        }
        if (lost) {
            topology.refresh();
        }
    }

    @Override
    public void heard(PubSubConnection connection) {
        for (FollowedChannel channel : channels.values()) {
            if (channel.confirmedBy() == connection) {
                channel.wake();
            }
        }
    }

    @Override
    public void subscribed(PubSubConnection connection, String name) {
        FollowedChannel channel = channels.get(name);
        if (channel == null) {
            return;
        }
        PubSubConnection before = channel.confirm(connection);
        if (before != null && before != connection) {
            before.unsubscribe(name);
        }
    }

    @Override
    public void unsubscribed(PubSubConnection connection, String name) {
        FollowedChannel channel = channels.get(name);
        if (channel != null && channel.unconfirm(connection)) {
            topology.refresh();
        }
    }

    @Override
    public void message(PubSubConnection connection, String name, byte[] message) {
        FollowedChannel channel = channels.get(name);
        if (channel == null) {
            connection.unsubscribe(name);
            return;
        }
        int line = 0;
        while (line < message.length && message[line] != '\n') {
            line++;
        }
        String[] place = new String(message, 0, line, StandardCharsets.US_ASCII).split(" ", -1);
        EventId id = EventId.parse(place[0]);
        if (id == null || place.length != 2) {
            channel.wake();
            return;
        }
        EventId previous = RedisEventLog.previous(id, place[1]);
        channel.appended(id, previous, message, line + 1);
    }
}
