package io.eventsgateway.kafka;

import io.eventsgateway.topic.Feed;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a group begins. The first consumer of a group that has committed nothing of what its feed reads begins a retention ago, and
 * commits so for all partitions at once. From then on, what has no committed offset has appeared since and is read from its beginning. One for
 * the consumers of a feed in this process, whose threads call.
 */
final class FirstStart {

    private static final Logger LOG = LoggerFactory.getLogger(FirstStart.class);

    private final FeedBinding binding;
    private final KafkaOptions options;
    private final Topics topics;
    private final FeedListener listener;

    /** What there was when the first consumer had joined; guarded by this. */
    private @Nullable Set<TopicPartition> there;

    FirstStart(FeedBinding binding, KafkaOptions options, Topics topics, FeedListener listener) {
        this.binding = binding;
        this.options = options;
        this.topics = topics;
        this.listener = listener;
    }

    /** A consumer has joined the group, whether or not there is anything to read. */
    synchronized void joined() {
        if (there == null) {
            there = topics.partitionsOf(binding);
        }
    }

    /**
     * What the group has committed of some of its partitions. Those that are absent from the answer have appeared since it began.
     *
     * @param consumer the group's member that asks
     */
    synchronized Map<TopicPartition, OffsetAndMetadata> committed(
            Consumer<byte[], byte[]> consumer, Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>(consumer.committed(Set.copyOf(partitions)));
        committed.values().removeIf(Objects::isNull);
        Set<TopicPartition> fresh = new HashSet<>(partitions);
        fresh.removeAll(committed.keySet());
        fresh.retainAll(Objects.requireNonNull(there));
        if (!fresh.isEmpty() && !hasBegun()) {
            Map<TopicPartition, OffsetAndMetadata> begun = begin(consumer);
            begun.keySet().retainAll(partitions);
            committed.putAll(begun);
        }
        return committed;
    }

    private boolean hasBegun() {
        return topics.committed(binding.group()).stream().anyMatch(partition -> binding.reads(partition.topic()));
    }

    private Map<TopicPartition, OffsetAndMetadata> begin(Consumer<byte[], byte[]> consumer) {
        Feed feed = binding.feed();
        Instant since = Instant.now().minus(options.retention());
        StartOffsets positions = StartOffsets.since(since, consumer, Objects.requireNonNull(there));
        Map<TopicPartition, OffsetAndMetadata> begun = new HashMap<>();
        positions.begins().forEach((partition, offset) -> begun.put(partition, new OffsetAndMetadata(offset)));
        // before anything is read: else another one would take a partition for one that has appeared since
        consumer.commitSync(begun);
        LOG.info(
                "Group begins feed={} group={} since={} partitions={} skipped={}",
                feed.label(),
                binding.group(),
                since,
                begun.size(),
                positions.before());
        listener.skipped(feed, positions.before());
        return begun;
    }
}
