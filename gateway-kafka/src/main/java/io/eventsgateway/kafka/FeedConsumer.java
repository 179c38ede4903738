package io.eventsgateway.kafka;

import io.eventsgateway.Source;
import io.eventsgateway.log.Generation;
import io.eventsgateway.log.LostException;
import io.eventsgateway.route.DeadLetters;
import io.eventsgateway.route.InboundRecord;
import io.eventsgateway.route.InboundRecord.Header;
import io.eventsgateway.route.Ingest;
import io.eventsgateway.topic.Feed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop of one consumer: poll, ingest, commit. The next poll for records waits until all of the last one are acknowledged;
 * where that takes long the partitions are paused and polling goes on, so that the group never takes the consumer for dead. Used
 * by one thread.
 */
final class FeedConsumer implements ConsumerRebalanceListener {

    private static final Logger LOG = LoggerFactory.getLogger(FeedConsumer.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration POLL_PAUSED = Duration.ofMillis(50);
    private static final long PATIENCE_MILLIS = 100;
    private static final long ASK_SECONDS = 5;
    private static final long COMMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long TELL_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int FAULTS = 3;

    private final Feed feed;
    private final Consumer<byte[], byte[]> consumer;
    private final Topics topics;
    private final Ingest ingest;
    private final DeadLetters deadLetters;
    private final KafkaOptions options;
    private final Positions positions;
    private final Progress progress;

    private final Set<TopicPartition> assigned = new HashSet<>();
    private final Map<TopicPartition, Long> seen = new HashMap<>();
    private final Map<TopicPartition, String> topicIds = new HashMap<>();
    private Generation generation;
    private boolean holding;
    private long committedAt = System.nanoTime();
    private long toldAt;
    private volatile String problem = "";

    /** A loop to be run. */
    FeedConsumer(
            Feed feed,
            Consumer<byte[], byte[]> consumer,
            Topics topics,
            Ingest ingest,
            DeadLetters deadLetters,
            KafkaOptions options) {
        this.feed = feed;
        this.consumer = consumer;
        this.topics = topics;
        this.ingest = ingest;
        this.deadLetters = deadLetters;
        this.options = options;
        this.positions = new Positions(consumer);
        this.progress = new Progress(ingest, options.rewind());
        this.generation = ingest.generation();
    }

    /** What holds up the records that were read; empty for nothing. Any thread. */
    String problem() {
        return problem;
    }

    /** Reads until it is woken up by {@link Consumer#wakeup}. */
    void run() {
        while (true) {
            ConsumerRecords<byte[], byte[]> polled = consumer.poll(POLL);
            Set<TopicPartition> again = madeAgain();
            List<InboundRecord> batch = inbound(polled, again);
            if (ingest.generation().number() != generation.number()) {
                goBack(batch);
            } else if (!batch.isEmpty()) {
                take(batch);
            }
            commitNowAndThen();
        }
    }

    /**
     * Begins again with topics that were made again under their name, where the positions are still those in the topic before.
     *
     * @return partitions of which what was polled is to be polled again
     */
    private Set<TopicPartition> madeAgain() {
        Set<TopicPartition> again = new HashSet<>();
        for (TopicPartition partition : assigned) {
            String id = topics.known(partition.topic());
            String before = id == null ? null : topicIds.put(partition, id);
            if (before != null && !before.equals(id)) {
                again.add(partition);
            }
        }
        if (!again.isEmpty()) {
            consumer.seekToBeginning(again);
            seen.keySet().removeAll(again);
            progress.forget(again);
            LOG.warn("Topic was made again, read from its beginning feed={} partitions={}", feed.label(), again);
        }
        return again;
    }

    /** Commits what is acknowledged; to be called before the consumer is closed. */
    void commitRest() {
        commitSync(assigned);
    }

    private List<InboundRecord> inbound(ConsumerRecords<byte[], byte[]> polled, Set<TopicPartition> except) {
        List<InboundRecord> batch = new ArrayList<>(polled.count());
        for (ConsumerRecord<byte[], byte[]> each : polled) {
            TopicPartition partition = new TopicPartition(each.topic(), each.partition());
            if (except.contains(partition)) {
                continue;
            }
            Long last = seen.put(partition, each.offset());
            if (last != null && each.offset() <= last) {
                topics.refresh(Set.of(each.topic()));
            }
            List<Header> headers = new ArrayList<>();
            each.headers().forEach(header -> headers.add(new Header(header.key(), header.value())));
            Source source = new Source(each.topic(), topics.id(each.topic()), each.partition(), each.offset());
            batch.add(new InboundRecord(feed, source, each.key(), each.value(), headers));
        }
        return batch;
    }

    /** Brings a batch into the log however long it takes; what is another's meanwhile is left to that one. */
    private void take(List<InboundRecord> polled) {
        List<InboundRecord> batch = polled;
        long delay = 100;
        int faults = 0;
        while (!batch.isEmpty()) {
            try {
                await(ingest.accept(feed, generation, batch).toCompletableFuture());
                acknowledge(batch);
                release();
                return;
            } catch (ExecutionException failed) {
                if (failed.getCause() instanceof LostException) {
                    goBack(batch);
                    release();
                    return;
                }
                tellOfPause(String.valueOf(failed.getCause()));
            } catch (RuntimeException fault) {
                if (fault instanceof KafkaException) {
                    throw fault;
                }
                faults++;
                LOG.error("Batch failed feed={} records={} attempt={}", feed.label(), batch.size(), faults, fault);
                if (faults >= FAULTS) {
                    bury(batch, fault);
                    acknowledge(batch);
                    release();
                    return;
                }
            }
            hold(delay);
            delay = Math.min(2 * delay, 5000);
            batch = stillOurs(batch);
        }
        release();
    }

    /** Goes back in all partitions, before anything else is appended. */
    private void goBack(List<InboundRecord> batch) {
        // asked for before going back, so that the next append tells of a loss meanwhile
        Generation now = ingest.generation();
        Map<TopicPartition, Long> from = new HashMap<>();
        for (InboundRecord in : stillOurs(batch)) {
            from.merge(partition(in.source()), in.source().offset(), Math::min);
        }
        for (TopicPartition partition : assigned) {
            Long offset = progress.since(partition, now.intactUntil());
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
            seen.remove(partition);
            progress.backTo(partition, offset);
        });
        if (!from.isEmpty()) {
            LOG.warn("Reading again after a loss in the log feed={} from={}", feed.label(), from);
        }
    }

