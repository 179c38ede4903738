package io.eventsgateway.kafka;

import io.eventsgateway.log.Generation;
import io.eventsgateway.route.InboundRecord;
import io.eventsgateway.route.Ingest;
import io.eventsgateway.topic.Feed;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Where a feed's records go: what a consumer needs of an {@link Ingest}, whose promises hold. Any thread may call; nothing blocks. */
interface RecordSink {

    /**
     * Takes records; when the stage completes normally, their offsets may be committed.
     *
     * @param generation of the log, the one that the caller has gone back for
     */
    CompletionStage<?> accept(Generation generation, List<InboundRecord> batch);

    /** Takes a record to the dead letters, with why it does not belong into the log. */
    CompletionStage<?> reject(InboundRecord record, String reason);

    /** The records of a feed, into an ingest. */
    static RecordSink of(Ingest ingest, Feed feed) {
        return new RecordSink() {

            @Override
            public CompletionStage<?> accept(Generation generation, List<InboundRecord> batch) {
                return ingest.accept(feed, generation, batch);
            }

            @Override
            public CompletionStage<?> reject(InboundRecord record, String reason) {
                return ingest.reject(feed, record, reason);
            }
        };
    }
}
