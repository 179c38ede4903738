package io.eventsgateway.kafka;

import io.eventsgateway.Source;
import io.eventsgateway.Text;
import io.eventsgateway.log.Generation;
import io.eventsgateway.log.LostException;
import io.eventsgateway.log.RefusedException;
import io.eventsgateway.route.InboundRecord;
import io.eventsgateway.route.InboundRecord.Header;
import io.eventsgateway.route.Ingest;
import io.eventsgateway.topic.Feed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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

    /** The client decompresses no more at a time, so that large records are in memory one by one; small ones are gathered. */
    static final int POLL_RECORDS = 1;

    private static final Logger LOG = LoggerFactory.getLogger(FeedConsumer.class);
    static final int GATHERED_RECORDS = 500;
    private static final int GATHERED_BYTES = 1024 * 1024;
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration POLL_PAUSED = Duration.ofMillis(50);
    private static final long PATIENCE_MILLIS = 100;
    private static final long FIRST_DELAY_MILLIS = 100;
    private static final long LAST_DELAY_MILLIS = 5000;
    private static final long ASK_SECONDS = 5;
    private static final long COMMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** How long each batch is committed by itself after partitions were assigned, so that little is read again of what ends a process. */
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long POLL_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long TELL_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Feed feed;
    private final Consumer<byte[], byte[]> consumer;
    private final Topics topics;
    private final Ingest ingest;
    private final KafkaOptions options;
    private final FirstStart start;
    private final Suspects suspects;
    private final Progress progress;
    private final Trials trials;

    private final Set<TopicPartition> assigned = new HashSet<>();
    private final Map<TopicPartition, Long> seen = new HashMap<>();
    private Generation generation;
    private boolean holding;
    private @Nullable TopicPartition alone;
    private long polledAt = System.nanoTime();
    private long committedAt = System.nanoTime();
    private long assignedAt = System.nanoTime();
    private long toldAt;
    private volatile String problem = "";

    /** A loop to be run. */
    FeedConsumer(
            Feed feed,
            Consumer<byte[], byte[]> consumer,
            Topics topics,
            Ingest ingest,
            KafkaOptions options,
            FirstStart start,
            Suspects suspects) {
        this.feed = feed;
        this.consumer = consumer;
        this.topics = topics;
        this.ingest = ingest;
        this.options = options;
        this.start = start;
        this.suspects = suspects;
        this.progress = new Progress(ingest, options.rewind());
        this.trials = new Trials(feed, consumer, progress, suspects);
        this.generation = ingest.generation();
    }

    /** What holds up the records that were read; empty for nothing. Any thread. */
    String problem() {
        return problem;
    }

    /** Reads until it is woken up by {@link Consumer#wakeup}. */
    void run() {
        try {
            while (true) {
                TopicPartition suspect = suspects.among(assigned);
                if (suspect != null) {
                    readAlone(suspect);
                } else {
                    readTogether();
                }
                commitNowAndThen();
            }
        } catch (RuntimeException | Error failure) {
            if (Suspects.isMemory(failure)) {
                suspect();
            }
            throw failure;
        }
    }

    private void readTogether() {
        if (alone != null) {
            alone = null;
            consumer.resume(consumer.paused());
        }
        List<InboundRecord> batch = new ArrayList<>();
        long bytes = 0;
        Duration wait = POLL;
        List<InboundRecord> polled;
        do {
            polled = poll(wait, batch);
            batch.addAll(polled);
            bytes += polled.stream().mapToLong(FeedConsumer::size).sum();
            wait = Duration.ZERO;
        } while (!polled.isEmpty() && batch.size() < GATHERED_RECORDS && bytes < GATHERED_BYTES);
        appendOrGoBack(stillOurs(batch));
    }

    /** Reads one partition, a record at a time, until it is past where memory ran out. */
    private void readAlone(TopicPartition partition) {
        alone = partition;
        Set<TopicPartition> others = new HashSet<>(assigned);
        others.remove(partition);
        consumer.pause(others);
        consumer.resume(Set.of(partition));
        long offset = consumer.position(partition);
        if (suspects.isCondemned(partition, offset)) {
            buryUnread(partition, offset);
            return;
        }
        appendOrGoBack(stillOurs(pollAlone(partition)));
        if (!assigned.contains(partition)) {
            return;
        }
        suspects.read(partition, consumer.position(partition));
        if (consumer.currentLag(partition).orElse(1) == 0) {
            suspects.clear(partition);
        }
    }

    private List<InboundRecord> pollAlone(TopicPartition partition) {
        List<InboundRecord> polled = List.of();
        commitSync(progress.take(Set.of(partition), generation, Instant.now()));
        trials.begin(partition);
        try {
            polled = poll(POLL, new ArrayList<>());
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
        take(new Part(List.of(unread), "could not be read: it needs more memory than there is"));
        commitSync(progress.take(Set.of(partition), generation, Instant.now()));
        trials.buried(partition);
        suspects.buried(partition, offset);
    }

    /** Memory ran out: what was about to be read is suspected. */
    private void suspect() {
        Map<TopicPartition, Long> positions = new HashMap<>();
        for (TopicPartition partition : assigned) {
            try {
                positions.put(partition, consumer.position(partition, Duration.ZERO));
            } catch (KafkaException unknown) {
                LOG.debug("Position not known, nothing was read partition={}", partition);
            }
        }
        TopicPartition read = alone;
        Long offset = read == null ? null : positions.get(read);
        if (read == null || offset == null) {
            suspects.suspect(positions);
        } else {
            suspects.failedAlone(read, offset);
        }
    }

    private void appendOrGoBack(List<InboundRecord> batch) {
        if (ingest.generation().number() != generation.number()) {
            goBack(batch);
        } else if (!batch.isEmpty()) {
            take(new Part(batch, null));
        }
    }

    /** Polls once; what was polled before of topics that were made again is dropped. */
    private List<InboundRecord> poll(Duration wait, List<InboundRecord> before) {
        ConsumerRecords<byte[], byte[]> polled = consumer.poll(wait);
        polledAt = System.nanoTime();
        Set<TopicPartition> again = madeAgain();
        if (!again.isEmpty()) {
            before.removeIf(in -> again.contains(partition(in.source())));
        }
        return inbound(polled, again);
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
            String before = progress.topicId(partition);
            if (id == null || id.equals(before)) {
                continue;
            }
            // brokers that were updated since had given topics no ids, only names
            if (before != null && !before.equals(partition.topic())) {
                again.add(partition);
                progress.forget(Set.of(partition));
            }
            progress.reads(partition, id);
        }
        if (!again.isEmpty()) {
            consumer.seekToBeginning(again);
            seen.keySet().removeAll(again);
            LOG.warn("Topic was made again, read from its beginning feed={} partitions={}", feed.label(), again);
        }
        return again;
    }

    /** Commits what is acknowledged; to be called before the consumer is closed. */
    void commitRest() {
        giveBack(assigned);
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

    private static long size(InboundRecord in) {
        byte[] key = in.key();
        byte[] value = in.value();
        long size = key == null ? 0 : key.length;
        size += value == null ? 0 : value.length;
        for (Header header : in.headers()) {
            byte[] text = header.value();
            size += header.name().length() + (text == null ? 0 : text.length);
        }
        return size;
    }

    /**
     * Records on their way into the log, or one on its way to the dead letters.
     *
     * @param refused why the record does not belong into the log; null where it may
     */
    private record Part(
            List<InboundRecord> records, @Nullable String refused) {

        boolean isToBeBuried() {
            return refused != null;
        }

        Part with(List<InboundRecord> others) {
            return new Part(others, refused);
        }

        @Override
        public String toString() {
            return records.get(0).source() + (records.size() == 1 ? "" : " and " + (records.size() - 1) + " more");
        }
    }

    /** A record that took more memory, or stack, than there is while it was decoded or encoded. */
    private static final class TooMuchException extends Exception {

        private static final long serialVersionUID = 1;

        TooMuchException(Error error) {
            super(error.toString(), error, false, false);
        }
    }

    /**
     * Brings records into the log however long it takes; what is another's meanwhile is left to that one. Where a record does not get in
     * for its own sake, the records are taken apart until it is alone, and it is buried.
     */
    private void take(Part whole) {
        Deque<Part> parts = new ArrayDeque<>(List.of(whole));
        long delay = FIRST_DELAY_MILLIS;
        int alone = 0;
        while (!parts.isEmpty()) {
            Part part = parts.pop();
            part = part.with(stillOurs(part.records()));
            if (part.records().isEmpty()) {
                continue;
            }
            Exception failure = attempt(part);
            if (failure == null) {
                acknowledge(part.records());
                delay = FIRST_DELAY_MILLIS;
                alone = 0;
                stayInGroup();
                continue;
            }
            boolean ofARecord = !part.isToBeBuried()
                    && (failure instanceof RefusedException || failure instanceof TooMuchException);
            if (failure instanceof LostException) {
                parts.push(part);
                goBack(parts.stream().flatMap(each -> each.records().stream()).toList());
                break;
            } else if (ofARecord && part.records().size() > 1) {
                int half = part.records().size() / 2;
                parts.push(part.with(part.records().subList(half, part.records().size())));
                parts.push(part.with(part.records().subList(0, half)));
            } else if (failure instanceof RefusedException && ofARecord) {
                parts.push(new Part(
                        part.records(), "refused by the log: " + Text.forLog(String.valueOf(failure.getMessage()))));
            } else if (ofARecord && ++alone == Suspects.ATTEMPTS) {
                parts.push(new Part(part.records(), Text.forLog("could not be taken: " + failure.getMessage())));
            } else {
                parts.push(part);
                tellOfPause(part, failure);
                hold(delay);
                delay = Math.min(2 * delay, LAST_DELAY_MILLIS);
            }
        }
        release();
    }

    /** Why a part is not where it should be; null when it is. */
    private @Nullable Exception attempt(Part part) {
        CompletionStage<?> stage;
        try {
            String refused = part.refused();
            stage = refused == null
                    ? ingest.accept(feed, generation, part.records())
                    : ingest.reject(feed, part.records().get(0), refused);
        } catch (OutOfMemoryError | StackOverflowError tooMuch) {
            return new TooMuchException(tooMuch);
        } catch (RuntimeException fault) {
            if (toldAt == 0) {
                LOG.error("Records failed by a fault of the gateway feed={} at={}", feed.label(), part, fault);
            }
            return fault;
        }
        try {
            await(stage.toCompletableFuture());
            return null;
        } catch (ExecutionException failed) {
            return failed.getCause() instanceof Exception cause ? cause : failed;
        }
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
            seen.put(partition, offset - 1);
            progress.backTo(partition, offset);
        });
        if (!from.isEmpty()) {
            LOG.warn("Reading again after a loss in the log feed={} from={}", feed.label(), from);
        }
    }

    /** What has no committed offset is read from its beginning, or from where its topic has something. */
    private void takeOver(Collection<TopicPartition> partitions, Map<TopicPartition, OffsetAndMetadata> committed) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        Map<TopicPartition, Handover> handovers = new HashMap<>();
        Instant now = Instant.now();
        for (TopicPartition partition : partitions) {
            OffsetAndMetadata known = committed.get(partition);
            long offset = known == null ? 0 : known.offset();
            Handover handover = known == null ? null : Handover.parse(known.metadata());
            String id = topics.known(partition.topic());
            if (handover == null && id != null) {
                handover = new Handover(now, id, offset, "");
            }
            if (handover != null) {
                // may be of the topic before: whoever had read that commits when it is there again
                offsets.put(partition, offset);
                handovers.put(partition, handover);
            }
        }
        trials.takenOver(offsets, handovers);
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
            progress.appendedByOthers(partition, handover.from(), now);
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

    /** Polls if that is due, so that the group does not take the consumer for dead while a batch is taken apart. */
    private void stayInGroup() {
        if (System.nanoTime() - polledAt > POLL_AGAIN_NANOS) {
            hold(0);
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
            polledAt = System.nanoTime();
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

    private void tellOfPause(Part part, Exception failure) {
        String cause = Text.forLog(String.valueOf(failure.getCause() == null ? failure : failure.getCause()));
        problem = "paused at " + part + ": " + cause;
        long now = System.nanoTime();
        if (toldAt == 0 || now - toldAt > TELL_AGAIN_NANOS) {
            toldAt = now;
            LOG.warn("Consumption paused feed={} at={} cause=\"{}\"", feed.label(), part, cause);
        }
    }

    private void commitNowAndThen() {
        long now = System.nanoTime();
        if (now - committedAt < COMMIT_NANOS && now - assignedAt > FRESH_NANOS) {
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
                progress.putBack(offsets.keySet());
            }
        });
    }

    private void giveBack(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> offsets =
                new HashMap<>(progress.take(partitions, generation, Instant.now()));
        trials.giveBack(partitions, offsets);
        commitSync(offsets);
    }

    private void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
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
        start.joined();
        if (partitions.isEmpty()) {
            return;
        }
        assigned.addAll(partitions);
        assignedAt = System.nanoTime();
        topics.refresh(partitions.stream().map(TopicPartition::topic).distinct().toList());
        Map<TopicPartition, OffsetAndMetadata> committed = start.committed(consumer, partitions);
        // what comes below is of a topic that was made again
        committed.forEach((partition, offset) -> seen.put(partition, offset.offset() - 1));
        takeOver(partitions, committed);
        goBackForOthers(committed);
        // the poll that is under way must not read with others what has to be read alone
        TopicPartition suspect = suspects.among(partitions);
        alone = suspect == null ? alone : suspect;
        if (holding || alone != null) {
            consumer.pause(partitions);
        }
        LOG.info("Partitions assigned feed={} new={} partitions={}", feed.label(), partitions.size(), assigned.size());
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        giveBack(partitions);
        onPartitionsLost(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        assigned.removeAll(partitions);
        seen.keySet().removeAll(partitions);
        progress.forget(partitions);
    }
}
