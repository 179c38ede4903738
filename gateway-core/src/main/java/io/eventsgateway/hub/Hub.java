package io.eventsgateway.hub;

import io.eventsgateway.Destination;
import io.eventsgateway.EventId;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.log.DeliveryProgress;
import io.eventsgateway.log.EventLog;
import io.eventsgateway.log.EventReader;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Brings a log's events to the subscribers on this replica. A subscriber is a cursor and not a queue: one that takes nothing costs
 * nothing and goes on from where it was. Any thread may call.
 *
 * <p>To a subscriber the hub promises, for each destination: every event after its position, in the log's order, each once, or a
 * {@code reset} event where they can't all be had. Between destinations there is no order.
 */
public final class Hub implements AutoCloseable {

    private final EventReader log;
    private final HubOptions options;
    private final Timer timer;
    private final HubListener listener;
    private final RetryingReader reader;
    private final AtomicLong keptBytes = new AtomicLong();
    private final Map<Destination, LiveTail> tails = new ConcurrentHashMap<>();
    private final Set<StreamSubscription> subscriptions = ConcurrentHashMap.newKeySet();

    // guarded by itself
    private final IdentityHashMap<Executor, SerialExecutor> executors = new IdentityHashMap<>();

    /** A hub over a log, which is lent and keeps progress too, with the default options. */
    public Hub(EventLog log, HubListener listener) {
        this(log, log, HubOptions.DEFAULT, Timer.SYSTEM, listener);
    }

    /** A hub over a log and what keeps progress, which are lent. */
    public Hub(EventReader log, DeliveryProgress progress, HubOptions options, Timer timer, HubListener listener) {
        this.log = log;
        this.options = options;
        this.timer = timer;
        this.listener = listener;
        this.reader = new RetryingReader(log, progress, options, timer, listener);
    }

    /**
     * Subscribes a client that may see all that it asks for, as {@link #subscribe(Identity, List, Set, Start, Subscriber,
     * Executor)}.
     */
    public Subscription subscribe(
            Identity identity, List<Destination> destinations, Start start, Subscriber subscriber, Executor executor) {
        return subscribe(identity, destinations, Set.copyOf(destinations), start, subscriber, executor);
    }

    /**
     * Subscribes a client. What it may see has been decided before.
     *
     * @param destinations all that it asks for, no two equal, in an order that is the same when the client comes back
     * @param allowed those of them that it may see, one or more; of the others nothing is sent, but their place in the client's
     * position     is kept, so that the rest goes on from where it was
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
        List<@Nullable LiveTail> entered = new ArrayList<>();
        for (Destination destination : destinations) {
            entered.add(allowed.contains(destination) ? enter(destination) : null);
        }
        StreamSubscription subscription = new StreamSubscription(
                reader, listener, serial(executor), subscriber, identity, start, destinations, entered, this::leave);
        subscriptions.add(subscription);
        CompletableFuture<?>[] asked = subscription.readers().all().stream()
                .map(each -> each.tail().asked())
                .toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(asked).whenComplete((done, failure) -> subscription.execute(subscription::open));
        return subscription;
    }

    /** The last event's position of a destination, as far as it is known here; null where it is not, or the destination is not followed. */
    public @Nullable EventId end(Destination destination) {
        LiveTail tail = tails.get(destination);
        return tail == null ? null : tail.end();
    }

    /** How many destinations are followed. */
    public int destinations() {
        return tails.size();
    }

    /** How many bytes of events are kept for all destinations. */
    long keptBytes() {
        return keptBytes.get();
    }

    /** How far the streams are behind; goes through all of them. */
    public Backlog backlog() {
        int streams = 0;
        long events = 0;
        for (StreamSubscription subscription : subscriptions) {
            long behind = subscription.readers().behind();
            streams += behind > 0 ? 1 : 0;
            events += behind;
        }
        return new Backlog(streams, events);
    }

    /** How many subscriptions there are. */
    public int subscriptions() {
        return subscriptions.size();
    }

    /** Ends every subscription. Idempotent; subscribers whose executor does not run any more are not told. */
    @Override
    public void close() {
        for (StreamSubscription subscription : subscriptions) {
            try {
                subscription.close(CloseReason.STOPPED);
            } catch (RejectedExecutionException ended) {
                // its stream ended with its executor, and the others must not stay open for it
            }
        }
    }

    private LiveTail enter(Destination destination) {
        LiveTail tail = tails.compute(destination, (key, known) -> {
            LiveTail entered =
                    known == null ? new LiveTail(key, log, reader, listener, keptBytes, options.maxKeptBytes()) : known;
            entered.users++;
            return entered;
        });
        tail.start();
        return tail;
    }

    private void leave(StreamSubscription subscription) {
        subscriptions.remove(subscription);
        subscription.readers().all().stream()
                .map(DestinationReader::destination)
                .forEach(this::leave);
        synchronized (executors) {
            SerialExecutor executor = subscription.executor();
            executor.users--;
            if (executor.users == 0) {
                executors.values().remove(executor);
            }
        }
    }

    private void leave(Destination destination) {
        tails.computeIfPresent(destination, (key, tail) -> {
            tail.users--;
            if (tail.users == 0) {
                timer.after(options.lingerFor(), () -> forget(tail));
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

    private SerialExecutor serial(Executor executor) {
        synchronized (executors) {
            SerialExecutor serial = executors.computeIfAbsent(executor, SerialExecutor::new);
            serial.users++;
            return serial;
        }
    }
}
