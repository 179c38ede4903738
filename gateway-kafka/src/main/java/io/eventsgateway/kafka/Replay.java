package io.eventsgateway.kafka;

import io.eventsgateway.lane.LaneReader;
import io.eventsgateway.topic.Feed;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has a consumer read again what the log has lost, and topics that were made again. Used by the consumer's thread. */
final class Replay {

    private static final Logger LOG = LoggerFactory.getLogger(Replay.class);

    /** How many records at least may be read again, however they are dated. */
    private static final int RECORDS_HOWEVER_DATED = 1000;

    private final Feed feed;
    private final Consumer<byte[], byte[]> consumer;
    private final Topics topics;
    private final LaneReaders readers;
    private final CommitTracker tracker;
    private final Assignment assignment;
    private final FeedListener listener;
    private final Duration retention;
    private final Duration rewind;
    private Instant intactAt = Instant.now();

    /**
     * Of a consumer.
     *
     * @param retention how long the log keeps events: what is older would have expired and is not read again
     * @param rewind how far before the log was last known to be intact records are read again that it has nothing of
     */
    Replay(
            Feed feed,
            Consumer<byte[], byte[]> consumer,
            Topics topics,
            LaneReaders readers,
            CommitTracker tracker,
            Assignment assignment,
            FeedListener listener,
            Duration retention,
            Duration rewind) {
        this.feed = feed;
        this.consumer = consumer;
        this.topics = topics;
        this.readers = readers;
        this.tracker = tracker;
        this.assignment = assignment;
        this.listener = listener;
        this.retention = retention;
        this.rewind = rewind;
    }

    /** The log has everything, under all tags. */
    void intact() {
        intactAt = Instant.now();
    }

    /**
     * Goes back where the log has less than it acknowledged, and to the beginning of what was not acknowledged.
     *
     * @param batch what was refused
     * @param pending partitions of which records were polled that are not in the log
     */
    void goBack(LaneBatch batch, Collection<TopicPartition> pending) {
        Map<TopicPartition, LaneReader> lost = new HashMap<>(batch.readers());
        lost.values().removeIf(reader -> reader.state() != LaneReader.State.REFUSED);
        // what is older has expired; and of nothing at all there is nothing to go on from
        Map<TopicPartition, OffsetAndTimestamp> oldest = since(Instant.now().minus(retention), lost.keySet());
        Map<TopicPartition, OffsetAndTimestamp> emptied = since(intactAt.minus(rewind), lost.keySet());
        Map<TopicPartition, Long> again = new HashMap<>();
        lost.forEach((partition, reader) -> {
            // a record may have been appended much later than it is dated
            long few = Math.max(0, reader.position() - RECORDS_HOWEVER_DATED);
            again.put(
                    partition, reader.goBack(atMost(few, oldest.get(partition)), atMost(few, emptied.get(partition))));
        });
        batch.giveUp();
        seek(lost.keySet());
        seek(pending);
        listener.wentBack(feed);
        LOG.warn("Reading again after a loss in the log feed={} from={}", feed.label(), again);
    }

    /**
     * Reads again what waits, and all behind it.
     *
     * @param batch what was sent of what waits
     * @param pending as {@link #goBack}
     */
    void rewind(LaneBatch batch, Collection<TopicPartition> pending) {
        batch.readers().values().forEach(LaneReader::rewind);
        seek(batch.readers().keySet());
        seek(pending);
    }

    private void seek(Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            LaneReader reader = readers.of(partition);
            if (reader != null && assignment.has(partition)) {
                consumer.seek(partition, reader.next());
                assignment.readsFrom(partition, reader.next());
            }
        }
    }

    /** The first records since a time; null for a partition that has none. */
    private Map<TopicPartition, OffsetAndTimestamp> since(Instant time, Collection<TopicPartition> partitions) {
        long millis = Math.max(0, time.toEpochMilli());
        return consumer.offsetsForTimes(partitions.stream().collect(Collectors.toMap(each -> each, each -> millis)));
    }

    private static long atMost(long offset, @Nullable OffsetAndTimestamp first) {
        return first == null ? offset : Math.min(offset, first.offset());
    }

    /**
     * Begins again with topics that were made again under their name, where the positions are still those in the topic before.
     *
     * @return partitions of which what was polled is to be polled again
     */
    Set<TopicPartition> restartRecreated() {
        Set<TopicPartition> again = new HashSet<>();
        Set<TopicPartition> recreated = new HashSet<>();
        readers.of(assignment.all()).forEach((partition, reader) -> {
            String id = topics.known(partition.topic());
            String before = reader.lane().topicId();
            if (id == null || id.equals(before)) {
                return;
            }
            again.add(partition);
            if (before.equals(partition.topic())) {
                // brokers that were updated since had given topics no ids, only names
                readers.begin(partition, id, reader.position());
                consumer.seek(partition, reader.position());
                assignment.readsFrom(partition, reader.position());
            } else {
                recreated.add(partition);
                tracker.forget(Set.of(partition));
                readers.begin(partition, id, 0);
            }
        });
        if (!recreated.isEmpty()) {
            consumer.seekToBeginning(recreated);
            assignment.forgetRead(recreated);
            LOG.warn("Topic was made again, read from its beginning feed={} partitions={}", feed.label(), recreated);
        }
        return again;
    }
}
