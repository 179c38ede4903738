package io.eventsgateway.hub;

import io.eventsgateway.Destination;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.log.EventLog;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Brings a log's events to the subscribers on this replica. A subscriber is a cursor and not a queue: one that takes nothing costs
 * nothing and goes on from where it was. Any thread may call.
 *
 * <p>To a subscriber the hub promises, for each destination: every event after its position, in the log's order, each once, or a
 * {@code reset} event where they can't all be had. Between destinations there is no order.
 */
public final class Hub implements AutoCloseable {

    /**
     * Bytes of pages being read for all who fell behind; as many of large events, of which one that is larger is read when no other
     * is; and as many that all live tails keep.
     */
    static final long BUDGET = Math.min(64L * 1024 * 1024, Runtime.getRuntime().maxMemory() / 8);

    private final Parts parts;
    private final Map<Destination, LiveTail> tails = new ConcurrentHashMap<>();
    private final Set<HubSubscription> subscriptions = ConcurrentHashMap.newKeySet();

    // guarded by itself
    private final IdentityHashMap<Executor, Lane> lanes = new IdentityHashMap<>();

    /** What every subscription works with. */
    record Parts(
            EventLog log,
            Executor retry,
            Executor marks,
            HubListener listener,
            ReadBudget pages,
            ReadBudget large,
            AtomicLong tailsBytes) {}

    /**
     * A hub over a log, which is lent.
     *
     * @param retry runs a task some moments later; where to go after the log failed
     * @param marks runs a task some seconds later; how long a client's progress may go unremembered, and a destination is followed
     *     after its last client left
     */
    public Hub(EventLog log, Executor retry, Executor marks, HubListener listener) {
        this.parts = new Parts(
                log,
                retry,
                marks,
                listener,
                new ReadBudget(BUDGET, retry, listener),
                new ReadBudget(BUDGET, retry, listener),
                new AtomicLong());
    }

    /** Subscribes a client that may see all that it asks for, as {@link #subscribe(Identity, List, Set, Start, Subscriber, Executor)}. */
    public Subscription subscribe(
            Identity identity, List<Destination> destinations, Start start, Subscriber subscriber, Executor executor) {
        return subscribe(identity, destinations, Set.copyOf(destinations), start, subscriber, executor);
    }

    /**
     * Subscribes a client. What it may see has been decided before.
     *
     * @param destinations all that it asks for, no two equal, in an order that is the same when the client comes back
     * @param allowed those of them that it may see, one or more; of the others nothing is sent, but their place in the client's position
     *     is kept, so that the rest goes on from where it was
     * @param executor runs the subscriber's methods; best its connection's event loop
     * @throws IllegalArgumentException if no destination is allowed
     */
    public Subscription subscribe(
            Identity identity,
            List<Destination> destinations,
            Set<Destination> allowed,
            Start start,
            Subscriber subscriber,
            Executor executor) {
        if (destinations.stream().noneMatch(allowed::contains)) {
            throw new IllegalArgumentException("a subscription needs a destination");
        }
        List<LiveTail> tails = destinations.stream()
                .map(each -> allowed.contains(each) ? enter(each) : new LiveTail(each, parts))
                .toList();
        HubSubscription subscription =
                new HubSubscription(parts, lane(executor), subscriber, identity, start, tails, allowed, this::leave);
        subscriptions.add(subscription);
        CompletableFuture<?>[] asked =
                subscription.followed().map(LiveTail::asked).toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(asked)
                .whenComplete(
                        (done, failure) -> subscription.lane().execute(() -> subscription.run(subscription::open)));
        return subscription;
    }

    /** How many destinations are followed. */
    public int destinations() {
        return tails.size();
    }

    /** How many bytes of events are kept for all destinations. */
    long keptBytes() {
        return parts.tailsBytes().get();
    }

    /** How many subscriptions there are. */
    public int subscriptions() {
        return subscriptions.size();
    }

    /** Ends every subscription. Idempotent; subscribers whose executor does not run any more are not told. */
    @Override
    public void close() {
        for (HubSubscription subscription : subscriptions) {
            try {
                subscription.close(CloseReason.STOPPED);
            } catch (RejectedExecutionException ended) {
                // its stream ended with its executor, and the others must not stay open for it
            }
        }
    }

    private LiveTail enter(Destination destination) {
        LiveTail tail = tails.compute(destination, (key, known) -> {
            LiveTail entered = known == null ? new LiveTail(key, parts) : known;
            entered.users++;
            return entered;
        });
        tail.startOnce();
        return tail;
    }

    private void leave(HubSubscription subscription) {
        subscriptions.remove(subscription);
        subscription.followed().map(LiveTail::destination).forEach(this::leave);
        synchronized (lanes) {
            Lane lane = subscription.lane();
            lane.users--;
            if (lane.users == 0) {
                lanes.values().remove(lane);
            }
        }
    }

    private void leave(Destination destination) {
        tails.computeIfPresent(destination, (key, tail) -> {
            tail.users--;
            if (tail.users == 0) {
                // clients that are cut come back soon, and go on from here
                parts.marks().execute(() -> forget(tail));
            }
            return tail;
        });
    }

    private void forget(LiveTail unused) {
        LiveTail kept = tails.computeIfPresent(
                unused.destination(), (key, tail) -> tail == unused && tail.users == 0 ? null : tail);
        if (kept == null) {
            unused.close();
        }
    }

    private Lane lane(Executor executor) {
        synchronized (lanes) {
            Lane lane = lanes.computeIfAbsent(executor, Lane::new);
            lane.users++;
            return lane;
        }
    }
}
