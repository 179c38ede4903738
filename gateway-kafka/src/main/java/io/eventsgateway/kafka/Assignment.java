package io.eventsgateway.kafka;

import io.eventsgateway.Source;
import io.eventsgateway.route.InboundRecord;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/** The partitions that one consumer has, and the last offset that it read of each. Used by one thread. */
final class Assignment {

    private final Set<TopicPartition> partitions = new HashSet<>();
    private final Set<TopicPartition> come = new HashSet<>();
    private final Map<TopicPartition, Long> lastRead = new HashMap<>();

    void add(Collection<TopicPartition> more) {
        partitions.addAll(more);
        come.addAll(more);
    }

    /** The partitions that have come since this was last asked. */
    Set<TopicPartition> takeCome() {
        Set<TopicPartition> taken = Set.copyOf(come);
        come.clear();
        return taken;
    }

    void remove(Collection<TopicPartition> some) {
        partitions.removeAll(some);
        forgetRead(some);
    }

    /** What there is now; a view. */
    Set<TopicPartition> all() {
        return Collections.unmodifiableSet(partitions);
    }

    boolean has(TopicPartition partition) {
        return partitions.contains(partition);
    }

    /** The records that still belong to this consumer. */
    List<InboundRecord> stillOurs(List<InboundRecord> batch) {
        return batch.stream().filter(in -> has(partition(in.source()))).toList();
    }

    /** Takes down that an offset was read, and returns whether as far was read before, as where a topic was made again. */
    boolean reads(TopicPartition partition, long offset) {
        Long last = lastRead.put(partition, offset);
        return last != null && offset <= last;
    }

    /** The next offset to be read. */
    void readsFrom(TopicPartition partition, long offset) {
        lastRead.put(partition, offset - 1);
    }

    void forgetRead(Collection<TopicPartition> some) {
        lastRead.keySet().removeAll(some);
    }

    static TopicPartition partition(Source source) {
        return new TopicPartition(source.topic(), source.partition());
    }
}
