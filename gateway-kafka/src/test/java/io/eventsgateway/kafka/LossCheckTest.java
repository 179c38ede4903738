package io.eventsgateway.kafka;

import static io.eventsgateway.kafka.FeedRig.ONE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A consumer that has read three records of a partition, and gets no more. Each poll takes 50 ms of its clock. */
class LossCheckTest {

    private final FeedRig rig = new FeedRig();

    @BeforeEach
    void reads() {
        rig.loop.begin();
        rig.consumer.rebalance(List.of(ONE));
        for (int offset = 0; offset < 3; offset++) {
            rig.send(ONE, offset);
        }
        rig.loop.turn();
        rig.log.checks = 0;
    }

    private void turns(int count) {
        for (int turn = 0; turn < count; turn++) {
            rig.loop.turn();
        }
    }

    @Test
    void asksEveryFiveSecondsWhetherAnythingWasLost() {
        turns(90);
        assertThat(rig.log.checks).isZero();

        turns(20);

        assertThat(rig.log.checks).isEqualTo(1);
    }

    @Test
    void goesBackWhereSomethingWasLostAndNothingMoreComes() {
        rig.log.lose(1);

        turns(110);

        assertThat(rig.consumer.position(ONE)).isEqualTo(1);
        assertThat(rig.committed(ONE)).isEqualTo(1);
    }

    @Test
    void takesNoAnswerForNoLossAndAsksAgain() {
        rig.log.isAway = true;
        turns(110);
        assertThat(rig.log.checks).isEqualTo(1);
        assertThat(rig.consumer.position(ONE)).isEqualTo(3);

        turns(110);

        assertThat(rig.log.checks).isEqualTo(2);
        assertThat(rig.consumer.position(ONE)).isEqualTo(3);
    }

    @Test
    void asksAtOnceOfPartitionsThatCome() {
        rig.consumer.rebalance(List.of(ONE, FeedRig.TWO));

        turns(1);

        assertThat(rig.log.checks).isEqualTo(1);
    }
}
