package io.eventsgateway.kafka;

import static io.eventsgateway.kafka.FeedRig.ONE;
import static io.eventsgateway.kafka.FeedRig.TWO;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.lane.Claim;
import io.eventsgateway.lane.Found;
import io.eventsgateway.lane.Lane;
import io.eventsgateway.lane.LaneClaims;
import io.eventsgateway.log.Appended;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.EventWriter;
import io.eventsgateway.log.Left;
import io.eventsgateway.log.LostException;
import io.eventsgateway.log.RefusedException;
import io.eventsgateway.route.InboundRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Records of even offsets have tag 0, those of odd ones tag 1, which can't be written for a while. */
class WaitingRecordsTest {

    private final FeedRig feed = new FeedRig();
    private final TwoTags log = new TwoTags();
    private final FeedConsumer loop = feed.newLoop(feed.consumer, log, log);

    private void begin() {
        loop.begin();
        feed.consumer.rebalance(List.of(ONE, TWO));
    }

    /** Sends six records, of which the three of tag 1 are left. */
    private void leaveThree() {
        log.isMoving = true;
        send(0, 5);
        goOn();
    }

    private void send(long first, long last) {
        for (long offset = first; offset <= last; offset++) {
            feed.send(ONE, offset);
        }
    }

    /** Goes on for some seconds of the consumer's clock. */
    private void goOn() {
        for (int turn = 0; turn < 100; turn++) {
            loop.turn();
        }
    }

    @Test
    void goesOnWithTheOthersAndCommitsNothingBehindWhatWaits() {
        begin();
        leaveThree();
        send(6, 9);
        goOn();

        assertThat(log.appended(0)).containsExactly(0L, 2L, 4L, 6L, 8L);
        assertThat(log.appended(1)).isEmpty();
        assertThat(feed.committed(ONE)).isEqualTo(1);
    }

    @Test
    void bringsWhatWaitedInItsOrderWhenThatCanBeWrittenAgain() {
        begin();
        leaveThree();
        send(6, 9);
        goOn();
        log.isMoving = false;
        goOn();
        send(10, 11);
        goOn();

        assertThat(log.appended(1)).containsExactly(1L, 3L, 5L, 7L, 9L, 11L);
        assertThat(feed.committed(ONE)).isEqualTo(12);
        assertThat(log.complete(feed.lane(ONE), 1)).isEqualTo(12);
    }

    @Test
    void readsNoMoreWhereTooMuchWaits() {
        begin();
        log.isMoving = true;
        send(0, 2999);
        goOn();
        feed.send(ONE, 3000);
        for (int poll = 0; poll < 50; poll++) {
            feed.consumer.schedulePollTask(() -> assertThat(log.appended(0)).doesNotContain(3000L));
        }
        feed.consumer.schedulePollTask(() -> log.isMoving = false);
        goOn();

        assertThat(log.appended(0)).hasSize(1501);
        assertThat(log.appended(1)).hasSize(1500).isSorted();
        assertThat(feed.committed(ONE)).isEqualTo(3001);
    }

    @Test
    void givesPartitionsBackAtWhatWaits() {
        begin();
        leaveThree();
        feed.consumer.rebalance(List.of(TWO));
        log.isMoving = false;
        goOn();
        feed.consumer.rebalance(List.of(ONE, TWO));

        assertThat(feed.committed(ONE)).isEqualTo(1);
        assertThat(log.appended(1)).isEmpty();
    }

    @Test
    void goesBackToALossWhileRecordsWait() {
        begin();
        send(0, 3);
        goOn();
        log.isMoving = true;
        send(4, 9);
        goOn();
        log.lose(0, 2);
        goOn();

        assertThat(feed.consumer.position(ONE)).isEqualTo(2);
        log.isMoving = false;
        send(2, 9);
        goOn();
        assertThat(log.appended(0)).containsExactly(0L, 2L, 4L, 6L, 8L, 2L, 4L, 6L, 8L);
        // what the log has already it drops
        assertThat(log.appended(1)).containsExactly(1L, 3L, 3L, 5L, 7L, 9L);
    }

