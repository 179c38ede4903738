package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.topic.Feed;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.junit.jupiter.api.Test;

class KafkaMetersTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    /** Each refused consumer is closed and made anew every ten seconds, for as long as it is refused. */
    @Test
    void keepsNothingOfConsumersThatAreClosed() throws IOException {
        try (KafkaMeters meters = new KafkaMeters(registry)) {
            for (int i = 0; i < 1000; i++) {
                meters.watch(Feed.TASK_MESSAGE, new MockConsumer<>("latest")).close();
            }

            assertThat(meters.tasks()).isZero();
            assertThat(registry.getMeters()).isEmpty();
        }
    }

    @Test
    void looksForNewMeasurementsUntilAConsumerIsClosed() throws IOException {
        try (KafkaMeters meters = new KafkaMeters(registry);
                MockConsumer<byte[], byte[]> one = new MockConsumer<>("latest");
                MockConsumer<byte[], byte[]> other = new MockConsumer<>("latest")) {
            meters.watch(Feed.TASK_MESSAGE, one);
            meters.watch(Feed.TASK_MESSAGE, other).close();

            assertThat(meters.tasks()).isEqualTo(1);
        }
    }
}
