package io.eventsgateway.kafka;

import io.eventsgateway.replica.ReplicaBeats;
import io.eventsgateway.replica.ReplicaWatch;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows that this replica lives, and removes others that died from the consumer groups, so that their partitions are dealt out at once and
 * not after the session timeout. A replica that is removed by mistake joins again; what is read twice by then is in the log once. One thread
 * shows and concludes, another one removes, since Kafka may not answer for long.
 */
final class DeadReplicas implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DeadReplicas.class);
    private static final Duration EVERY = Duration.ofMillis(250);
    private static final Duration LIMIT = Duration.ofSeconds(1);

    /** Longer than replicas differ in when they find the store again that was away. */
    private static final Duration UNSEEN_LIMIT = Duration.ofSeconds(5);

    /** Until one is no longer shown that had no members: another service's replicas have looked after it by then. */
    static final Duration FORGOTTEN = Duration.ofSeconds(30);

    /** Until removing is tried again that failed. */
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final String own;
    private final ReplicaBeats beats;
    private final Members members;
    private final Collection<String> groups;
    private final long forgottenNanos;
    private final ReplicaWatch watch;
    private final ScheduledThreadPoolExecutor beating =
            new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "replica-beats"));
    private final ExecutorService removing =
            Executors.newSingleThreadExecutor(task -> new Thread(task, "replica-removal"));

    /** Those that are taken for dead now; set by the thread that beats. */
    private volatile Set<String> dead = Set.of();

    // of the thread that beats
    private long beat;
    private @Nullable CompletableFuture<?> shown;
    private @Nullable Future<?> removal;

    // of the thread that removes
    private final Map<String, Long> removedAt = new HashMap<>();
    private long refusedAt = System.nanoTime() - AGAIN.toNanos();
    private boolean isReported;

    /** The members of consumer groups. */
    interface Members {

        /**
         * Removes static members from groups. Blocks, and throws what the cluster answers.
         *
         * @param prefix what their instance ids begin with
         * @return how many there were
         */
        int remove(Collection<String> groups, String prefix);
    }

    /**
     * Of a replica.
     *
     * @param own what its members' instance ids begin with, before a dash
     * @param groups the consumer groups that it reads with
     * @param forgotten after how long a dead one is no longer shown
     */
    DeadReplicas(String own, ReplicaBeats beats, Members members, Collection<String> groups, Duration forgotten) {
        this.own = own;
        this.beats = beats;
        this.members = members;
        this.groups = List.copyOf(groups);
        this.forgottenNanos = forgotten.toNanos();
        this.watch = new ReplicaWatch(own, LIMIT, UNSEEN_LIMIT, EVERY.multipliedBy(3), System.nanoTime());
        beating.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    void start() {
        beating.scheduleAtFixedRate(this::show, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void show() {
        if (shown != null && !shown.isDone()) {
            // a store that hangs would be asked again and again
            return;
        }
        try {
            shown = beats.show(own, Long.toString(++beat))
                    .thenAcceptAsync(this::conclude, beating)
                    .exceptionally(failure -> {
                        LOG.debug("Replicas not seen cause=\"{}\"", failure.toString());
                        return null;
                    })
                    .toCompletableFuture();
        } catch (Throwable fault) {
            // a task that throws is never run again
            LOG.debug("Replica not shown", fault);
        }
    }

    private void conclude(Map<String, String> shown) {
        dead = watch.answered(shown, System.nanoTime());
        if (removal == null || removal.isDone()) {
            removal = removing.submit(this::removeDead);
        }
    }

    private void removeDead() {
        long now = System.nanoTime();
        removedAt.keySet().retainAll(dead);
        removedAt.forEach((replica, at) -> {
            if (now - at > forgottenNanos) {
                beats.forget(replica);
            }
        });
        if (now - refusedAt < AGAIN.toNanos()) {
            return;
        }
        for (String replica : dead) {
            // it may have beaten again meanwhile
            if (dead.contains(replica) && !removedAt.containsKey(replica)) {
                remove(replica);
            }
        }
    }

    private void remove(String replica) {
        try {
            int consumers = members.remove(groups, replica + "-" + FeedGroup.CONSUMERS);
            removedAt.put(replica, System.nanoTime());
            isReported = false;
            if (consumers > 0) {
                // it may be another service's where there are none: that one's replicas look after it first
                beats.forget(replica);
                LOG.info("Replica died, its partitions are taken over replica={} consumers={}", replica, consumers);
            }
        } catch (RuntimeException | Error failure) {
            refusedAt = System.nanoTime();
            report(replica, failure);
        }
    }

    /** Once in a row: it is tried again. */
    private void report(String replica, Throwable failure) {
        if (!isReported) {
            isReported = true;
            LOG.warn(
                    "Replica died and can't be removed from its groups, its partitions wait for the session timeout replica={}"
                            + " cause=\"{}\"",
                    replica,
                    Reason.of(failure));
        }
    }

    /** Shows no longer that this replica lives; to be called when its members have left their groups. */
    @Override
    public void close() {
        beating.shutdownNow();
        removing.shutdown();
        try {
            beating.awaitTermination(1, TimeUnit.SECONDS);
            removing.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        removing.shutdownNow();
        beats.forget(own);
    }
}
