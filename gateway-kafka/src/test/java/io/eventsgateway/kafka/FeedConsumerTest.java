package io.eventsgateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsgateway.log.EventLog;
import io.eventsgateway.log.ForwardingEventLog;
import io.eventsgateway.log.Generation;
import io.eventsgateway.log.InMemoryEventLog;
import io.eventsgateway.route.DeadLetters;
import io.eventsgateway.route.Ingest;
import io.eventsgateway.route.IngestListener;
import io.eventsgateway.route.Organisations;
import io.eventsgateway.route.RecordDecoder;
import io.eventsgateway.route.Router;
import io.eventsgateway.topic.Feed;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a broker can't be brought to do when a test needs it. */
class FeedConsumerTest {

    private static final DeadLetters NO_LETTERS = (in, reason) -> CompletableFuture.completedStage(null);

    /** A loss of long ago, so that who begins now need not go back. */
    private final Generation lost =
            new Generation(1, Instant.now().minusSeconds(120), Instant.now().minusSeconds(100));

    private final EventLog log = new ForwardingEventLog() {

        private final EventLog memory = new InMemoryEventLog(Duration.ofHours(1), InstantSource.system());

        @Override
        protected EventLog delegate() {
            return memory;
        }

        @Override
        public Generation generation() {
            return lost;
        }
    };

    @Test
    void stillHasToGoBackWhenKafkaCouldNotBeSearched() {
        MockConsumer<byte[], byte[]> unanswered = new MockConsumer<>("earliest") {
            @Override
            public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
                    Map<TopicPartition, Long> times) {
                throw new TimeoutException("no leader");
            }
        };
        FeedConsumer before = consumer(unanswered, Generation.FIRST);

        assertThatThrownBy(before::run).isInstanceOf(TimeoutException.class);

        assertThat(before.generation()).isEqualTo(Generation.FIRST);
        MockConsumer<byte[], byte[]> next = new MockConsumer<>("earliest");
        assertThat(consumer(next, before.generation()).generation()).isEqualTo(Generation.FIRST);
        assertThat(consumer(next, null).generation()).isEqualTo(lost);
    }

    private FeedConsumer consumer(MockConsumer<byte[], byte[]> kafka, @Nullable Generation reached) {
        kafka.subscribe(List.of("t"));
        Ingest ingest = new Ingest(
                new RecordDecoder(new Organisations("acme"), 1000),
                Router.STANDARD,
                log,
                NO_LETTERS,
                IngestListener.NONE);
        Duration second = Duration.ofSeconds(1);
        KafkaOptions options = new KafkaOptions(Map.of(), Duration.ofHours(1), second, second, second, 1);
        return new FeedConsumer(Feed.TASK_MESSAGE, kafka, new Topics(Map.of()), ingest, NO_LETTERS, options, reached);
    }
}
