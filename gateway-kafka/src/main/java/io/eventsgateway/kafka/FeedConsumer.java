package io.eventsgateway.kafka;

import io.eventsgateway.lane.LaneCommit;
import io.eventsgateway.log.EventWriter;
import io.eventsgateway.route.InboundRecord;
import io.eventsgateway.topic.Feed;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop of one consumer: poll, ingest, commit. The next poll for records waits until all of the last one are acknowledged;
 * where that takes long the partitions are paused and polling goes on, so that the group never takes the consumer for dead. Used
 * by one thread, except for {@link #problem}, {@link #paused}, {@link #positions} and {@link #stop}.
 *
 * <table>
 * <caption>States, and what becomes of them with each event</caption>
 * <tr><th>state<th>{@link #begin}<th>{@link #turn}: no suspect<th>{@link #turn}: a suspect<th>assigned: no suspect<th>assigned: a suspect
 *     <th>revoked<th>lost<th>{@link #failed}<th>{@link #end}
 * <tr><td>NEW<td>TOGETHER<td>✗<td>✗<td>✗<td>✗<td>✗<td>✗<td>✗<td>✗
 * <tr><td>TOGETHER<td>✗<td>read all<td>ALONE<td>stay<td>ALONE<td>give back<td>forget<td>suspect all, if of memory<td>ENDED
 * <tr><td>ALONE<td>✗<td>TOGETHER<td>read one record of it<td>those pause<td>that one is next<td>give back<td>forget
 *     <td>suspect that one, if of memory<td>ENDED
 * <tr><td>ENDED<td>✗<td>✗<td>✗<td>✗<td>✗<td>give back<td>forget<td>✗<td>✗
 * </table>
 *
 * <p>✗ is an {@link IllegalStateException}. Rebalances come while the consumer polls, in ENDED while it is closed.
 */
final class FeedConsumer implements ConsumerRebalanceListener {

    private static final Logger LOG = LoggerFactory.getLogger(FeedConsumer.class);

    private final FeedBinding binding;
    private final Feed feed;
    private final Consumer<byte[], byte[]> consumer;
    private final Topics topics;
    private final FirstStart start;
    private final Suspects suspects;
    private final LaneReaders readers;
    private final CommitTracker tracker;
    private final Trials trials;
    private final Assignment assignment = new Assignment();
    private final Commits commits;
    private final Backpressure backpressure;
    private final Poller poller;
    private final LossCheck losses;
    private final Delivery delivery;
    private final AloneReader aloneReader;
    private final ReadPositions positions;

    private State state = State.NEW;

    /** The partition that is read in ALONE; else null. */
    private @Nullable TopicPartition alone;

    /** See the table above. */
    enum State {
        /** Not subscribed. */
        NEW,
        /** All partitions are read. */
        TOGETHER,
        /** One partition is read, a record at a time, since one of them may need more memory than there is. The others are paused. */
        ALONE,
        /** Nothing more is read, and everything is given back. */
        ENDED
    }

    /**
     * A loop to be run.
     *
     * @param sink takes the records
     * @param log what they are appended to
     * @param clock as {@link System#nanoTime}
     */
    FeedConsumer(
            FeedBinding binding,
            Consumer<byte[], byte[]> consumer,
            Topics topics,
            RecordSink sink,
            EventWriter log,
            KafkaOptions options,
            FeedListener listener,
            FirstStart start,
            Suspects suspects,
            LongSupplier clock) {
        this.binding = binding;
        this.feed = binding.feed();
        this.consumer = consumer;
        this.topics = topics;
        this.start = start;
        this.suspects = suspects;
        this.readers = new LaneReaders(binding.group(), log.tags());
        this.tracker = new CommitTracker(readers);
        this.trials = new Trials(feed, consumer, tracker, suspects);
        Replay replay = new Replay(
                feed, consumer, topics, readers, tracker, assignment, listener, options.retention(), options.rewind());
        this.commits = new Commits(feed, consumer, assignment, tracker, trials, clock);
        this.backpressure = new Backpressure(feed, consumer, commits::commitIfDue, clock);
        this.poller = new Poller(feed, consumer, topics, assignment, replay, backpressure);
        this.losses = new LossCheck(feed, log, readers, assignment, replay, backpressure, clock);
        WaitingRecords waiting = new WaitingRecords(feed, readers, clock);
        this.delivery = new Delivery(feed, sink, readers, waiting, losses, replay, backpressure);
        this.aloneReader =
                new AloneReader(feed, consumer, topics, assignment, suspects, trials, commits, poller, delivery);
        this.positions = new ReadPositions(consumer, clock);
    }

    State state() {
        return state;
    }

    /** What of Kafka holds up the records that were read; empty for nothing. Any thread. */
    String problem() {
        return backpressure.problem();
    }

    /** How far each of its partitions is in the log. Any thread. */
    Map<TopicPartition, ReadPositions.Position> positions() {
        return positions.all();
    }

    /** Where the log does not take the records that were read, and why; empty for nothing. Any thread. */
    String paused() {
        return backpressure.paused();
    }

    /** Reads until {@link #stop} or a failure, which it throws; then everything is given back. To be called once. */
    void run() {
        begin();
        try {
            while (true) {
                turn();
            }
        } catch (WakeupException stopped) {
            LOG.debug("Consumer stops feed={}", feed.label());
        } catch (RuntimeException | Error failure) {
            failed(failure);
            throw failure;
        } finally {
            end();
        }
    }

    /** Ends {@link #run}, now or as soon as it is called. Any thread. */
    void stop() {
        consumer.wakeup();
    }

    /** Subscribes. */
    void begin() {
        require(state == State.NEW, "begin");
        state = State.TOGETHER;
        if (feed.isPattern()) {
            consumer.subscribe(Pattern.compile(binding.reads()), this);
        } else {
            consumer.subscribe(List.of(binding.reads()), this);
        }
    }

    /** Reads some records, brings them into the log, and commits if that is due. */
    void turn() {
        require(isReading(), "turn");
        losses.checkIfDue();
        delivery.retryIfDue();
        TopicPartition suspect = suspects.among(assignment.all());
        if (suspect == null) {
            readTogether();
        } else {
            state = State.ALONE;
            alone = suspect;
            positions.reached(aloneReader.read(suspect));
        }
        commits.commitIfDue();
    }

    /** Nothing more is read: commits what is acknowledged. To be called before the consumer is closed. */
    void end() {
        require(isReading(), "end");
        state = State.ENDED;
        alone = null;
        commits.giveBack(List.copyOf(assignment.all()));
    }

    private void readTogether() {
        if (state == State.ALONE) {
            state = State.TOGETHER;
            alone = null;
            consumer.resume(consumer.paused());
        }
        List<InboundRecord> batch = poller.gather();
        if (LOG.isDebugEnabled() && !batch.isEmpty()) {
            LOG.debug(
                    "Records read feed={} records={} first={} last={}",
                    feed.label(),
                    batch.size(),
                    batch.get(0).source(),
                    batch.get(batch.size() - 1).source());
        }
        delivery.append(assignment.stillOurs(batch));
        positions.reached(batch);
    }

    /** A turn failed: where memory ran out, what was about to be read is suspected. */
    void failed(Throwable failure) {
        require(isReading(), "failed");
        if (Suspects.isMemory(failure)) {
            aloneReader.suspect(alone);
        }
    }

    /** What has no committed offset is read from its beginning, or from where its topic has something. */
    private void takeOver(Collection<TopicPartition> partitions, Map<TopicPartition, OffsetAndMetadata> committed) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        Map<TopicPartition, Handover> handovers = new HashMap<>();
        for (TopicPartition partition : partitions) {
            OffsetAndMetadata known = committed.get(partition);
            long offset = known == null ? 0 : known.offset();
            Handover handover = known == null ? Handover.NONE : Handover.parse(known.metadata());
            // may be of the topic before: whoever had read that commits when it is there again
            LaneCommit commit = LaneCommit.parse(offset, handover.acknowledged(), readers.tags());
            String id = topics.known(partition.topic());
            if (commit != null) {
                readers.takeOver(partition, commit);
            } else if (id != null) {
                readers.begin(partition, id, offset);
                handover = handover.with(new LaneCommit(id, offset, new long[readers.tags()]));
            }
            offsets.put(partition, offset);
            handovers.put(partition, handover);
        }
        trials.takenOver(offsets, handovers);
        losses.assigned();
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        require(isReading(), "assigned");
        start.joined();
        if (partitions.isEmpty()) {
            return;
        }
        assignment.add(partitions);
        commits.assigned();
        topics.refresh(partitions.stream().map(TopicPartition::topic).distinct().toList());
        Map<TopicPartition, OffsetAndMetadata> committed = start.committed(consumer, partitions);
        // what comes below is of a topic that was made again
        committed.forEach((partition, offset) -> assignment.readsFrom(partition, offset.offset()));
        takeOver(partitions, committed);
        positions.assigned(partitions, committed);
        // the poll that is under way must not read with others what has to be read alone
        TopicPartition suspect = suspects.among(partitions);
        if (suspect != null) {
            state = State.ALONE;
            alone = suspect;
        }
        if (state == State.ALONE) {
            consumer.pause(partitions);
        }
        backpressure.assigned(partitions);
        LOG.info(
                "Partitions assigned feed={} new={} partitions={}",
                feed.label(),
                partitions.size(),
                assignment.all().size());
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        require(state != State.NEW, "revoked");
        commits.giveBack(partitions);
        onPartitionsLost(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        require(state != State.NEW, "lost");
        assignment.remove(partitions);
        positions.forget(partitions);
        readers.forget(partitions);
        tracker.forget(partitions);
    }

    private boolean isReading() {
        return state == State.TOGETHER || state == State.ALONE;
    }

    private void require(boolean legal, String event) {
        if (!legal) {
            throw new IllegalStateException(event + " can't come in " + state + ", feed=" + feed.label());
        }
    }
}
