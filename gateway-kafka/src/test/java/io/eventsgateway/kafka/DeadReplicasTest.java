package io.eventsgateway.kafka;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.replica.ReplicaBeats;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.junit.jupiter.api.Test;

class DeadReplicasTest {

    /** So long that a busy machine does not keep one from beating for several of them. */
    private static final Duration EVERY = Duration.ofMillis(400);

    private final Beats beats = new Beats();
    private final Group group = new Group();

    /** What replicas show, as long as it is not away. */
    static final class Beats implements ReplicaBeats {

        final Map<String, String> shown = new ConcurrentHashMap<>();
        final AtomicInteger asked = new AtomicInteger();
        volatile boolean isAway;

        @Override
        public CompletionStage<Map<String, String>> show(String replica, String beat) {
            asked.incrementAndGet();
            if (isAway) {
                return CompletableFuture.failedStage(new IllegalStateException("away"));
            }
            shown.put(replica, beat);
            return CompletableFuture.completedStage(Map.copyOf(shown));
        }

        @Override
        public CompletionStage<?> forget(String replica) {
            shown.remove(replica);
            return CompletableFuture.completedStage(null);
        }
    }

    /** A group's static members; removing them may be denied. */
    private static final class Group implements DeadReplicas.Members {

        private final Set<String> instances = ConcurrentHashMap.newKeySet();
        private volatile boolean isDenied;
        private volatile int asked;

        @Override
        public int remove(Collection<String> groups, Collection<String> removed) {
            if (removed.equals(List.of("one")) || removed.equals(List.of("two"))) {
                // asked by a replica that starts
                return 0;
            }
            asked++;
            if (isDenied) {
                throw new GroupAuthorizationException("g");
            }
            int before = instances.size();
            instances.removeAll(List.copyOf(removed));
            return before - instances.size();
        }
    }

    private DeadReplicas started(String own) {
        List<String> instances = List.of(own + "-feed-a-0", own + "-feed-b-0");
        group.instances.addAll(instances);
        DeadReplicas replicas =
                new DeadReplicas(own, () -> instances, beats, group, List.of("g"), EVERY, Duration.ofSeconds(3));
        replicas.start();
        return replicas;
    }

    /** Both have shown themselves, or tried to, ten times each. */
    private void awaitLongerThanADeadOneIsMissed() {
        int before = beats.asked.get();
        await(() -> beats.asked.get() >= before + 2 * 10);
    }

    private Set<String> replicasInGroup() {
        return group.instances.stream()
                .map(each -> each.substring(0, each.indexOf('-')))
                .collect(Collectors.toSet());
    }

    @Test
    void removesAReplicaThatDiedAndNoOther() {
        group.instances.addAll(List.of("dead-feed-a-0", "dead-feed-b-0", "deadlock-feed-a-0"));
        beats.shown.put("dead", "7 dead-feed-a-0 dead-feed-b-0 one-feed-a-0");
        try (DeadReplicas one = started("one");
                DeadReplicas two = started("two")) {
            await(() -> !beats.shown.containsKey("dead"));

            assertThat(replicasInGroup()).containsExactlyInAnyOrder("one", "two", "deadlock");
        }
        assertThat(beats.shown).isEmpty();
    }

    /** Its session had ended, or it was another service's that is gone too. */
    @Test
    void forgetsADeadReplicaWithoutMembersAfterAWhile() {
        beats.shown.put("dead", "7");
        try (DeadReplicas one = started("one")) {
            await(() -> group.asked == 1);
            assertThat(beats.shown).containsKey("dead");

            await(() -> !beats.shown.containsKey("dead"));

            assertThat(beats.shown).containsKey("one");
            assertThat(group.asked).isOne();
        }
    }

    @Test
    void removesNobodyWhileItCanNotSeeTheOthers() {
        try (DeadReplicas one = started("one");
                DeadReplicas two = started("two")) {
            await(() -> beats.shown.size() == 2);
            beats.isAway = true;
            awaitLongerThanADeadOneIsMissed();
            beats.isAway = false;
            awaitLongerThanADeadOneIsMissed();

            assertThat(replicasInGroup()).containsExactlyInAnyOrder("one", "two");
            assertThat(group.asked).isZero();
        }
    }

    @Test
    void goesOnWhereItMayNotRemoveAndTriesAgain() {
        group.instances.add("dead-feed-a-0");
        group.isDenied = true;
        beats.shown.put("dead", "7 dead-feed-a-0");
        try (DeadReplicas one = started("one")) {
            await(() -> group.asked == 1);
            String before = beats.shown.get("one");
            await(() -> !beats.shown.get("one").equals(before));
            group.isDenied = false;

            await(() -> !beats.shown.containsKey("dead"));

            assertThat(replicasInGroup()).containsExactly("one");
        }
    }
}
