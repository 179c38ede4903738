package io.eventsgateway.kafka;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;

/**
 * Where records of a time are in partitions.
 *
 * @param begins the offset of each partition's first record dated since then; its end where there is none
 * @param before how many records are before those offsets
 */
record StartOffsets(Map<TopicPartition, Long> begins, long before) {

    /**
     * Asks a consumer. This is not left to the client's own {@code auto.offset.reset=by_duration}, which in 4.4.0 never gets to a position
     * in a partition that was empty when asked. Blocks for as long as the cluster takes.
     */
    static StartOffsets since(Instant time, Consumer<byte[], byte[]> consumer, Collection<TopicPartition> partitions) {
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(partition -> times.put(partition, Math.max(0, time.toEpochMilli())));
        Map<TopicPartition, Long> firsts = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(times);
        Map<TopicPartition, Long> begins = new HashMap<>();
        long before = 0;
        for (TopicPartition partition : partitions) {
            OffsetAndTimestamp at = found.get(partition);
            Long begin = at == null ? ends.get(partition) : Long.valueOf(at.offset());
            if (begin != null) {
                begins.put(partition, begin);
                before += Math.max(0, begin - firsts.getOrDefault(partition, begin));
            }
        }
        return new StartOffsets(begins, before);
    }
}
