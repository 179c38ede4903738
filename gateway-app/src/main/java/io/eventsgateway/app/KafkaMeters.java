package io.eventsgateway.app;

import io.eventsgateway.topic.Feed;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import java.io.Closeable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import org.apache.kafka.clients.consumer.Consumer;

/** What Kafka's consumers measure of themselves. Any thread may call. */
final class KafkaMeters implements AutoCloseable {

    private static final ThreadFactory DAEMON = task -> {
        Thread thread = new Thread(task, "kafka-meters");
        thread.setDaemon(true);
        return thread;
    };

    private final MeterRegistry registry;
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor(DAEMON);

    /** Meters of a registry, which is lent. */
    KafkaMeters(MeterRegistry registry) {
        this.registry = registry;
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
