package io.eventsgateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.lane.Claim;
import io.eventsgateway.lane.Found;
import io.eventsgateway.lane.LaneCommit;
import io.eventsgateway.lane.LaneReader;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CommitTrackerTest {

    private final TopicPartition one = new TopicPartition("t", 1);
    private final TopicPartition two = new TopicPartition("t", 2);
    private final LaneReaders readers = new LaneReaders("g", 2);
    private final CommitTracker tracker = new CommitTracker(readers);

    @BeforeEach
    void reads() {
        readers.begin(one, "id", 0);
        readers.begin(two, "id", 0);
    }

    private LaneReader reader(TopicPartition partition) {
        return Objects.requireNonNull(readers.of(partition));
    }

    private void appended(TopicPartition partition, long end) {
        LaneReader reader = reader(partition);
        reader.begin(end);
        reader.acknowledged(reader.claims().of(1));
        reader.completed();
    }

    private void backTo(TopicPartition partition, long offset) {
        LaneReader reader = reader(partition);
        reader.begin(reader.position());
        Claim claim = reader.claims().of(1);
        reader.refused(new Found(claim, offset));
        assertThat(tracker.take(List.of(partition))).isEmpty();
        reader.goBack(0, 0);
    }

    @Test
    void commitsHowFarALaneIsReadWithWhatWasAcknowledged() {
        appended(one, 8);

        assertThat(tracker.take(List.of(one)))
                .isEqualTo(Map.of(
                        one, new OffsetAndMetadata(8, "0/0 " + new LaneCommit("id", 8, new long[] {0, 8}).metadata())));
        appended(two, 4);
        assertThat(tracker.take(List.of(one, two))).containsOnlyKeys(two);
        assertThat(tracker.take(List.of(one, two))).isEmpty();
    }

    @Test
    void commitsNothingBeforeAnythingWasRead() {
        assertThat(tracker.take(List.of(one, two))).isEmpty();
        tracker.takenOver(one, 5, Handover.NONE);
        readers.takeOver(one, new LaneCommit("id", 5, new long[2]));

        assertThat(tracker.take(List.of(one))).isEmpty();
    }

    @Test
    void commitsAgainWhatCouldNotBeCommittedUnlessItIsFurther() {
        appended(one, 6);
        appended(two, 6);
        Map<TopicPartition, OffsetAndMetadata> taken = tracker.take(List.of(one, two));
        appended(two, 7);

        tracker.putBack(taken.keySet());

        Map<TopicPartition, OffsetAndMetadata> again = tracker.take(List.of(one, two));
        assertThat(again.get(one).offset()).isEqualTo(6);
        assertThat(again.get(two).offset()).isEqualTo(7);
    }

    @Test
    void commitsWhereItWentBackToAndNothingBeforeItDid() {
        appended(one, 100);
        Map<TopicPartition, OffsetAndMetadata> before = tracker.take(List.of(one));
        backTo(one, 50);

        assertThat(tracker.take(List.of(one)).get(one).offset()).isEqualTo(50);

        tracker.putBack(before.keySet());
        assertThat(tracker.take(List.of(one)).get(one).offset()).isEqualTo(50);
    }

    @Test
    void commitsNothingOfAPartitionThatItForgot() {
        appended(one, 100);
        Map<TopicPartition, OffsetAndMetadata> before = tracker.take(List.of(one));
        readers.forget(List.of(one));
        tracker.forget(List.of(one));

        tracker.putBack(before.keySet());

        assertThat(tracker.take(List.of(one))).isEmpty();
    }

    @Test
    void commitsTheSameOffsetAgainAfterItWentBack() {
        appended(one, 100);
        tracker.take(List.of(one));
        backTo(one, 50);
        tracker.take(List.of(one));
        appended(one, 100);

        assertThat(tracker.take(List.of(one)).get(one).offset()).isEqualTo(100);
    }

    @Test
    void keepsWhatIsAcknowledgedWhereItCountsATrial() {
        appended(one, 8);
        String acknowledged = new LaneCommit("id", 8, new long[] {0, 8}).metadata();
        tracker.take(List.of(one));

        assertThat(tracker.count(one, 1, 2)).isEqualTo(new OffsetAndMetadata(8, "1/2 " + acknowledged));
        assertThat(tracker.count(two, 1, 2)).isNull();
    }

    @Test
    void understandsWhatItCommits() {
        Handover handover = new Handover(1, 2, "v1 id AB");
        assertThat(Handover.parse(handover.metadata())).isEqualTo(handover);
        assertThat(Handover.parse("0/0 ")).isEqualTo(Handover.NONE);
        for (String other : List.of("", "6", "1/ x", "99999/0 x", "-1/0 x")) {
            assertThat(Handover.parse(other)).as(other).isEqualTo(Handover.NONE);
        }
    }

    @Test
    void understandsTheCountsThatTheVersionBeforeCommitted() {
        assertThat(Handover.parse("1790000000000 topic=id 6 1/2 r1 2:3")).isEqualTo(new Handover(1, 2, ""));
    }
}
