package io.eventsgateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.log.Generation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CommitTrackerTest {

    private final TopicPartition one = new TopicPartition("t", 1);
    private final TopicPartition two = new TopicPartition("t", 2);
    private final Instant now = Instant.ofEpochMilli(1_790_000_000_000L);
    private final ScriptedWriter log = new ScriptedWriter();
    private final CommitTracker tracker = new CommitTracker(log, Duration.ofSeconds(30));

    @BeforeEach
    void reads() {
        tracker.reads(one, "id");
        tracker.reads(two, "id");
    }

    @Test
    void commitsWhatWasAppendedWithWhereToGoBackToAndTheReceipt() {
        tracker.appended(one, 5, now.minusSeconds(60));
        tracker.appended(one, 6, now.minusSeconds(20));
        tracker.appended(one, 7, now);
        tracker.appended(two, 3, now.minusSeconds(50));

        assertThat(tracker.take(List.of(one), log.generation, now))
                .isEqualTo(Map.of(one, new OffsetAndMetadata(8, "1790000000000 topic=id 6 0/0 r1")));
        assertThat(tracker.take(List.of(one, two), log.generation, now))
                .isEqualTo(Map.of(two, new OffsetAndMetadata(4, "1790000000000 topic=id 4 0/0 r1")));
        assertThat(tracker.take(List.of(one, two), log.generation, now)).isEmpty();
    }

    @Test
    void commitsNothingAfterALossBeforeItWasGoneBackFor() {
        tracker.appended(one, 5, now);
        log.lose(now);

        assertThat(tracker.take(List.of(one), Generation.FIRST, now)).isEmpty();

        tracker.backTo(one, 3);
        assertThat(tracker.take(List.of(one), log.generation, now))
                .isEqualTo(Map.of(one, new OffsetAndMetadata(3, "1790000000000 topic=id 3 0/0 r2")));
    }

    @Test
    void commitsAgainWhatCouldNotBeCommittedUnlessItIsFurther() {
        tracker.appended(one, 5, now);
        tracker.appended(two, 5, now);
        Map<TopicPartition, OffsetAndMetadata> taken = tracker.take(List.of(one, two), log.generation, now);
        tracker.appended(two, 6, now);

        tracker.putBack(taken.keySet());

        Map<TopicPartition, OffsetAndMetadata> again = tracker.take(List.of(one, two), log.generation, now);
        assertThat(again.get(one).offset()).isEqualTo(6);
        assertThat(again.get(two).offset()).isEqualTo(7);
    }

    @Test
    void neverCommitsAgainWhatIsBeyondWhereItWentBackTo() {
        tracker.appended(one, 99, now);
        Map<TopicPartition, OffsetAndMetadata> before = tracker.take(List.of(one), log.generation, now);
        tracker.backTo(one, 50);
        Map<TopicPartition, OffsetAndMetadata> after = tracker.take(List.of(one), log.generation, now);
        assertThat(after.get(one).offset()).isEqualTo(50);

        tracker.putBack(before.keySet());
        tracker.putBack(after.keySet());

        assertThat(tracker.take(List.of(one), log.generation, now).get(one).offset())
                .isEqualTo(50);
    }

    @Test
    void commitsNothingOfAPartitionThatItForgotMeanwhile() {
        tracker.appended(one, 99, now);
        Map<TopicPartition, OffsetAndMetadata> before = tracker.take(List.of(one), log.generation, now);
        tracker.forget(List.of(one));
        tracker.reads(one, "id");

        tracker.putBack(before.keySet());

        assertThat(tracker.take(List.of(one), log.generation, now)).isEmpty();
    }

    @Test
    void commitsTheSameOffsetAgainAfterItWentBack() {
        tracker.appended(one, 99, now);
        tracker.take(List.of(one), log.generation, now);
        log.receipt = "r2";
        tracker.backTo(one, 50);
        tracker.appended(one, 99, now);

        assertThat(tracker.take(List.of(one), log.generation, now).get(one).metadata())
                .endsWith(" r2");
    }

    @Test
    void goesBackForWhatAnotherAppendedToo() {
        assertThat(tracker.since(one, now)).isNull();

        tracker.appendedByOthers(one, 3, now);
        tracker.appended(one, 9, now);

        assertThat(tracker.since(one, now)).isEqualTo(3);
        tracker.forget(List.of(one));
        assertThat(tracker.since(one, now)).isNull();
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
