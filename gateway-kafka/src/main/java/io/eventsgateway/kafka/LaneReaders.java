package io.eventsgateway.kafka;

import static io.eventsgateway.kafka.Assignment.partition;

import io.eventsgateway.Source;
import io.eventsgateway.lane.Lane;
import io.eventsgateway.lane.LaneCommit;
import io.eventsgateway.lane.LaneReader;
import io.eventsgateway.route.InboundRecord;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer knows of its partitions: a {@link LaneReader} each. A partition has none as long as its topic's id is not known. Used by the
 * consumer's thread.
 */
final class LaneReaders {

    private final String group;
    private final int tags;
    private final Map<TopicPartition, LaneReader> readers = new HashMap<>();

    /**
     * None yet.
     *
     * @param group the consumer group
     * @param tags how many tags the log has
     */
    LaneReaders(String group, int tags) {
        this.group = group;
        this.tags = tags;
    }

    /** The reader of a partition; null while its topic's id is not known. */
    @Nullable
    LaneReader of(TopicPartition partition) {
        return readers.get(partition);
    }

    /** A partition is read from where another one committed. */
    void takeOver(TopicPartition partition, LaneCommit commit) {
        readers.put(partition, LaneReader.takeOver(lane(partition, commit.topicId()), commit));
    }

    /** A partition is read from an offset on, and nothing is known of what was acknowledged before. */
    void begin(TopicPartition partition, String topicId, long offset) {
        readers.put(partition, LaneReader.begin(lane(partition, topicId), offset, new long[tags]));
    }

    /** The same of the partitions of some records that have no reader, from the first record on. */
    void beginMissing(List<InboundRecord> records) {
        for (InboundRecord in : records) {
            Source source = in.source();
            if (of(partition(source)) == null) {
                begin(partition(source), source.topicId(), source.offset());
            }
        }
    }

    private Lane lane(TopicPartition partition, String topicId) {
        return new Lane(group, topicId, partition.partition());
    }

    int tags() {
        return tags;
    }

    /** Partitions are another's, or begin anew. */
    void forget(Collection<TopicPartition> partitions) {
        readers.keySet().removeAll(partitions);
    }

    /** The readers there are of the partitions of some records. */
    Map<TopicPartition, LaneReader> of(List<InboundRecord> records) {
        return of(partitions(records));
    }

    /** The readers there are of some partitions. */
    Map<TopicPartition, LaneReader> of(Collection<TopicPartition> partitions) {
        Map<TopicPartition, LaneReader> some = new HashMap<>(readers);
        some.keySet().retainAll(Set.copyOf(partitions));
        return some;
    }

    /** Those of some records that are to be brought into the log by readers that still have their partitions. */
    List<InboundRecord> remaining(List<InboundRecord> records, Map<TopicPartition, LaneReader> by) {
        return records.stream()
                .filter(in -> isRead(in.source(), by.get(partition(in.source()))))
                .toList();
    }

    /** Whether a record is of the lane that a reader reads, and the reader still has it. */
    private boolean isRead(Source source, @Nullable LaneReader reader) {
        return reader != null
                && readers.get(partition(source)) == reader
                && reader.lane().partitionKey().equals(source.partitionKey());
    }

    static Set<TopicPartition> partitions(List<InboundRecord> records) {
        Set<TopicPartition> partitions = new HashSet<>();
        records.forEach(in -> partitions.add(partition(in.source())));
        return partitions;
    }
}
