package io.eventsgateway.kafka;

import io.eventsgateway.Text;
import io.eventsgateway.log.LostException;
import io.eventsgateway.log.RefusedException;
import io.eventsgateway.route.InboundRecord;
import io.eventsgateway.topic.Feed;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
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
    private static final long LAST_DELAY_MILLIS = 5000;

    private final Feed feed;
    private final RecordSink sink;
    private final Assignment assignment;
    private final Replay replay;
    private final Backpressure backpressure;
    private final Consumer<List<InboundRecord>> acknowledged;

    /**
     * Of a consumer.
     *
     * @param sink takes the records
     * @param acknowledged takes down that records need not be read again
     */
    Delivery(
            Feed feed,
            RecordSink sink,
            Assignment assignment,
            Replay replay,
            Backpressure backpressure,
            Consumer<List<InboundRecord>> acknowledged) {
        this.feed = feed;
        this.sink = sink;
        this.assignment = assignment;
        this.replay = replay;
        this.backpressure = backpressure;
        this.acknowledged = acknowledged;
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
        if (replay.state() == Replay.State.BEHIND) {
            replay.goBack(batch);
        } else if (!batch.isEmpty()) {
            take(new Part(batch, null));
        }
    }

    /** Brings one record to the dead letters. */
    void bury(InboundRecord record, String why) {
        take(new Part(List.of(record), why));
    }

    private void take(Part whole) {
        Deque<Part> parts = new ArrayDeque<>(List.of(whole));
        long delay = FIRST_DELAY_MILLIS;
        int alone = 0;
        while (!parts.isEmpty()) {
            Part part = parts.pop();
            part = part.with(assignment.stillOurs(part.records()));
            if (part.records().isEmpty()) {
                continue;
            }
            Exception failure = attempt(part);
            if (failure == null) {
                acknowledged.accept(part.records());
                delay = FIRST_DELAY_MILLIS;
                alone = 0;
                backpressure.stayInGroup();
                continue;
            }
            boolean ofARecord = !part.isToBeBuried()
                    && (failure instanceof RefusedException || failure instanceof TooMuchException);
            if (failure instanceof LostException) {
                parts.push(part);
                replay.goBack(
                        parts.stream().flatMap(each -> each.records().stream()).toList());
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
                backpressure.fail(part, failure, delay);
                delay = Math.min(2 * delay, LAST_DELAY_MILLIS);
            }
        }
        backpressure.release();
    }

    /** Why a part is not where it should be; null when it is. */
    private @Nullable Exception attempt(Part part) {
        CompletionStage<?> stage;
        try {
            String refused = part.refused();
            stage = refused == null
                    ? sink.accept(replay.generation(), part.records())
                    : sink.reject(part.records().get(0), refused);
        } catch (OutOfMemoryError | StackOverflowError tooMuch) {
            return new TooMuchException(tooMuch);
        } catch (RuntimeException fault) {
            if (backpressure.state() != Backpressure.State.FAILING) {
                LOG.error("Records failed by a fault of the gateway feed={} at={}", feed.label(), part, fault);
            }
            return fault;
        }
        try {
            backpressure.await(stage.toCompletableFuture());
            return null;
        } catch (ExecutionException failed) {
            return failed.getCause() instanceof Exception cause ? cause : failed;
        }
    }
}
