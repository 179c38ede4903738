package io.eventsgateway.kafka;

import io.eventsgateway.lane.LaneCommit;
import io.eventsgateway.lane.LaneReader;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** What may be committed of a consumer's partitions, and what was. Used by one thread. */
final class CommitTracker {

    private final LaneReaders readers;

    /** The offset that was last taken to be committed, and has not failed. */
    private final Map<TopicPartition, Long> taken = new HashMap<>();

    /** What is committed, or on its way. */
    private final Map<TopicPartition, Committed> committed = new HashMap<>();

    private record Committed(long offset, Handover handover) {
        OffsetAndMetadata withMetadata() {
            return new OffsetAndMetadata(offset, handover.metadata());
        }
    }

    /** Nothing yet. */
    CommitTracker(LaneReaders readers) {
        this.readers = readers;
    }

    /** A partition was taken over at an offset with what is committed beside it. */
    void takenOver(TopicPartition partition, long offset, Handover handover) {
        committed.put(partition, new Committed(offset, handover));
        taken.put(partition, offset);
    }

    /** What is committed is committed again, with these counts beside it; null where nothing is. */
    @Nullable
    OffsetAndMetadata count(TopicPartition partition, int starts, int trials) {
        Committed known = committed.computeIfPresent(
                partition,
                (key, now) -> new Committed(now.offset(), now.handover().counting(starts, trials)));
        return known == null ? null : known.withMetadata();
    }

    /** What is committed beside the offset; null for nothing. */
    @Nullable
    Handover handover(TopicPartition partition) {
        Committed known = committed.get(partition);
        return known == null ? null : known.handover();
    }

    /** Partitions are another's, or begin anew. */
    void forget(Collection<TopicPartition> partitions) {
        committed.keySet().removeAll(partitions);
        taken.keySet().removeAll(partitions);
    }

    /** Takes what may be committed of some partitions, and was not taken before. */
    Map<TopicPartition, OffsetAndMetadata> take(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (TopicPartition partition : partitions) {
            LaneReader reader = readers.of(partition);
            LaneCommit commit = reader == null ? null : reader.commit();
            if (commit != null && commit.offset() != taken.getOrDefault(partition, 0L)) {
                Committed next = new Committed(commit.offset(), Handover.of(commit));
                committed.put(partition, next);
                taken.put(partition, commit.offset());
                offsets.put(partition, next.withMetadata());
            }
        }
        return offsets;
    }

    /** What was taken of some partitions could not be committed: how far they are by then is taken next. */
    void putBack(Collection<TopicPartition> partitions) {
        taken.keySet().removeAll(partitions);
    }
}
