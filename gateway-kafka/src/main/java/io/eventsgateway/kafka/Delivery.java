package io.eventsgateway.kafka;

import io.eventsgateway.Text;
import io.eventsgateway.lane.LaneReader;
import io.eventsgateway.log.Appended;
import io.eventsgateway.log.LostException;
import io.eventsgateway.log.RefusedException;
import io.eventsgateway.route.InboundRecord;
import io.eventsgateway.topic.Feed;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings records into the log however long it takes; what is another consumer's meanwhile is left to that one. Where a record does not get
 * in for its own sake, the records are taken apart until it is alone, and it is buried. Used by the consumer's thread.
 */
final class Delivery {

    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);
    private static final long FIRST_DELAY_MILLIS = 100;
    private static final long LAST_DELAY_MILLIS = 1000;

    private final Feed feed;
    private final RecordSink sink;
    private final LaneReaders readers;
    private final WaitingRecords waiting;
    private final LossCheck losses;
    private final Replay replay;
    private final Backpressure backpressure;

    /**
     * Of a consumer.
     *
     * @param sink takes the records
     */
    Delivery(
            Feed feed,
            RecordSink sink,
            LaneReaders readers,
            WaitingRecords waiting,
            LossCheck losses,
            Replay replay,
            Backpressure backpressure) {
        this.feed = feed;
        this.sink = sink;
        this.readers = readers;
        this.waiting = waiting;
        this.losses = losses;
        this.replay = replay;
        this.backpressure = backpressure;
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

    /** Brings records into the log, or goes back where that has lost something. */
    void append(List<InboundRecord> batch) {
        if (!batch.isEmpty()) {
            take(new Part(batch, null));
        }
    }

    /** Brings one record to the dead letters. */
    void bury(InboundRecord record, String why) {
        take(new Part(List.of(record), why));
    }

    /** Sends again what waits, if that is due. */
    void retryIfDue() {
        if (waiting.isDue()) {
            retry(Set.of());
            backpressure.release();
        }
    }

    /** Sends again what waits until nothing of a partition does. */
    void settle(TopicPartition partition) {
        long delay = FIRST_DELAY_MILLIS;
        while (waiting.hasAny(partition)) {
            backpressure.fail(waiting, waiting.cause(), delay);
            delay = Math.min(2 * delay, LAST_DELAY_MILLIS);
            retry(Set.of());
        }
        backpressure.release();
    }

    /**
     * Sends again what waits.
     *
     * @param pending partitions of which records were polled that are not in the log
     * @return whether reading goes on elsewhere, also in those
     */
    private boolean retry(Set<TopicPartition> pending) {
        List<InboundRecord> records = waiting.all();
        boolean moved = false;
        if (!records.isEmpty()) {
            LaneBatch batch = LaneBatch.retry(records, readers);
            Exception failure = attempt(new Part(records, null), batch);
            if (failure instanceof LostException lost) {
                goBack(batch, lost, pending);
                moved = true;
            } else if (failure != null) {
                batch.giveUp();
                // it is taken apart when it is read again
                moved = failure instanceof RefusedException || failure instanceof TooMuchException;
                if (moved) {
                    replay.rewind(batch, pending);
                }
            }
        }
        waiting.sent();
        return moved;
    }

    private void take(Part whole) {
        readers.beginMissing(whole.records());
        Map<TopicPartition, LaneReader> by = readers.of(whole.records());
        Deque<Part> parts = new ArrayDeque<>(List.of(whole));
        long delay = FIRST_DELAY_MILLIS;
        int alone = 0;
        while (!parts.isEmpty()) {
            if (waiting.isFull()) {
                backpressure.fail(waiting, waiting.cause(), delay);
                delay = Math.min(2 * delay, LAST_DELAY_MILLIS);
                if (retry(pending(parts))) {
                    break;
                }
                continue;
            }
            Part part = parts.pop();
            part = part.with(readers.remaining(part.records(), by));
            if (part.records().isEmpty()) {
                continue;
            }
            LaneBatch batch = LaneBatch.of(part.records(), readers);
            Exception failure = attempt(part, batch);
            if (failure == null) {
                delay = FIRST_DELAY_MILLIS;
                alone = 0;
                backpressure.stayInGroup();
                continue;
            }
            boolean ofARecord = !part.isToBeBuried()
                    && (failure instanceof RefusedException || failure instanceof TooMuchException);
            if (failure instanceof LostException lost) {
                parts.push(part);
                goBack(batch, lost, pending(parts));
                break;
            }
            batch.giveUp();
            if (ofARecord && part.records().size() > 1) {
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
                backpressure.fail(part, failure, delay);
                delay = Math.min(2 * delay, LAST_DELAY_MILLIS);
                if (waiting.isDue() && retry(pending(parts))) {
                    break;
                }
            }
        }
        backpressure.release();
    }

    /** Goes back, in all partitions of which parts are left; asks for all tags first, so that it goes back once and not a tag at a time. */
    private void goBack(LaneBatch batch, LostException lost, Set<TopicPartition> pending) {
        batch.found(lost.found());
        losses.ask(batch);
        replay.goBack(batch, pending);
    }

    private static Set<TopicPartition> pending(Deque<Part> parts) {
        Set<TopicPartition> pending = new HashSet<>();
        parts.forEach(part -> pending.addAll(LaneReaders.partitions(part.records())));
        return pending;
    }

    /** Why a part is not where it should be; null when it is. */
    private @Nullable Exception attempt(Part part, LaneBatch batch) {
        CompletionStage<Appended> stage;
        try {
            String refused = part.refused();
            stage = refused == null
                    ? sink.accept(batch.claims(), part.records())
                    : sink.reject(part.records().get(0), refused).thenApply(done -> Appended.NOTHING);
        } catch (OutOfMemoryError | StackOverflowError tooMuch) {
            return new TooMuchException(tooMuch);
        } catch (RuntimeException fault) {
            if (backpressure.state() != Backpressure.State.FAILING) {
                LOG.error("Records failed by a fault of the gateway feed={} at={}", feed.label(), part, fault);
            }
            return fault;
        }
        CompletableFuture<Appended> taken = stage.toCompletableFuture();
        try {
            backpressure.await(taken);
        } catch (ExecutionException failed) {
            return failed.getCause() instanceof Exception cause ? cause : failed;
        }
        Appended appended = taken.join();
        batch.completed(appended.claims(), appended.left());
        waiting.add(part.records(), appended.left());
        return null;
    }
}
