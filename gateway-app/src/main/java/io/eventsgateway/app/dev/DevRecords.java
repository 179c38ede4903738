package io.eventsgateway.app.dev;

import io.eventsgateway.Source;
import io.eventsgateway.app.console.RecentLetters;
import io.eventsgateway.kafka.FeedBinding;
import io.eventsgateway.log.EventLog;
import io.eventsgateway.route.InboundRecord;
import io.eventsgateway.route.InboundRecord.Header;
import io.eventsgateway.route.Ingest;
import io.eventsgateway.route.IngestListener;
import io.eventsgateway.route.RecordDecoder;
import io.eventsgateway.route.Router;
import io.eventsgateway.topic.Feed;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Takes records where there is no Kafka; from there on their way is the same. Any thread may call. */
public final class DevRecords {

    /** Of Kafka's. */
    private static final int MAX_TOPIC = 249;

    private final List<FeedBinding> bindings;
    private final Ingest ingest;
    private final String topicId = UUID.randomUUID().toString();
    private final AtomicLong offset = new AtomicLong();
    private final Map<Source, String> rejected = new ConcurrentHashMap<>();

    /** Records into a log, which is lent; what can't be used is kept by the letters. */
    public DevRecords(
            List<FeedBinding> bindings,
            RecordDecoder decoder,
            EventLog log,
            RecentLetters letters,
            IngestListener listener) {
        this.bindings = List.copyOf(bindings);
        this.ingest = new Ingest(
                decoder,
                Router.STANDARD,
                log,
                letters.around((in, reason) -> {
                    rejected.put(in.source(), reason);
                    return CompletableFuture.completedStage(null);
                }),
                listener);
    }

    List<FeedBinding> bindings() {
        return bindings;
    }

    /** The feed that reads a topic; null when none does. */
    @Nullable
    Feed feed(String topic) {
        if (topic.length() > MAX_TOPIC) {
            return null;
        }
        for (FeedBinding each : bindings) {
            boolean reads = each.feed().isPattern()
                    ? Pattern.matches(each.reads(), topic)
                    : each.reads().equals(topic);
            if (reads) {
                return each.feed();
            }
        }
        return null;
    }

    /**
     * Takes one record; the stage tells why it was rejected, null when it was not. An empty key is none. One at a time: offsets
     * must not overtake.
     */
    synchronized CompletionStage<@Nullable String> accept(
            Feed feed, String topic, byte[] key, byte[] value, List<Header> headers) {
        Source source = new Source(topic, topicId, 0, offset.getAndIncrement());
        InboundRecord in = new InboundRecord(feed, source, key, value, headers);
        return ingest.accept(feed, List.of(), List.of(in)).thenApply(appended -> rejected.remove(source));
    }
}
