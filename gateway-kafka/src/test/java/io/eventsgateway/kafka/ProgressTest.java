package io.eventsgateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.log.EventLog;
import io.eventsgateway.log.ForwardingEventLog;
import io.eventsgateway.log.Generation;
import io.eventsgateway.log.InMemoryEventLog;
import io.eventsgateway.route.Ingest;
import io.eventsgateway.route.IngestListener;
import io.eventsgateway.route.Organisations;
import io.eventsgateway.route.RecordDecoder;
import io.eventsgateway.route.Router;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private final TopicPartition one = new TopicPartition("t", 1);
    private final TopicPartition two = new TopicPartition("t", 2);
    private final Instant now = Instant.ofEpochMilli(1_790_000_000_000L);
    private Generation generation = Generation.FIRST;
    private String receipt = "r1";

    private final EventLog log = new ForwardingEventLog() {

        private final EventLog memory = new InMemoryEventLog(Duration.ofHours(1), InstantSource.system());

        @Override
        protected EventLog delegate() {
            return memory;
        }

        @Override
        public Generation generation() {
            return generation;
        }

        @Override
        public String receipt() {
            return receipt;
        }
    };

    private final Progress progress = new Progress(
            new Ingest(
                    new RecordDecoder(new Organisations("acme"), 1000),
                    Router.STANDARD,
                    log,
                    (in, reason) -> CompletableFuture.completedStage(null),
                    IngestListener.NONE),
            Duration.ofSeconds(30));

    @BeforeEach
    void reads() {
        progress.reads(one, "id");
        progress.reads(two, "id");
    }

    @Test
    void commitsWhatWasAppendedWithWhereToGoBackToAndTheReceipt() {
        progress.appended(one, 5, now.minusSeconds(60));
        progress.appended(one, 6, now.minusSeconds(20));
        progress.appended(one, 7, now);
        progress.appended(two, 3, now.minusSeconds(50));

        assertThat(progress.take(List.of(one), generation, now))
                .isEqualTo(Map.of(one, new OffsetAndMetadata(8, "1790000000000 topic=id 6 0/0 r1")));
        assertThat(progress.take(List.of(one, two), generation, now))
                .isEqualTo(Map.of(two, new OffsetAndMetadata(4, "1790000000000 topic=id 4 0/0 r1")));
        assertThat(progress.take(List.of(one, two), generation, now)).isEmpty();
    }

    @Test
    void commitsNothingAfterALossBeforeItWasGoneBackFor() {
        progress.appended(one, 5, now);
        generation = new Generation(1, now);
        receipt = "r2";

        assertThat(progress.take(List.of(one), Generation.FIRST, now)).isEmpty();

        progress.backTo(one, 3);
        assertThat(progress.take(List.of(one), generation, now))
                .isEqualTo(Map.of(one, new OffsetAndMetadata(3, "1790000000000 topic=id 3 0/0 r2")));
    }

    @Test
    void commitsAgainWhatCouldNotBeCommittedUnlessItIsFurther() {
        progress.appended(one, 5, now);
        progress.appended(two, 5, now);
        Map<TopicPartition, OffsetAndMetadata> taken = progress.take(List.of(one, two), generation, now);
        progress.appended(two, 6, now);

        progress.putBack(taken.keySet());

        Map<TopicPartition, OffsetAndMetadata> again = progress.take(List.of(one, two), generation, now);
        assertThat(again.get(one).offset()).isEqualTo(6);
        assertThat(again.get(two).offset()).isEqualTo(7);
    }

    @Test
    void neverCommitsAgainWhatIsBeyondWhereItWentBackTo() {
        progress.appended(one, 99, now);
        Map<TopicPartition, OffsetAndMetadata> before = progress.take(List.of(one), generation, now);
        progress.backTo(one, 50);
        Map<TopicPartition, OffsetAndMetadata> after = progress.take(List.of(one), generation, now);
        assertThat(after.get(one).offset()).isEqualTo(50);

        progress.putBack(before.keySet());
        progress.putBack(after.keySet());

        assertThat(progress.take(List.of(one), generation, now).get(one).offset())
                .isEqualTo(50);
    }

    @Test
    void commitsNothingOfAPartitionThatItForgotMeanwhile() {
        progress.appended(one, 99, now);
        Map<TopicPartition, OffsetAndMetadata> before = progress.take(List.of(one), generation, now);
        progress.forget(List.of(one));
        progress.reads(one, "id");

        progress.putBack(before.keySet());

        assertThat(progress.take(List.of(one), generation, now)).isEmpty();
    }

    @Test
    void commitsTheSameOffsetAgainAfterItWentBack() {
        progress.appended(one, 99, now);
        progress.take(List.of(one), generation, now);
        receipt = "r2";
        progress.backTo(one, 50);
        progress.appended(one, 99, now);

        assertThat(progress.take(List.of(one), generation, now).get(one).metadata())
                .endsWith(" r2");
    }

    @Test
    void goesBackForWhatAnotherAppendedToo() {
        assertThat(progress.since(one, now)).isNull();

        progress.appendedByOthers(one, 3, now);
        progress.appended(one, 9, now);

        assertThat(progress.since(one, now)).isEqualTo(3);
        progress.forget(List.of(one));
        assertThat(progress.since(one, now)).isNull();
    }

    @Test
    void understandsWhatItCommits() {
        Handover handover = new Handover(now, "id", 6, 1, 2, "r1 2:3");
        assertThat(Handover.parse(handover.metadata())).isEqualTo(handover);
        assertThat(Handover.parse("1 topic=a 2 0/0 ")).isEqualTo(new Handover(Instant.ofEpochMilli(1), "a", 2, ""));
        for (String other : List.of(
                "",
                "6",
                "1 topic=a 6",
                "1 topic=a 6 r1",
                "1 topic=a 6 99999/0 r1",
                "1 6 r1",
                "1 topic=a x 0/0 r1",
                "-1 topic=a 6 0/0 r1",
                "1 topic=a -6 0/0 r1",
                "1 topic=a 99999999999999999999 0/0 r1")) {
            assertThat(Handover.parse(other)).as(other).isNull();
        }
    }
}
