package io.eventsgateway.kafka;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures again and again how far the feeds are behind, on a thread of its own: brokers may take long to answer, and {@link ClusterWatch} is to
 * notice that. Any thread may call.
 */
final class LagWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LagWatch.class);
    private static final long EVERY_MILLIS = 5000;

    private final List<FeedGroup> groups;
    private final Function<Collection<TopicPartition>, Map<TopicPartition, Long>> ends;
    private final ScheduledExecutorService asking =
            new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "feeds-lag"));

    /**
     * Of groups that were not measured yet.
     *
     * @param ends the offset behind the last record of each partition, as far as it is known
     */
    LagWatch(List<FeedGroup> groups, Function<Collection<TopicPartition>, Map<TopicPartition, Long>> ends) {
        this.groups = List.copyOf(groups);
        this.ends = ends;
    }

    void start() {
        asking.scheduleWithFixedDelay(this::measure, EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** One question for all feeds. Where there is no answer, what was measured last stays: {@link ClusterWatch#problem} has why. */
    private void measure() {
        try {
            Map<FeedGroup, Map<TopicPartition, ReadPositions.Position>> positions = new HashMap<>();
            groups.forEach(group -> positions.put(group, group.positions()));
            Set<TopicPartition> read = new HashSet<>();
            positions.values().forEach(each -> read.addAll(each.keySet()));
            Map<TopicPartition, Long> found = ends.apply(read);
            positions.forEach((group, each) -> group.lag().measure(each, found));
        } catch (Throwable failed) {
            // an error too: a task that throws is never run again
            LOG.debug("Lag not measured, tried again", failed);
        }
    }

    /** Measures no more. */
    @Override
    public void close() {
        asking.shutdownNow();
    }
}