    @Test
    void takesApartWhatWaitedWhereOneRecordIsRefused() {
        begin();
        leaveThree();
        log.refused = 3;
        log.isMoving = false;
        goOn();

        assertThat(feed.consumer.position(ONE)).isEqualTo(1);
        send(1, 5);
        goOn();
        assertThat(log.appended(1)).containsExactly(1L, 5L);
        assertThat(log.rejected).hasSize(1);
        assertThat(feed.committed(ONE)).isEqualTo(6);
    }

    /** What is committed beside the offset is about the record at it, so nothing may wait before that. */
    @Test
    void readsNoSuspectAloneBeforeWhatWaitsOfItsPartition() {
        begin();
        leaveThree();
        feed.suspects.suspect(Map.of(ONE, 100L));
        feed.consumer.schedulePollTask(() -> feed.consumer.rebalance(List.of(ONE)));
        for (int poll = 0; poll < 50; poll++) {
            feed.consumer.schedulePollTask(() -> assertThat(loop.paused()).contains("3 records that wait"));
        }
        feed.consumer.schedulePollTask(() -> {
            log.isMoving = false;
            feed.send(ONE, 6);
        });
        goOn();

        assertThat(log.appended(0)).containsExactly(0L, 2L, 4L, 6L);
        assertThat(log.appended(1)).containsExactly(1L, 3L, 5L);
    }

    /** A log of two tags that keeps the offsets it is given. */
    private static final class TwoTags implements EventWriter, RecordSink {

        final List<String> rejected = new ArrayList<>();
        boolean isMoving;
        long refused = -1;
        private final Map<Integer, List<Long>> appended = new HashMap<>();
        private final Map<String, Long> complete = new HashMap<>();

        List<Long> appended(int tag) {
            return appended.getOrDefault(tag, List.of());
        }

        long complete(Lane lane, int tag) {
            return complete.getOrDefault(lane.name() + tag, 0L);
        }

        void lose(int tag, long below) {
            complete.replaceAll((name, offset) -> name.endsWith("" + tag) ? Math.min(below, offset) : offset);
        }

        @Override
        public boolean isReachable() {
            return true;
        }

        @Override
        public int tags() {
            return 2;
        }

        @Override
        public CompletionStage<Appended> accept(Collection<LaneClaims> lanes, List<InboundRecord> batch) {
            if (batch.stream().anyMatch(in -> in.source().offset() == refused && !(isMoving && tag(in) == 1))) {
                return CompletableFuture.failedStage(new RefusedException("never"));
            }
            List<Claim> claims = new ArrayList<>();
            List<Left> left = new ArrayList<>();
            for (LaneClaims lane : lanes) {
                for (int tag = 0; tag < 2; tag++) {
                    int now = tag;
                    List<InboundRecord> some =
                            batch.stream().filter(in -> tag(in) == now).toList();
                    if (tag == 1 && isMoving || lane.isClosed(tag)) {
                        some.forEach(in -> left.add(new Left(in.source(), now, "it moves")));
                    } else if (!some.isEmpty()) {
                        Claim claim = lane.of(tag);
                        if (claim.exceeds(complete(lane.lane(), tag))) {
                            return CompletableFuture.failedStage(
                                    new LostException(List.of(new Found(claim, complete(lane.lane(), tag)))));
                        }
                        claims.add(claim);
                        raise(claim);
                        some.forEach(in -> appended.computeIfAbsent(now, of -> new ArrayList<>())
                                .add(in.source().offset()));
                    }
                }
            }
            return CompletableFuture.completedStage(new Appended(0, 0, claims, left));
        }

        private static int tag(InboundRecord in) {
            return (int) (in.source().offset() % 2);
        }

        @Override
        public CompletionStage<?> reject(InboundRecord in, String reason) {
            rejected.add(reason);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<Appended> append(Collection<LaneClaims> lanes, List<Entry> batch) {
            throw new IllegalStateException("not of use");
        }

        @Override
        public CompletionStage<List<Found>> check(Collection<LaneClaims> lanes) {
            List<Found> found = lanes.stream()
                    .flatMap(lane -> lane.all().stream())
                    .map(claim -> new Found(claim, complete(claim.lane(), claim.tag())))
                    .toList();
            found.stream().filter(each -> !each.isLoss()).map(Found::claim).forEach(this::raise);
            return CompletableFuture.completedStage(found);
        }

        private void raise(Claim claim) {
            complete.merge(claim.lane().name() + claim.tag(), claim.to(), Math::max);
        }
    }
}
