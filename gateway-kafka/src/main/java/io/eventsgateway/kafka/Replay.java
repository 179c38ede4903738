package io.eventsgateway.kafka;

import static io.eventsgateway.kafka.Assignment.partition;

import io.eventsgateway.log.EventWriter;
import io.eventsgateway.log.Generation;
import io.eventsgateway.route.InboundRecord;
import io.eventsgateway.topic.Feed;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a consumer read again what the log lost, whether it was acknowledged to this consumer or to the one before, and topics that were made
 * again. Used by the consumer's thread.
 *
 * <table>
 * <caption>States, and what becomes of them with each event</caption>
 * <tr><th>state<th>the log noticed a loss<th>{@link #goBack}<th>{@link #goBackForOthers}<th>{@link #restartRecreated}
 * <tr><td>IN_STEP<td>BEHIND<td>stay, read again<td>stay, read again what the log lacks<td>stay, read from the beginning
 * <tr><td>BEHIND<td>stay<td>IN_STEP, read again<td>stay, read again what the log lacks<td>stay, read from the beginning
 * </table>
 *
 * <p>The log notices a loss on threads of its own, so the state is not kept but compared: it is the log's generation beside the one that was
 * gone back for.
 */
final class Replay {

    private static final Logger LOG = LoggerFactory.getLogger(Replay.class);
    private static final long ASK_SECONDS = 5;

    private final Feed feed;
    private final Consumer<byte[], byte[]> consumer;
    private final Topics topics;
    private final EventWriter log;
    private final CommitTracker tracker;
    private final Assignment assignment;
    private final Duration retention;
    private Generation generation;

    /** See the table above. */
    enum State {
        /** Everything was gone back for that the log has noticed. */
        IN_STEP,
        /** The log has lost something since: nothing more may be appended or committed before it was gone back for. */
        BEHIND
    }

    /**
     * Of a consumer.
     *
     * @param log what the records are appended to
     * @param retention how long the log keeps events: what is older would have expired and is not read again
     */
    Replay(
            Feed feed,
            Consumer<byte[], byte[]> consumer,
            Topics topics,
            EventWriter log,
            CommitTracker tracker,
            Assignment assignment,
            Duration retention) {
        this.feed = feed;
        this.consumer = consumer;
        this.topics = topics;
        this.log = log;
        this.tracker = tracker;
        this.assignment = assignment;
        this.retention = retention;
        this.generation = log.generation();
    }

    /** The generation of the log that this consumer has gone back for. */
    Generation generation() {
        return generation;
    }

    State state() {
        return log.generation().number() == generation.number() ? State.IN_STEP : State.BEHIND;
    }

    /**
     * Goes back in all partitions, before anything else is appended.
     *
     * @param batch what was polled and not acknowledged
     */
    void goBack(List<InboundRecord> batch) {
        // asked for before going back, so that a loss meanwhile fails the next append
        Generation now = log.generation();
        Map<TopicPartition, Long> from = new HashMap<>();
        for (InboundRecord in : assignment.stillOurs(batch)) {
            from.merge(partition(in.source()), in.source().offset(), Math::min);
        }
        for (TopicPartition partition : assignment.all()) {
            Long offset = tracker.since(partition, now.intactUntil());
            if (offset != null) {
                from.merge(partition, offset, Math::min);
            }
        }
        from.entrySet().removeIf(each -> each.getValue() >= consumer.position(each.getKey()));
        goBack(from);
        generation = now;
    }

    private void goBack(Map<TopicPartition, Long> from) {
        from.forEach((partition, offset) -> {
            consumer.seek(partition, offset);
            assignment.readsFrom(partition, offset);
            tracker.backTo(partition, offset);
        });
        if (!from.isEmpty()) {
            LOG.warn("Reading again after a loss in the log feed={} from={}", feed.label(), from);
        }
    }

    /** Goes back where the log has less than it acknowledged to whoever committed, who may be gone and not have come to going back. */
    void goBackForOthers(Map<TopicPartition, OffsetAndMetadata> committed) {
        Instant now = Instant.now();
        Map<TopicPartition, Handover> left = new HashMap<>();
        Map<String, CompletableFuture<Boolean>> asked = new HashMap<>();
        committed.forEach((partition, offset) -> {
            Handover handover = Handover.parse(offset.metadata());
            if (handover != null
                    && handover.from() < offset.offset()
                    && handover.at().plus(retention).isAfter(now)) {
                left.put(partition, handover);
                asked.computeIfAbsent(
                        handover.receipt(), receipt -> log.has(receipt).toCompletableFuture());
            }
        });
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(ASK_SECONDS);
        Map<TopicPartition, Long> from = new HashMap<>();
        left.forEach((partition, handover) -> {
            tracker.appendedByOthers(partition, handover.from(), now);
            if (!isTrue(asked.get(handover.receipt()), until)) {
                from.put(partition, handover.from());
            }
        });
        goBack(from);
    }

    /** Whether an answer came in time and is yes. */
    private static boolean isTrue(@Nullable CompletableFuture<Boolean> answer, long until) {
        try {
            return answer != null && answer.get(Math.max(1, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException unknown) {
            return false;
        } catch (InterruptedException interrupted) {
            throw new InterruptException(interrupted);
        }
    }

    /**
     * Begins again with topics that were made again under their name, where the positions are still those in the topic before.
     *
     * @return partitions of which what was polled is to be polled again
     */
    Set<TopicPartition> restartRecreated() {
        Set<TopicPartition> again = new HashSet<>();
        for (TopicPartition partition : assignment.all()) {
            String id = topics.known(partition.topic());
            String before = tracker.topicId(partition);
            if (id == null || id.equals(before)) {
                continue;
            }
            // brokers that were updated since had given topics no ids, only names
            if (before != null && !before.equals(partition.topic())) {
                again.add(partition);
                tracker.forget(Set.of(partition));
            }
            tracker.reads(partition, id);
        }
        if (!again.isEmpty()) {
            consumer.seekToBeginning(again);
            assignment.forgetRead(again);
            LOG.warn("Topic was made again, read from its beginning feed={} partitions={}", feed.label(), again);
        }
        return again;
    }
}
