package io.eventsgateway.redis;

import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.log.Follower;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The followers of one destination, and how they get its news. Two facts that have nothing to do with each other say whether the log has
 * to be asked: which connection has confirmed the subscription, if one has, and whether anything may have been missed. Any thread may call.
 */
final class FollowedChannel {

    private static final Logger LOG = LoggerFactory.getLogger(FollowedChannel.class);

    private final Keys keys;
    private final List<Follower> followers = new CopyOnWriteArrayList<>();
    private final AtomicReference<@Nullable PubSubConnection> confirmedBy = new AtomicReference<>();

    /** What was published before the subscription was confirmed, or was not taken, may not have reached the followers. */
    private volatile boolean mayHaveMissed;

    /** Without followers, and nowhere subscribed. */
    FollowedChannel(Keys keys) {
        this.keys = keys;
    }

    String name() {
        return keys.channel();
    }

    int tag() {
        return keys.tag();
    }

    byte[] meta() {
        return keys.meta();
    }

    void add(Follower follower) {
        followers.add(follower);
    }

    /** Returns whether it was the last. */
    boolean remove(Follower follower) {
        followers.remove(follower);
        return followers.isEmpty();
    }

    /** The connection that has confirmed the subscription, whether it works or not; null where none has. */
    @Nullable
    PubSubConnection confirmedBy() {
        return confirmedBy.get();
    }

    /** A connection has confirmed the subscription; returns the one that had before, or null. */
    @Nullable
    PubSubConnection confirm(PubSubConnection connection) {
        PubSubConnection before = confirmedBy.getAndSet(connection);
        mayHaveMissed = true;
        return before;
    }

    /** The subscription has ended on a connection; returns whether it was the one that had confirmed it. */
    boolean unconfirm(PubSubConnection connection) {
        return confirmedBy.compareAndSet(connection, null);
    }

    /** Whether what is published arrives, as far as one can know. */
    boolean isConfirmed() {
        PubSubConnection connection = confirmedBy.get();
        return connection != null && connection.works();
    }

    /** Whether the log has to be asked for news. */
    boolean isToBeAsked() {
        return mayHaveMissed || !isConfirmed();
    }

    /** The log is asked: what may have been missed before is answered. */
    void asked() {
        mayHaveMissed = false;
    }

    /** The log did not answer. */
    void unanswered() {
        mayHaveMissed = true;
    }

    /** The log's end is here. Wakes followers elsewhere; where news arrive for sure, also those that do not know yet where they are. */
    void endsAt(EventId end) {
        attempt(each -> {
            EventId position = each.position();
            if (position == null ? isConfirmed() : !position.equals(end)) {
                each.wake();
            }
        });
    }

    /** Something may have been appended. */
    void wake() {
        attempt(Follower::wake);
    }

    /** An event was published. */
    void appended(EventId id, EventId previous, byte[] message, int from) {
        try {
            Event event = from >= message.length ? null : EventCodec.decode(message, from);
            followers.forEach(each -> each.appended(id, previous, event));
        } catch (RuntimeException | Error fault) {
            failed(fault);
        }
    }

    /** Does something with the followers; one that throws keeps no other channel from being served, and its log is asked. */
    private void attempt(Consumer<Follower> action) {
        try {
            followers.forEach(action);
        } catch (RuntimeException | Error fault) {
            failed(fault);
        }
    }

    private void failed(Throwable fault) {
        LOG.error("Follower failed, its log is asked channel={}", name(), fault);
        mayHaveMissed = true;
    }
}
