package io.eventsgateway.app;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import java.util.Set;

/**
 * Keeps of what libraries measure what helps to find a fault: each of Kafka's consumers has some 150 meters, and more for each topic and
 * partition. Left out are also names that Prometheus's own check refuses. Any thread may call.
 */
final class KeptMeters implements MeterFilter {

    /** What is kept of Kafka's consumers, by Micrometer's names. */
    private static final Set<String> OF_KAFKA = Set.of(
            "kafka.consumer.failed.authentication.total",
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

    private static final Set<String> BADLY_NAMED = Set.of("process.cpu.time", "system.cpu.count");

    @Override
    public MeterFilterReply accept(Meter.Id id) {
        String name = id.getName();
        boolean left = BADLY_NAMED.contains(name)
                // once for a consumer, and not once more for each topic and partition
                || (name.startsWith("kafka.") && (!OF_KAFKA.contains(name) || id.getTag("topic") != null));
        return left ? MeterFilterReply.DENY : MeterFilterReply.NEUTRAL;
    }
}
