package io.eventsgateway.kafka;

import static io.eventsgateway.kafka.FeedRig.ONE;
import static io.eventsgateway.kafka.FeedRig.TOPIC;
import static io.eventsgateway.kafka.FeedRig.TWO;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.lane.Claim;
import io.eventsgateway.lane.Found;
import io.eventsgateway.lane.LaneCommit;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A consumer that is about to read offset 10 of its partition, of which everything below is acknowledged. */
class ReplayTest {

    private final FeedRig feed = new FeedRig();
    private final FeedRig.GroupConsumer consumer = feed.consumer;
    private final LaneReaders readers = new LaneReaders("group", 1);
    private final CommitTracker tracker = new CommitTracker(readers);
    private final Assignment assignment = new Assignment();
    private final Replay replay = new Replay(
            feed.binding.feed(),
            consumer,
            feed.topics,
            readers,
            tracker,
            assignment,
            FeedListener.NONE,
            feed.options.retention(),
            Duration.ofSeconds(30));

    @BeforeEach
    void reads() {
        consumer.subscribe(List.of(TOPIC));
        consumer.rebalance(List.of(ONE, TWO));
        consumer.seek(ONE, 10);
        consumer.seek(TWO, 20);
        assignment.add(List.of(ONE, TWO));
        readers.takeOver(ONE, new LaneCommit("id", 10, new long[] {10}));
        readers.takeOver(TWO, new LaneCommit("id", 15, new long[] {15}));
    }

    /** A batch that the log refuses, since it has only what is below an offset. */
    private LaneBatch refused(long complete) {
        LaneBatch batch = LaneBatch.check(Set.of(ONE, TWO), readers);
        batch.found(List.of(new Found(new Claim(feed.lane(ONE), 0, 10, 10), complete)));
        return batch;
    }

    @Test
    void goesBackToWhatTheLogHas() {
        replay.goBack(refused(7), Set.of());

        assertThat(consumer.position(ONE)).isEqualTo(7);
        assertThat(consumer.position(TWO)).isEqualTo(20);
        assertThat(tracker.take(Set.of(ONE)).get(ONE).offset()).isEqualTo(7);
    }

    @Test
    void goesBackToTheBeginningOfWhatWasPolledAndIsNotInTheLog() {
        replay.goBack(refused(7), Set.of(TWO));

        assertThat(consumer.position(TWO)).isEqualTo(15);
    }

    @Test
    void doesNotReadAgainWhatIsOlderThanTheRetention() {
        readers.takeOver(ONE, new LaneCommit("id", 5000, new long[] {5000}));
        consumer.seek(ONE, 5000);
        consumer.firstSince = time -> 3500;
        LaneBatch batch = LaneBatch.check(Set.of(ONE), readers);
        batch.found(List.of(new Found(new Claim(feed.lane(ONE), 0, 5000, 5000), 3000)));

        replay.goBack(batch, Set.of());

        assertThat(consumer.position(ONE)).isEqualTo(3500);
    }

    @Test
    void neverSkipsWhatWasNotRead() {
        consumer.firstSince = time -> 12;

        replay.goBack(refused(9), Set.of());

        assertThat(consumer.position(ONE)).isEqualTo(9);
    }

    @Test
    void readsSomeRecordsAgainHoweverTheyAreDatedWhereNothingIsLeft() {
        readers.takeOver(ONE, new LaneCommit("id", 5000, new long[] {5000}));
        consumer.seek(ONE, 5000);
        long lately = System.currentTimeMillis() - TimeUnit.MINUTES.toMillis(5);
        consumer.firstSince = time -> time > lately ? 4990 : 0;
        LaneBatch batch = LaneBatch.check(Set.of(ONE), readers);
        batch.found(List.of(new Found(new Claim(feed.lane(ONE), 0, 5000, 5000), 0)));

        replay.goBack(batch, Set.of());

        assertThat(consumer.position(ONE)).isEqualTo(4000);
    }

    @Test
    void leavesPartitionsThatAreAnothersAlone() {
        LaneBatch batch = refused(7);
        assignment.remove(List.of(ONE));
        readers.forget(List.of(ONE));

        replay.goBack(batch, Set.of(ONE));

        assertThat(consumer.position(ONE)).isEqualTo(10);
    }

    @Test
    void readsATopicThatWasMadeAgainFromItsBeginning() {
        feed.topics.ids.put(TOPIC, "another id");

        assertThat(replay.restartRecreated()).containsExactlyInAnyOrder(ONE, TWO);

        assertThat(consumer.position(ONE)).isZero();
        assertThat(readers.of(ONE).lane().topicId()).isEqualTo("another id");
        assertThat(readers.of(ONE).position()).isZero();
    }

    @Test
    void goesOnWhereTopicsHaveGotIdsSince() {
        readers.takeOver(ONE, new LaneCommit(TOPIC, 10, new long[] {10}));
        readers.takeOver(TWO, new LaneCommit(TOPIC, 15, new long[] {15}));

        assertThat(replay.restartRecreated()).containsExactlyInAnyOrder(ONE, TWO);

        assertThat(consumer.position(ONE)).isEqualTo(10);
        assertThat(readers.of(ONE).lane().topicId()).isEqualTo("id");
        assertThat(readers.of(ONE).position()).isEqualTo(10);
    }
}
