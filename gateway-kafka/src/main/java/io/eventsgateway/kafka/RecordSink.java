package io.eventsgateway.kafka;

import io.eventsgateway.lane.LaneClaims;
import io.eventsgateway.log.Appended;
import io.eventsgateway.route.InboundRecord;
import io.eventsgateway.route.Ingest;
import io.eventsgateway.topic.Feed;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Where a feed's records go: what a consumer needs of an {@link Ingest}, whose promises hold. Any thread may call; nothing blocks. */
interface RecordSink {

    /**
     * Takes records; when the stage completes normally, their offsets may be committed, up to the first that is left.
     *
     * @param lanes what is claimed of each lane that there are records of
     */
    CompletionStage<Appended> accept(Collection<LaneClaims> lanes, List<InboundRecord> batch);

    /** Takes a record to the dead letters, with why it does not belong into the log. */
    CompletionStage<?> reject(InboundRecord record, String reason);

    /** The records of a feed, into an ingest. */
    static RecordSink of(Ingest ingest, Feed feed) {
        return new RecordSink() {

            @Override
            public CompletionStage<Appended> accept(Collection<LaneClaims> lanes, List<InboundRecord> batch) {
                return ingest.accept(feed, lanes, batch);
            }

            @Override
            public CompletionStage<?> reject(InboundRecord record, String reason) {
                return ingest.reject(feed, record, reason);
            }
        };
    }
}
