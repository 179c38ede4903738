package io.eventsgateway.kafka;

import io.eventsgateway.Source;
import io.eventsgateway.route.InboundRecord;
import io.eventsgateway.topic.Feed;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a suspected partition, a record at a time, until it is past where memory ran out; how each partition stands is kept by {@link
 * Suspects}. Used by the consumer's thread.
 */
final class AloneReader {

    private static final Logger LOG = LoggerFactory.getLogger(AloneReader.class);

    private final Feed feed;
    private final Consumer<byte[], byte[]> consumer;
    private final Topics topics;
    private final Assignment assignment;
    private final Suspects suspects;
    private final Trials trials;
    private final Commits commits;
    private final Poller poller;
    private final Delivery delivery;

    /** Of a consumer. */
    AloneReader(
            Feed feed,
            Consumer<byte[], byte[]> consumer,
            Topics topics,
            Assignment assignment,
            Suspects suspects,
            Trials trials,
            Commits commits,
            Poller poller,
            Delivery delivery) {
        this.feed = feed;
        this.consumer = consumer;
        this.topics = topics;
        this.assignment = assignment;
        this.suspects = suspects;
        this.trials = trials;
        this.commits = commits;
        this.poller = poller;
        this.delivery = delivery;
    }

    /**
     * Reads one record of a partition, or buries it unread where it is condemned; the other partitions are paused.
     *
     * @return what was read
     */
    List<InboundRecord> read(TopicPartition partition) {
        // what is committed beside an offset is about the record at it
        delivery.settle(partition);
        if (!assignment.has(partition)) {
            return List.of();
        }
        Set<TopicPartition> others = new HashSet<>(assignment.all());
        others.remove(partition);
        consumer.pause(others);
        consumer.resume(Set.of(partition));
        long offset = consumer.position(partition);
        if (suspects.isCondemned(partition, offset)) {
            buryUnread(partition, offset);
            return List.of();
        }
        List<InboundRecord> read = pollAlone(partition);
        delivery.append(assignment.stillOurs(read));
        if (!assignment.has(partition)) {
            return read;
        }
        suspects.read(partition, consumer.position(partition));
        if (consumer.currentLag(partition).orElse(1) == 0) {
            suspects.clear(partition);
        }
        return read;
    }

    private List<InboundRecord> pollAlone(TopicPartition partition) {
        List<InboundRecord> polled = List.of();
        commits.commit(partition);
        trials.begin(partition);
        try {
            polled = poller.poll();
        } finally {
            trials.end(!polled.isEmpty());
        }
        return polled;
    }

    private void buryUnread(TopicPartition partition, long offset) {
        LOG.error(
                "Record given up unread, it needs more memory than there is feed={} source={}@{}",
                feed.label(),
                partition,
                offset);
        consumer.seek(partition, offset + 1);
        Source source = new Source(partition.topic(), topics.id(partition.topic()), partition.partition(), offset);
        InboundRecord unread = InboundRecord.unread(feed, source);
        delivery.bury(unread, "could not be read: it needs more memory than there is");
        commits.commit(partition);
        trials.buried(partition);
        suspects.buried(partition, offset);
    }

    /**
     * Memory ran out: what was about to be read is suspected.
     *
     * @param read the partition that was read alone; null where all were read together
     */
    void suspect(@Nullable TopicPartition read) {
        Map<TopicPartition, Long> positions = new HashMap<>();
        for (TopicPartition partition : assignment.all()) {
            try {
                positions.put(partition, consumer.position(partition, Duration.ZERO));
            } catch (KafkaException unknown) {
                LOG.debug("Position not known, nothing was read partition={}", partition);
            }
        }
        Long offset = read == null ? null : positions.get(read);
        if (read == null || offset == null) {
            suspects.suspect(positions);
        } else {
            suspects.failedAlone(read, offset);
        }
    }
}
