package io.eventsgateway.app;

import io.eventsgateway.topic.Feed;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;

/** What Kafka's consumers measure of themselves. Any thread may call. */
final class KafkaMeters implements AutoCloseable {

    private static final ThreadFactory DAEMON = task -> {
        Thread thread = new Thread(task, "kafka-meters");
        thread.setDaemon(true);
        return thread;
    };

    private final MeterRegistry registry;
    private final Scheduler scheduler = new Scheduler();

    /** Meters of a registry, which is lent. */
    KafkaMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Registers what a consumer measures, until what is returned is closed. */
    Closeable watch(Feed feed, Consumer<?, ?> consumer) {
        KafkaClientMetrics metrics = new KafkaClientMetrics(consumer, Tags.of("feed", feed.label()), scheduler);
        List<Future<?>> begun = scheduler.begunBy(() -> metrics.bindTo(registry));
        return () -> {
            begun.forEach(task -> task.cancel(false));
            metrics.close();
        };
    }

    /** How many tasks look for new measurements of consumers. */
    int tasks() {
        return scheduler.getQueue().size();
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
    }

    /**
     * One thread for the tasks of all consumers. It remembers who began which, since {@link KafkaClientMetrics#close} leaves its task, and the
     * consumer with it, in a scheduler that it was lent.
     */
    private static final class Scheduler extends ScheduledThreadPoolExecutor {

        // guarded by this
        private List<Future<?>> begun = new ArrayList<>();

        Scheduler() {
            super(1, DAEMON);
            setRemoveOnCancelPolicy(true);
        }

        synchronized List<Future<?>> begunBy(Runnable work) {
            begun = new ArrayList<>();
            work.run();
            return begun;
        }

        @Override
        public synchronized ScheduledFuture<?> scheduleAtFixedRate(
                Runnable task, long delay, long period, TimeUnit unit) {
            ScheduledFuture<?> future = super.scheduleAtFixedRate(task, delay, period, unit);
            begun.add(future);
            return future;
        }
    }
}