    /** Goes back where the log has less than it acknowledged to whoever committed, who may be gone and not have come to going back. */
    private void goBackForOthers(Map<TopicPartition, OffsetAndMetadata> committed) {
        Instant now = Instant.now();
        Map<TopicPartition, Handover> left = new HashMap<>();
        Map<String, CompletableFuture<Boolean>> asked = new HashMap<>();
        committed.forEach((partition, offset) -> {
            Handover handover = Handover.parse(offset.metadata());
            // what is older than the retention would have expired
            if (handover != null
                    && handover.from() < offset.offset()
                    && handover.at().plus(options.retention()).isAfter(now)) {
                left.put(partition, handover);
                asked.computeIfAbsent(
                        handover.receipt(), receipt -> ingest.has(receipt).toCompletableFuture());
            }
        });
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(ASK_SECONDS);
        Map<TopicPartition, Long> from = new HashMap<>();
        left.forEach((partition, handover) -> {
            progress.takenOver(partition, handover.from(), now);
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

    /** Waits for the end, after a while without taking more. */
    private void await(CompletableFuture<?> stage) throws ExecutionException {
        long patience = PATIENCE_MILLIS;
        while (true) {
            try {
                stage.get(patience, TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException slow) {
                hold(0);
                patience = 1;
            } catch (InterruptedException interrupted) {
                throw new InterruptException(interrupted);
            }
        }
    }

    /** Stays in the group without taking records, for at least as long. */
    private void hold(long millis) {
        if (!holding) {
            holding = true;
            consumer.pause(consumer.assignment());
        }
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        do {
            ConsumerRecords<byte[], byte[]> unexpected = consumer.poll(POLL_PAUSED);
            for (TopicPartition partition : unexpected.partitions()) {
                consumer.seek(partition, unexpected.records(partition).get(0).offset());
            }
            commitNowAndThen();
        } while (System.nanoTime() - until < 0);
    }

    private void release() {
        if (holding) {
            holding = false;
            consumer.resume(consumer.paused());
        }
        toldAt = 0;
        problem = "";
    }

    private void acknowledge(List<InboundRecord> batch) {
        Instant now = Instant.now();
        for (InboundRecord in : batch) {
            Source source = in.source();
            TopicPartition partition = partition(source);
            if (assigned.contains(partition)) {
                progress.appended(partition, source.offset(), now);
            }
        }
    }

    private List<InboundRecord> stillOurs(List<InboundRecord> batch) {
        return batch.stream()
                .filter(in -> assigned.contains(partition(in.source())))
                .toList();
    }

    private static TopicPartition partition(Source source) {
        return new TopicPartition(source.topic(), source.partition());
    }

    /** What our own fault keeps from the log must not stop what is behind it. */
    private void bury(List<InboundRecord> batch, RuntimeException fault) {
        for (InboundRecord in : batch) {
            try {
                ingest.accept(feed, generation, List.of(in))
                        .toCompletableFuture()
                        .join();
            } catch (RuntimeException again) {
                LOG.error("Record given up source={} traceparent={}", in.source(), in.header("traceparent"), again);
                deadLetters
                        .send(in, "fault of the gateway: " + fault)
                        .toCompletableFuture()
                        .join();
            }
        }
    }

    private void tellOfPause(String cause) {
        problem = "paused: " + cause;
        long now = System.nanoTime();
        if (toldAt == 0 || now - toldAt > TELL_AGAIN_NANOS) {
            toldAt = now;
            LOG.warn("Consumption paused feed={} cause=\"{}\"", feed.label(), cause);
        }
    }

    private void commitNowAndThen() {
        long now = System.nanoTime();
        if (now - committedAt < COMMIT_NANOS) {
            return;
        }
        committedAt = now;
        Map<TopicPartition, OffsetAndMetadata> offsets = progress.take(assigned, generation, Instant.now());
        if (offsets.isEmpty()) {
            return;
        }
        consumer.commitAsync(offsets, (committed, failure) -> {
            if (failure != null) {
                LOG.debug("Commit failed feed={} cause=\"{}\"", feed.label(), failure.toString());
                offsets.keySet().retainAll(assigned);
                progress.putBack(offsets);
            }
        });
    }

    private void commitSync(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> offsets = progress.take(partitions, generation, Instant.now());
        if (offsets.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(offsets, Duration.ofSeconds(5));
        } catch (RetriableException | CommitFailedException | RebalanceInProgressException notNow) {
            LOG.info("Offsets not committed, their records will be read again feed={}", feed.label());
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        if (partitions.isEmpty()) {
            return;
        }
        assigned.addAll(partitions);
        topics.refresh(partitions.stream().map(TopicPartition::topic).distinct().toList());
        // What is older than the retention would have expired.
        goBackForOthers(positions.beginAt(Instant.now().minus(options.retention()), partitions));
        if (holding) {
            consumer.pause(partitions);
        }
        LOG.info("Partitions assigned feed={} new={} partitions={}", feed.label(), partitions.size(), assigned.size());
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        commitSync(partitions);
        onPartitionsLost(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        assigned.removeAll(partitions);
        seen.keySet().removeAll(partitions);
        topicIds.keySet().removeAll(partitions);
        progress.forget(partitions);
    }
}
