package io.eventsgateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class RecentOffsetsTest {

    private static final Instant START = Instant.EPOCH;

    private final TopicPartition partition = new TopicPartition("t", 0);
    private final RecentOffsets recent = new RecentOffsets(Duration.ofSeconds(60));

    @Test
    void returnsTheFirstOffsetSinceATimeOrUpToASecondBefore() {
        for (int i = 0; i < 100; i++) {
            recent.appended(partition, 1000 + i, START.plusMillis(100L * i));
        }

        assertThat(recent.since(partition, START)).isEqualTo(1000);
        assertThat(recent.since(partition, START.plusMillis(5500))).isBetween(1045L, 1055L);
        assertThat(recent.since(partition, START.plusSeconds(20))).isNull();
        assertThat(recent.since(new TopicPartition("t", 1), START)).isNull();
    }

    @Test
    void returnsTheLowestWhenSomeWereReadAgain() {
        recent.appended(partition, 1000, START);
        recent.appended(partition, 2000, START.plusSeconds(2));
        recent.appended(partition, 1500, START.plusSeconds(2));

        assertThat(recent.since(partition, START.plusSeconds(2))).isEqualTo(1500);
    }

    @Test
    void forgetsWhatIsOldAndWhatIsAnothers() {
        recent.appended(partition, 1, START);
        recent.appended(partition, 2, START.plusSeconds(50));
        recent.appended(partition, 3, START.plusSeconds(100));

        assertThat(recent.since(partition, START)).isEqualTo(2);
        recent.forget(List.of(partition));
        assertThat(recent.since(partition, START)).isNull();
    }
}
