package io.eventsgateway.kafka;

import io.eventsgateway.Source;
import io.eventsgateway.route.InboundRecord;
import io.eventsgateway.route.InboundRecord.Header;
import io.eventsgateway.topic.Feed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/** Polls records, and knows which topic each is of, even where one was made again under its name. Used by the consumer's thread. */
final class Poller {

    /** The client decompresses no more at a time, so that large records are in memory one by one; small ones are gathered. */
    static final int POLL_RECORDS = 1;

    static final int GATHERED_RECORDS = 500;
    private static final int GATHERED_BYTES = 1024 * 1024;
    private static final Duration POLL = Duration.ofMillis(500);

    private final Feed feed;
    private final Consumer<byte[], byte[]> consumer;
    private final Topics topics;
    private final Assignment assignment;
    private final Replay replay;
    private final Backpressure backpressure;

    /** Of a consumer. */
    Poller(
            Feed feed,
            Consumer<byte[], byte[]> consumer,
            Topics topics,
            Assignment assignment,
            Replay replay,
            Backpressure backpressure) {
        this.feed = feed;
        this.consumer = consumer;
        this.topics = topics;
        this.assignment = assignment;
        this.replay = replay;
        this.backpressure = backpressure;
    }

    /** Records to be taken together; none if none come within half a second. */
    List<InboundRecord> gather() {
        List<InboundRecord> batch = new ArrayList<>();
        long bytes = 0;
        Duration wait = POLL;
        List<InboundRecord> polled;
        do {
            polled = poll(wait, batch);
            batch.addAll(polled);
            bytes += polled.stream().mapToLong(Poller::size).sum();
            wait = Duration.ZERO;
        } while (!polled.isEmpty() && batch.size() < GATHERED_RECORDS && bytes < GATHERED_BYTES);
        return batch;
    }

    /** What one poll brings; nothing if nothing comes within half a second. */
    List<InboundRecord> poll() {
        return poll(POLL, new ArrayList<>());
    }

    /** Polls once; of what was polled before, that is dropped which will be polled again. */
    private List<InboundRecord> poll(Duration wait, List<InboundRecord> before) {
        ConsumerRecords<byte[], byte[]> polled = consumer.poll(wait);
        backpressure.polled();
        // what was polled before of partitions that went and came back is polled again
        Set<TopicPartition> come = assignment.takeCome();
        Set<TopicPartition> again = replay.restartRecreated();
        before.removeIf(in -> {
            TopicPartition partition = Assignment.partition(in.source());
            return come.contains(partition) || again.contains(partition);
        });
        return inbound(polled, again);
    }

    private List<InboundRecord> inbound(ConsumerRecords<byte[], byte[]> polled, Set<TopicPartition> except) {
        List<InboundRecord> batch = new ArrayList<>(polled.count());
        for (TopicPartition partition : polled.partitions()) {
            if (except.contains(partition)) {
                continue;
            }
            List<ConsumerRecord<byte[], byte[]>> records = polled.records(partition);
            // by index: OpenTelemetry's agent makes a span of each step of an iterator, and Ingest makes one of what it
            // does with the record
            for (int i = 0; i < records.size(); i++) {
                batch.add(inbound(partition, records.get(i)));
            }
        }
        return batch;
    }

    private InboundRecord inbound(TopicPartition partition, ConsumerRecord<byte[], byte[]> each) {
        if (assignment.reads(partition, each.offset())) {
            topics.refresh(Set.of(each.topic()));
        }
        List<Header> headers = new ArrayList<>();
        each.headers().forEach(header -> headers.add(new Header(header.key(), header.value())));
        Source source = new Source(each.topic(), topics.id(each.topic()), each.partition(), each.offset());
        return new InboundRecord(feed, source, each.key(), each.value(), headers, each.timestamp());
    }

    /** About what a record takes of memory. */
    static long size(InboundRecord in) {
        byte[] key = in.key();
        byte[] value = in.value();
        long size = key == null ? 0 : key.length;
        size += value == null ? 0 : value.length;
        for (Header header : in.headers()) {
            byte[] text = header.value();
            size += header.name().length() + (text == null ? 0 : text.length);
        }
        return size;
    }
}
