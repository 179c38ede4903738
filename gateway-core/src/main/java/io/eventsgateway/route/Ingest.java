package io.eventsgateway.route;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.Source;
import io.eventsgateway.lane.LaneClaims;
import io.eventsgateway.log.Appended;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.EventWriter;
import io.eventsgateway.log.LostException;
import io.eventsgateway.topic.Feed;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The way of a record into the log: decode, route, append. Any thread may call; nothing blocks. */
public final class Ingest {

    private static final int MOST_BURIED = 10_000;

    private final RecordDecoder decoder;
    private final Router router;
    private final EventWriter log;
    private final DeadLetters deadLetters;
    private final IngestListener listener;

    /** Records of batches that failed and come again, of which these are in the dead letters already. */
    private final Set<Source> buried = ConcurrentHashMap.newKeySet();

    /** An ingest into a log, which is lent. */
    public Ingest(
            RecordDecoder decoder, Router router, EventWriter log, DeadLetters deadLetters, IngestListener listener) {
        this.decoder = decoder;
        this.router = router;
        this.log = log;
        this.deadLetters = deadLetters;
        this.listener = listener;
    }

    /** The log that it appends to, which is lent. */
    public EventWriter log() {
        return log;
    }

    /**
     * Takes a batch of records of one feed, those of one partition in the order of their offsets. When the stage completes
     * normally, each of them is in the log, in the dead letters or {@linkplain Appended#left left}; the offsets before the first one that
     * is left may be committed, and what is left has to be given again. When it fails, the same
     * batch has to be given again before any later record of its partitions; after {@link LostException} also what was given
     * before it and is lost. Throws nothing but an {@link Error}, such as of memory that the batch needs and that there is not.
     *
     * @param lanes what is claimed of each lane that the batch has records of, as {@link EventWriter#append} takes it
     */
    public CompletionStage<Appended> accept(Feed feed, Collection<LaneClaims> lanes, List<InboundRecord> batch) {
        List<Entry> entries = new ArrayList<>(batch.size());
        List<Rejected> rejected = new ArrayList<>();
        BatchSpans spans = new BatchSpans();
        for (InboundRecord in : batch) {
            RecordSpan span = listener.taken(feed, in);
            spans.add(in.source(), span);
            try {
                List<Entry> own = entries(in, span);
                listener.routed(feed, in, own);
                entries.addAll(own);
            } catch (MalformedRecordException malformed) {
                rejected.add(new Rejected(in, String.valueOf(malformed.getMessage())));
            } catch (RuntimeException | StackOverflowError fault) {
                // it would come again with this record, and those beside it are not to blame
                listener.failed(feed, in, fault);
                rejected.add(new Rejected(
                        in, "fault of the gateway: " + fault.getClass().getSimpleName()));
            }
        }
        CompletionStage<Appended> appended =
                entries.isEmpty() ? CompletableFuture.completedStage(Appended.NOTHING) : append(lanes, entries);
        return appended.thenCompose(result -> bury(feed, rejected, spans).thenApply(buried -> {
                    listener.appended(feed, batch, result);
                    return result;
                }))
                .whenComplete((result, failure) -> {
                    if (failure == null) {
                        rejected.forEach(each -> spans.rejected(each.in().source(), each.reason()));
                        spans.taken(result);
                    } else {
                        spans.failed(failure);
                    }
                });
    }

    private List<Entry> entries(InboundRecord in, @Nullable RecordSpan span) throws MalformedRecordException {
        Command command = decoder.decode(in);
        Event event = command.event();
        if (span != null && event.kind() == Event.Kind.MESSAGE) {
            event = event.withTraceparent(span.traceparent());
        }
        List<Entry> entries = new ArrayList<>();
        for (Destination destination : router.route(command)) {
            Objects.requireNonNull(destination);
            entries.add(new Entry(destination, event, command.source(), command.eventId()));
            if (span != null) {
                span.routed(destination);
            }
        }
        if (entries.isEmpty()) {
            throw new MalformedRecordException("routed to no destination");
        }
        return entries;
    }

    private CompletionStage<Appended> append(Collection<LaneClaims> lanes, List<Entry> entries) {
        try {
            return log.append(lanes, entries);
        } catch (RuntimeException fault) {
            // no log should throw; that is no reason to take the records for bad ones. An Error is the caller's: a
            // batch
            // that takes more memory than there is has to be taken apart
            return CompletableFuture.failedStage(fault);
        }
    }

    /**
     * Sends a record to the dead letters that turned out not to belong into the log. When the stage fails it has to be sent again; it is counted
     * as rejected only when it is there.
     */
    public CompletionStage<Void> reject(Feed feed, InboundRecord in, String reason) {
        return deadLetters.send(in, reason).thenRun(() -> listener.rejected(feed, in, reason));
    }

    /** Comes after the append, which may be repeated as often as it takes; a dead letter sent again would be there twice. */
    private CompletionStage<Void> bury(Feed feed, List<Rejected> rejected, BatchSpans spans) {
        CompletableFuture<?>[] sent = new CompletableFuture<?>[rejected.size()];
        for (int i = 0; i < sent.length; i++) {
            Rejected each = rejected.get(i);
            RecordSpan span = spans.of(each.in().source());
            CompletionStage<?> done = span == null ? bury(feed, each) : span.within(() -> bury(feed, each));
            sent[i] = done.toCompletableFuture();
        }
        return CompletableFuture.allOf(sent)
                .thenRun(() -> rejected.forEach(each -> buried.remove(each.in().source())));
    }

    private CompletionStage<?> bury(Feed feed, Rejected each) {
        Source source = each.in().source();
        return buried.contains(source)
                ? CompletableFuture.completedStage(null)
                : reject(feed, each.in(), each.reason()).thenRun(() -> {
                    if (buried.size() >= MOST_BURIED) {
                        buried.clear();
                    }
                    buried.add(source);
                });
    }

    private record Rejected(InboundRecord in, String reason) {}
}
