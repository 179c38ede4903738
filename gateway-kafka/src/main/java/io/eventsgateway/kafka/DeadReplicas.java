package io.eventsgateway.kafka;

import io.eventsgateway.Text;
import io.eventsgateway.replica.ReplicaBeats;
import io.eventsgateway.replica.ReplicaWatch;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
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

    /** Between two beats of a replica. */
    static final Duration EVERY = Duration.ofMillis(150);

    /** How many of them are missed before a replica is taken for dead. */
    private static final int MISSED = 6;

    /** After how many that it did not show itself it no longer trusts what it saw. */
    private static final int PAUSE = 5;

    /** Longer than replicas differ in when they find the store again that was away. */
    private static final Duration UNSEEN_LIMIT = Duration.ofSeconds(5);

    /** Until one is no longer shown that had no members: another service's replicas have looked after it by then. */
    static final Duration FORGOTTEN = Duration.ofSeconds(30);

    /** Until removing is tried again that failed. */
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final String own;
    private final Supplier<List<String>> consumers;
    private final ReplicaBeats beats;
    private final Members members;
    private final Collection<String> groups;
    private final Duration every;
    private final long forgottenNanos;
    private final ReplicaWatch watch;
    private final ScheduledThreadPoolExecutor beating =
            new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "replica-beats"));
    private final ExecutorService removing =
            Executors.newSingleThreadExecutor(task -> new Thread(task, "replica-removal"));

    /** The last beats of those that are taken for dead now; set by the thread that beats. */
    private volatile Map<String, String> dead = Map.of();

    // of the thread that beats
    private long beat;
    private @Nullable CompletableFuture<?> shown;
    private @Nullable Future<?> removal;

    // of the thread that removes
    private final Map<String, Long> removedAt = new HashMap<>();
    private long refusedAt = System.nanoTime() - AGAIN.toNanos();
    private boolean isReported;

    /** What a replica shows of itself: a number that grows, and what is to be removed should it die. */
    private static final class Beat {

        private static final String SEPARATOR = " ";

        static String of(long number, List<String> consumers) {
            return number + SEPARATOR + String.join(SEPARATOR, consumers);
        }

        /** Of that replica, whatever it shows. */
        static List<String> consumers(String replica, String beat) {
            return Stream.of(beat.split(SEPARATOR, -1))
                    .filter(word -> word.startsWith(replica + "-"))
                    .toList();
        }
    }

    /** The members of consumer groups. */
    interface Members {

        /**
         * Removes static members from groups; one that is not in a group is none of it. Blocks, and throws what the cluster answers.
         *
         * @param instances their instance ids
         * @return how many there were
         */
        int remove(Collection<String> groups, Collection<String> instances);
    }

    /**
     * Of a replica.
     *
     * @param own its name
     * @param consumers the instance ids of its members, as of now
     * @param groups the consumer groups that it reads with
     * @param every between two beats, of all replicas
     * @param forgotten after how long a dead one is no longer shown
     */
    DeadReplicas(
            String own,
            Supplier<List<String>> consumers,
            ReplicaBeats beats,
            Members members,
            Collection<String> groups,
            Duration every,
            Duration forgotten) {
        this.own = own;
        this.consumers = consumers;
        this.beats = beats;
        this.members = members;
        this.groups = List.copyOf(groups);
        this.every = every;
        this.forgottenNanos = forgotten.toNanos();
        // the last one may come a little early
        Duration limit = every.multipliedBy(MISSED).minus(every.dividedBy(2));
        this.watch = new ReplicaWatch(own, limit, UNSEEN_LIMIT, every.multipliedBy(PAUSE), System.nanoTime());
        beating.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    void start() {
        removing.execute(this::prepare);
        beating.scheduleAtFixedRate(this::show, 0, every.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Asks for members that nobody has: the first question of a process takes several times as long, and later ones are in a hurry. */
    private void prepare() {
        try {
            members.remove(groups, List.of(own));
        } catch (RuntimeException unanswered) {
            LOG.debug("Groups not asked cause=\"{}\"", unanswered.toString());
        }
    }

    private void show() {
        if (shown != null && !shown.isDone()) {
            // a store that hangs would be asked again and again
            return;
        }
        try {
            shown = beats.show(own, Beat.of(++beat, consumers.get()))
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
        Map<String, String> missed = new HashMap<>(shown);
        missed.keySet().retainAll(watch.answered(shown, System.nanoTime()));
        dead = missed;
        if (removal == null || removal.isDone()) {
            removal = removing.submit(this::removeDead);
        }
    }

    private void removeDead() {
        long now = System.nanoTime();
        removedAt.keySet().retainAll(dead.keySet());
        removedAt.forEach((replica, at) -> {
            if (now - at > forgottenNanos) {
                beats.forget(replica);
            }
        });
        if (now - refusedAt < AGAIN.toNanos()) {
            return;
        }
        dead.forEach((replica, beat) -> {
            // it may have beaten again meanwhile
            if (dead.containsKey(replica) && !removedAt.containsKey(replica)) {
                remove(replica, Beat.consumers(replica, beat));
            }
        });
    }

    private void remove(String replica, List<String> instances) {
        try {
            long begun = System.nanoTime();
            int removed = members.remove(groups, instances);
            long ended = System.nanoTime();
            removedAt.put(replica, ended);
            isReported = false;
            if (removed > 0) {
                // it may be another service's where there are none: that one's replicas look after it first
                beats.forget(replica);
                LOG.info(
                        "Replica died, its partitions are taken over replica={} consumers={} took={}",
                        replica,
                        removed,
                        Text.seconds(Duration.ofNanos(ended - begun)));
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
