package io.eventsgateway.app;

import io.eventsgateway.Text;
import io.eventsgateway.hub.CloseReason;
import io.eventsgateway.hub.HubListener;
import io.eventsgateway.kafka.FeedListener;
import io.eventsgateway.log.Appended;
import io.eventsgateway.log.Gap;
import io.eventsgateway.route.InboundRecord;
import io.eventsgateway.route.IngestListener;
import io.eventsgateway.topic.Feed;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what happens, and logs what somebody has to look at. Any thread may call. */
final class Meters implements HubListener, IngestListener, FeedListener {

    private static final Logger LOG = LoggerFactory.getLogger(Meters.class);

    private static final int MAX_REASON = 300;

    private final Map<Feed, Counter> appended = new EnumMap<>(Feed.class);
    private final Map<Feed, Counter> duplicates = new EnumMap<>(Feed.class);
    private final Map<Feed, Counter> rejected = new EnumMap<>(Feed.class);
    private final Map<Feed, Counter> skipped = new EnumMap<>(Feed.class);
    private final Map<Feed, Counter> lettersGivenUp = new EnumMap<>(Feed.class);
    private final Map<Feed, Counter> losses = new EnumMap<>(Feed.class);
    private final Map<Gap, Counter> resets = new EnumMap<>(Gap.class);
    private final Map<CloseReason, Counter> closed = new EnumMap<>(CloseReason.class);
    private final Counter delivered;
    private final Counter opened;

    Meters(MeterRegistry registry) {
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
        }
        for (Gap gap : EnumSet.complementOf(EnumSet.of(Gap.NONE))) {
            resets.put(gap, counter(registry, "events.gateway.resets", "Gaps told to clients", "reason", gap.reason()));
        }
        for (CloseReason reason : CloseReason.values()) {
            closed.put(
                    reason,
                    counter(registry, "events.gateway.closed", "Streams that are over", "reason", reason.label()));
        }
        delivered = Counter.builder("events.gateway.delivered")
                .description("Events handed to clients")
                .register(registry);
        opened = Counter.builder("events.gateway.opened")
                .description("Streams that were let in")
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, String name, String what, String tag, String value) {
        return Counter.builder(name).description(what).tag(tag, value).register(registry);
    }

    @Override
    public void appended(Feed feed, Appended result) {
        of(appended, feed).increment(result.events());
        of(duplicates, feed).increment(result.duplicates());
    }

    @Override
    public void rejected(Feed feed, InboundRecord in, String reason) {
        of(rejected, feed).increment();
        String traceparent = in.traceparent();
        LOG.warn(
                "Record rejected feed={} source={}{} reason=\"{}\"",
                feed.label(),
                in.source(),
                traceparent == null ? "" : " traceparent=" + traceparent,
                Text.forLog(reason, MAX_REASON));
    }

    @Override
    public void wentBack(Feed feed) {
        of(losses, feed).increment();
    }

    @Override
    public void failed(Feed feed, InboundRecord in, Throwable fault) {
        LOG.error("Record failed feed={} source={}", feed.label(), in.source(), fault);
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
    public void closed(CloseReason reason) {
        of(closed, reason).increment();
    }

    @Override
    public void failed(Throwable fault) {
        LOG.error("Streams failed, their clients come back", fault);
    }

    private static <K> Counter of(Map<K, Counter> counters, K key) {
        return Objects.requireNonNull(counters.get(key));
    }
}
