package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SentRecordsTest {

    private final SentRecords sent = new SentRecords(2);

    @Test
    void missesNothingThatKafkaNeverAcknowledged() {
        for (int i = 0; i < 5; i++) {
            sent.send(1);
        }
        sent.acknowledge(1, 0);
        sent.acknowledge(1, 2);
        sent.acknowledge(1, 3);

        assertThat(sent.acknowledged()).isEqualTo(3);
        assertThat(sent.acknowledgedFrom(1, 0)).isEqualTo(3);
        assertThat(sent.acknowledgedFrom(1, 3)).isEqualTo(1);
        assertThat(sent.acknowledgedFrom(1, 4)).isZero();
        assertThat(sent.acknowledgedOf(1, LongStream.of(1, 2, 4))).isEqualTo(1);
        assertThat(sent.acknowledgedFrom(0, 0)).isZero();
        assertThat(sent.open()).isEqualTo(2);
    }
}
