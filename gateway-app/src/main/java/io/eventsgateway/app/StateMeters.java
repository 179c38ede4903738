package io.eventsgateway.app;

import io.eventsgateway.app.manage.ManagementHandler;
import io.eventsgateway.hub.Backlog;
import io.eventsgateway.hub.Hub;
import io.eventsgateway.kafka.FeedState;
import io.eventsgateway.kafka.KafkaFeeds;
import io.eventsgateway.topic.Feed;
import io.eventsgateway.undertow.EventsHandler;
import io.eventsgateway.undertow.StreamKind;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import java.time.Duration;
import java.util.function.ToDoubleFunction;

/** Measures what there is at the moment, when it is asked for. */
final class StateMeters implements AutoCloseable {

    /** Meters that are read together within this time share what goes through all streams. */
    private static final Duration ONE_SCRAPE = Duration.ofMillis(500);

    private final MeterRegistry registry;
    private final JvmGcMetrics collections = new JvmGcMetrics();

    StateMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** The streams of a replica. */
    void add(EventsHandler events, Hub hub) {
        for (StreamKind kind : StreamKind.values()) {
            Gauge.builder("events.gateway.streams", events, each -> each.streams(kind))
                    .description("Open event streams: of one destination, of several, of a user's own events")
                    .tag("kind", kind.label())
                    .register(registry);
        }
        Gauge.builder("events.gateway.destinations", hub, Hub::destinations)
                .description("Destinations followed for open streams")
                .register(registry);
        RecentValue<Backlog> backlog = new RecentValue<>(hub::backlog, ONE_SCRAPE, System::nanoTime);
        Gauge.builder("events.gateway.streams.behind", backlog, each -> each.get()
                        .streams())
                .description("Open streams that have not got all that is in the log")
                .strongReference(true)
                .register(registry);
        Gauge.builder("events.gateway.events.behind", backlog, each -> each.get()
                        .events())
                .description("Events in the log that open streams have not got")
                .strongReference(true)
                .register(registry);
    }

    /** How feeds are read. */
    void add(KafkaFeeds feeds) {
        for (Feed feed : Feed.values()) {
            of(feeds, feed, "lag", "Records of its partitions here that are not in the log", FeedState::lag);
            of(
                    feeds,
                    feed,
                    "paused",
                    "Whether something keeps records from being read or appended",
                    each -> each.isPaused() ? 1 : 0);
            of(feeds, feed, "consumers", "Consumers of this replica", FeedState::consumers);
            of(feeds, feed, "partitions", "Partitions that this replica reads", FeedState::partitions);
            of(feeds, feed, "topics", "Topics that there are of those the feed reads", FeedState::topics);
            Gauge.builder(
                            "events.gateway.oldest.unread",
                            feeds,
                            each -> each.state(feed).oldestUnreadMillis() / 1000.0)
                    .description("For how long the oldest record that is not in the log has been in its topic, about")
                    .baseUnit("seconds")
                    .tag("feed", feed.label())
                    .register(registry);
        }
    }

    private void of(KafkaFeeds feeds, Feed feed, String name, String what, ToDoubleFunction<FeedState> value) {
        Gauge.builder("events.gateway." + name, feeds, each -> value.applyAsDouble(each.state(feed)))
                .description(what)
                .tag("feed", feed.label())
                .register(registry);
    }

    /** The process and its JVM, and what was built. */
    void addProcess() {
        Gauge.builder("events.gateway.build.info", () -> 1)
                .description("Always 1; its tags are what runs")
                .tag("version", ManagementHandler.version())
                .tag("java", Runtime.version().toString())
                .register(registry);
        new JvmThreadMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        collections.bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    @Override
    public void close() {
        collections.close();
    }
}
