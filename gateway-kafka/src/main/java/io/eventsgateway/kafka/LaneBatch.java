package io.eventsgateway.kafka;

import static io.eventsgateway.kafka.Assignment.partition;

import io.eventsgateway.lane.Claim;
import io.eventsgateway.lane.Found;
import io.eventsgateway.lane.Lane;
import io.eventsgateway.lane.LaneClaims;
import io.eventsgateway.lane.LaneReader;
import io.eventsgateway.log.Left;
import io.eventsgateway.route.InboundRecord;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * What is under way of some partitions: records on their way into the log, or a check of what it has. What is answered counts for the readers
 * that began it; another consumer may have their partitions by then, or another reader of this one. Used by the consumer's thread.
 */
final class LaneBatch {

    private final Map<TopicPartition, LaneReader> readers;
    private final Map<Lane, LaneReader> byLane = new HashMap<>();

    private LaneBatch(Map<TopicPartition, LaneReader> readers) {
        this.readers = Map.copyOf(readers);
        readers.values().forEach(reader -> byLane.put(reader.lane(), reader));
    }

    /** Begins with records, those of one partition in the order of their offsets and each with a reader. */
    static LaneBatch of(List<InboundRecord> records, LaneReaders readers) {
        Map<TopicPartition, Long> ends = new HashMap<>();
        records.forEach(in -> ends.merge(partition(in.source()), in.source().offset() + 1, Math::max));
        LaneBatch batch = new LaneBatch(readers.of(ends.keySet()));
        // offsets may be below the next one where Kafka has less than was committed
        batch.readers.forEach(
                (partition, reader) -> reader.begin(Math.max(reader.next(), ends.getOrDefault(partition, 0L))));
        return batch;
    }

    /** Begins with all records that wait, those of one partition in the order of their offsets. */
    static LaneBatch retry(List<InboundRecord> records, LaneReaders readers) {
        LaneBatch batch = new LaneBatch(readers.of(records));
        batch.readers.values().forEach(LaneReader::retry);
        return batch;
    }

    /** Begins a check of some partitions. */
    static LaneBatch check(Collection<TopicPartition> partitions, LaneReaders readers) {
        LaneBatch batch = new LaneBatch(readers.of(partitions));
        batch.readers.values().forEach(reader -> reader.begin(reader.next()));
        return batch;
    }

    Map<TopicPartition, LaneReader> readers() {
        return readers;
    }

    List<LaneClaims> claims() {
        return readers.values().stream().map(LaneReader::claims).toList();
    }

    /** What a check claims: nothing of what is under way. */
    List<LaneClaims> checkClaims() {
        return readers.values().stream().map(LaneReader::checkClaims).toList();
    }

    /** All of it is where it should be, but for what was left, and the log has taken these claims. */
    void completed(List<Claim> claims, List<Left> left) {
        claims.forEach(this::acknowledged);
        Map<TopicPartition, Map<Integer, Set<Long>>> by = new HashMap<>();
        left.forEach(each -> by.computeIfAbsent(partition(each.source()), of -> new HashMap<>())
                .computeIfAbsent(each.tag(), of -> new HashSet<>())
                .add(each.source().offset()));
        readers.forEach((partition, reader) -> reader.completed(by.getOrDefault(partition, Map.of())));
    }

    /** The log answered these claims; some may be refused. */
    void found(List<Found> found) {
        for (Found each : found) {
            LaneReader reader = byLane.get(each.claim().lane());
            if (reader != null) {
                reader.refused(each);
            }
        }
    }

    /** The log answered a check: what is not refused was taken. */
    void checked(List<Found> found) {
        found.stream().filter(each -> !each.isLoss()).forEach(each -> acknowledged(each.claim()));
        found(found);
    }

    private void acknowledged(Claim claim) {
        LaneReader reader = byLane.get(claim.lane());
        if (reader != null) {
            reader.acknowledged(claim);
        }
    }

    /** Whether the log has lost something. */
    boolean isRefused() {
        return readers.values().stream().anyMatch(reader -> reader.state() == LaneReader.State.REFUSED);
    }

    /** Not all of it is where it should be, and nothing is under way: it is read again, or sent again. */
    void giveUp() {
        readers.values().stream()
                .filter(reader -> reader.state() == LaneReader.State.SENDING)
                .forEach(LaneReader::giveUp);
    }
}
