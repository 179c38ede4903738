package io.eventsgateway.app;

import io.eventsgateway.topic.Feed;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import java.io.Closeable;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import org.apache.kafka.clients.consumer.Consumer;

/**
 * What Kafka's consumers measure of themselves, of which only what helps to find a fault is kept: each of them has some 150 meters, and more
 * for each topic and partition. Any thread may call.
 */
final class KafkaMeters implements AutoCloseable {

    /** What is kept, by Micrometer's names. */
    private static final Set<String> KEPT = Set.of(
            "kafka.consumer.connection.count",
            "kafka.consumer.failed.authentication.total",
            "kafka.consumer.request.latency.avg",
            "kafka.consumer.time.between.poll.max",
            "kafka.consumer.poll.idle.ratio.avg",
            "kafka.consumer.coordinator.assigned.partitions",
            "kafka.consumer.coordinator.failed.rebalance.total",
            "kafka.consumer.coordinator.heartbeat.response.time.max",
            "kafka.consumer.coordinator.last.heartbeat.seconds.ago",
            "kafka.consumer.coordinator.rebalance.total",
            "kafka.consumer.coordinator.rebalance.latency.max",
            "kafka.consumer.fetch.manager.bytes.consumed.total",
            "kafka.consumer.fetch.manager.fetch.latency.avg",
            "kafka.consumer.fetch.manager.fetch.latency.max",
            "kafka.consumer.fetch.manager.fetch.throttle.time.max",
            "kafka.consumer.fetch.manager.fetch.total",
            "kafka.consumer.fetch.manager.records.consumed.total",
            "kafka.consumer.fetch.manager.records.lag.max");

    private static final ThreadFactory DAEMON = task -> {
        Thread thread = new Thread(task, "kafka-meters");
        thread.setDaemon(true);
        return thread;
    };

    private final MeterRegistry registry;
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor(DAEMON);

    /** Keeps of what is registered from now on only what helps. */
    KafkaMeters(MeterRegistry registry) {
        this.registry = registry;
        registry.config().meterFilter(new MeterFilter() {
            @Override
            public MeterFilterReply accept(Meter.Id id) {
                boolean kafka = id.getName().startsWith("kafka.");
                // once for a consumer, and not once more for each topic and partition
                return kafka && (!KEPT.contains(id.getName()) || id.getTag("topic") != null)
                        ? MeterFilterReply.DENY
                        : MeterFilterReply.NEUTRAL;
            }
        });
    }

    /** Registers what a consumer measures, until what is returned is closed. */
    Closeable watch(Feed feed, Consumer<?, ?> consumer) {
        KafkaClientMetrics metrics = new KafkaClientMetrics(consumer, Tags.of("feed", feed.label()), scheduler);
        metrics.bindTo(registry);
        return metrics::close;
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}
