package io.eventsgateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.log.InMemoryEventLog;
import io.eventsgateway.route.Ingest;
import io.eventsgateway.route.IngestListener;
import io.eventsgateway.route.Organisations;
import io.eventsgateway.route.RecordDecoder;
import io.eventsgateway.route.Router;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class KafkaFeedsTest {

    /** Closing holds the feeds' monitor for up to ten seconds, in which probes and scrapes go on. */
    @Test
    void sayHowManyConsumersThereAreWhileTheyAreClosed() throws Exception {
        Duration some = Duration.ofSeconds(1);
        InMemoryEventLog log = new InMemoryEventLog(Duration.ofHours(1), InstantSource.system());
        Ingest ingest = new Ingest(
                new RecordDecoder(new Organisations("acme"), 1000),
                Router.STANDARD,
                log,
                (record, reason) -> CompletableFuture.completedFuture(null),
                IngestListener.NONE);
        KafkaFeeds feeds = new KafkaFeeds(
                List.of(), new KafkaOptions(Map.of(), some, some, some, some), ingest, FeedListener.NONE);

        synchronized (feeds) {
            assertThat(CompletableFuture.supplyAsync(feeds::consumers).get(20, TimeUnit.SECONDS))
                    .isEmpty();
        }
        log.close();
    }
}
