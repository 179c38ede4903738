package io.eventsgateway.app;

import io.eventsgateway.Destination;
import io.eventsgateway.EventId;
import io.eventsgateway.Source;
import io.eventsgateway.Text;
import io.eventsgateway.hub.CloseReason;
import io.eventsgateway.hub.DeliverySpan;
import io.eventsgateway.hub.HubListener;
import io.eventsgateway.kafka.FeedListener;
import io.eventsgateway.log.Appended;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.Gap;
import io.eventsgateway.redis.RedisListener;
import io.eventsgateway.route.InboundRecord;
import io.eventsgateway.route.IngestListener;
import io.eventsgateway.route.RecordSpan;
import io.eventsgateway.topic.Feed;
import io.eventsgateway.undertow.Refusal;
import io.eventsgateway.undertow.StreamListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.BaseUnits;
import java.io.Closeable;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what happens, has it traced, and logs what somebody has to look at. Any thread may call. */
final class Meters implements HubListener, IngestListener, FeedListener, StreamListener, RedisListener, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Meters.class);

    private static final int MAX_REASON = 300;

    private static final Duration[] DELAYS =
            seconds(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60);
    private static final Duration[] ANSWERS =
            seconds(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5);
    private static final Duration[] AGES =
            seconds(1, 5, 10, 30, 45, 60, 61, 90, 120, 300, 600, 1800, 3600, 4 * 3600, 24 * 3600);

    private final Floods floods = new Floods(io.eventsgateway.hub.Timer.SYSTEM);
    private final Traces traces;
    private final KafkaMeters kafka;
    private final Map<Feed, Counter> appended = new EnumMap<>(Feed.class);
    private final Map<Feed, Counter> duplicates = new EnumMap<>(Feed.class);
    private final Map<Feed, Counter> rejected = new EnumMap<>(Feed.class);
    private final Map<Feed, Counter> skipped = new EnumMap<>(Feed.class);
    private final Map<Feed, Counter> lettersGivenUp = new EnumMap<>(Feed.class);
    private final Map<Feed, Counter> losses = new EnumMap<>(Feed.class);
    private final Map<Gap, Counter> resets = new EnumMap<>(Gap.class);
    private final Map<CloseReason, Counter> closed = new EnumMap<>(CloseReason.class);
    private final Map<Refusal, Counter> refused = new EnumMap<>(Refusal.class);
    private final Map<Feed, Timer> appendDelays = new EnumMap<>(Feed.class);
    private final Map<CloseReason, Timer> ages = new EnumMap<>(CloseReason.class);
    private final Counter delivered;
    private final Counter opened;
    private final Counter written;
    private final Timer deliveryDelay;
    private final Timer redisAnswers;

    Meters(MeterRegistry registry, Traces traces) {
        this.traces = traces;
        registry.config().meterFilter(new KeptMeters());
        kafka = new KafkaMeters(registry);
        for (Feed feed : Feed.values()) {
            appended.put(feed, counter(registry, "events.gateway.appended", "Events appended", "feed", feed.label()));
            duplicates.put(
                    feed,
                    counter(
                            registry,
                            "events.gateway.duplicates",
                            "Records that had been appended",
                            "feed",
                            feed.label()));
            rejected.put(
                    feed,
                    counter(registry, "events.gateway.rejected", "Records that can't be used", "feed", feed.label()));
            skipped.put(
                    feed,
                    counter(
                            registry,
                            "events.gateway.skipped",
                            "Records older than the retention when their group began",
                            "feed",
                            feed.label()));
            lettersGivenUp.put(
                    feed,
                    counter(
                            registry,
                            "events.gateway.letters.given.up",
                            "Rejected records that the dead-letter topic did not take",
                            "feed",
                            feed.label()));
            losses.put(
                    feed,
                    counter(
                            registry,
                            "events.gateway.losses",
                            "Losses of Redis after which records were read again",
                            "feed",
                            feed.label()));
            appendDelays.put(
                    feed,
                    timer("events.gateway.append.delay", DELAYS)
                            .description("From a record's timestamp until its events were in the log")
                            .tag("feed", feed.label())
                            .register(registry));
        }
        for (Gap gap : EnumSet.complementOf(EnumSet.of(Gap.NONE))) {
            resets.put(gap, counter(registry, "events.gateway.resets", "Gaps told to clients", "reason", gap.reason()));
        }
        for (CloseReason reason : CloseReason.values()) {
            closed.put(
                    reason,
                    counter(registry, "events.gateway.closed", "Streams that are over", "reason", reason.label()));
            ages.put(
                    reason,
                    timer("events.gateway.stream.age", AGES)
                            .description("How long streams lasted that are over")
                            .tag("reason", reason.label())
                            .register(registry));
        }
        for (Refusal reason : Refusal.values()) {
            refused.put(
                    reason,
                    counter(
                            registry,
                            "events.gateway.refused",
                            "Requests for a stream that got none",
                            "reason",
                            reason.label()));
        }
        delivered = Counter.builder("events.gateway.delivered")
                .description("Events handed to clients")
                .register(registry);
        opened = Counter.builder("events.gateway.opened")
                .description("Streams that were let in")
                .register(registry);
        written = Counter.builder("events.gateway.written")
                .description("What sockets took of streams")
                .baseUnit(BaseUnits.BYTES)
                .register(registry);
        deliveryDelay = timer("events.gateway.delivery.delay", DELAYS)
                .description("From an event's place in the log until it was written to a stream that was open then")
                .register(registry);
        redisAnswers = timer("events.gateway.redis.answer", ANSWERS)
                .description("From sending a command to Redis until its answer was there")
                .register(registry);
    }

    private static Duration[] seconds(double... seconds) {
        return Arrays.stream(seconds)
                .mapToObj(each -> Duration.ofNanos(Math.round(each * 1e9)))
                .toArray(Duration[]::new);
    }

    private static Timer.Builder timer(String name, Duration... buckets) {
        return Timer.builder(name).serviceLevelObjectives(buckets);
    }

    private static Counter counter(MeterRegistry registry, String name, String what, String tag, String value) {
        return Counter.builder(name).description(what).tag(tag, value).register(registry);
    }

    @Override
    public void routed(Feed feed, InboundRecord in, List<Entry> entries) {
        if (LOG.isDebugEnabled()) {
            LOG.debug(
                    "Record routed feed={} source={}{} destinations=\"{}\"",
                    feed.label(),
                    in.source(),
                    traceparent(in),
                    Text.forLog(entries.stream()
                            .map(entry -> entry.destination().organisation() + "/"
                                    + entry.destination().path())
                            .collect(Collectors.joining(","))));
        }
    }

    @Override
    public @Nullable RecordSpan taken(Feed feed, InboundRecord in) {
        return traces.taken(feed, in);
    }

    @Override
    public @Nullable DeliverySpan delivering(Destination destination, EventId id, String traceparent) {
        return traces.delivering(destination, id, traceparent);
    }

    @Override
    public void appended(Feed feed, List<InboundRecord> batch, Appended result) {
        if (LOG.isDebugEnabled()) {
            LOG.debug(
                    "Records appended feed={} records={} events={} duplicates={} left={} sources={}",
                    feed.label(),
                    batch.size(),
                    result.events(),
                    result.duplicates(),
                    result.left().size(),
                    Text.forLog(
                            batch.stream().map(each -> each.source().toString()).collect(Collectors.joining(","))));
        }
        of(appended, feed).increment(result.events());
        of(duplicates, feed).increment(result.duplicates());
        if (result.duplicates() > 0 || !result.left().isEmpty()) {
            // read again after a restart or a loss, when its age says nothing
            return;
        }
        Timer delays = of(appendDelays, feed);
        long now = System.currentTimeMillis();
        for (InboundRecord each : batch) {
            if (each.timestamp() >= 0) {
                delays.record(Math.max(0, now - each.timestamp()), TimeUnit.MILLISECONDS);
            }
        }
    }

    @Override
    public Closeable reads(Feed feed, Consumer<?, ?> consumer) {
        return kafka.watch(feed, consumer);
    }

    @Override
    public void answered(long nanos) {
        redisAnswers.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void rejected(Feed feed, InboundRecord in, String reason) {
        of(rejected, feed).increment();
        String why = Text.forLog(reason, MAX_REASON);
        // not the record, which may be large: a flood keeps what it logs for a second
        Source source = in.source();
        String trace = traceparent(in);
        LOG.debug("Record rejected feed={} source={}{} reason=\"{}\"", feed.label(), source, trace, why);
        floods.add(
                "rejected " + feed.label() + " " + why,
                records -> LOG.warn(
                        "Record rejected feed={} source={}{} reason=\"{}\"{}",
                        feed.label(),
                        source,
                        trace,
                        why,
                        count("records", records)));
    }

    private static String traceparent(InboundRecord in) {
        String traceparent = in.traceparent();
        return traceparent == null ? "" : " traceparent=" + traceparent;
    }

    private static String count(String what, long many) {
        return many == 1 ? "" : " " + what + "=" + many;
    }

    @Override
    public void wentBack(Feed feed) {
        of(losses, feed).increment();
    }

    @Override
    public void failed(Feed feed, InboundRecord in, Throwable fault) {
        Source source = in.source();
        floods.add(
                "failed " + feed.label() + " " + fault.getClass().getName(),
                records -> LOG.error(
                        "Record failed feed={} source={}{}", feed.label(), source, count("records", records), fault));
    }

    @Override
    public void skipped(Feed feed, long records) {
        of(skipped, feed).increment((double) records);
    }

    @Override
    public void letterGivenUp(Feed feed) {
        of(lettersGivenUp, feed).increment();
    }

    @Override
    public void opened() {
        opened.increment();
    }

    @Override
    public void delivered(int events) {
        delivered.increment(events);
    }

    @Override
    public void reset(Gap gap) {
        of(resets, gap).increment();
    }

    @Override
    public void delayed(long millis) {
        deliveryDelay.record(millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void written(int bytes) {
        written.increment(bytes);
    }

    @Override
    public void closed(CloseReason reason, Duration after) {
        of(closed, reason).increment();
        of(ages, reason).record(after);
    }

    @Override
    public void refused(Refusal reason) {
        of(refused, reason).increment();
    }

    @Override
    public void failed(Throwable fault) {
        floods.add(
                "streams " + fault.getClass().getName(),
                streams -> LOG.error("Streams failed, their clients come back{}", count("faults", streams), fault));
    }

    /** Ends what it does beside being called. */
    @Override
    public void close() {
        kafka.close();
    }

    private static <K, M> M of(Map<K, M> meters, K key) {
        return Objects.requireNonNull(meters.get(key));
    }
}
