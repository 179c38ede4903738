package io.eventsgateway.kafka;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Records that may need more memory than there is. Each partition of a feed is in one of these states:
 *
 * <table>
 *   <caption>States</caption>
 *   <tr><td>trusted</td><td>read with others; to <em>suspected</em> when memory runs out while it is read with others</td></tr>
 *   <tr><td>suspected</td><td>read alone, a record at a time, up to an offset; to <em>trusted</em> when it is past that; to <em>condemned</em>
 *       when memory ran out at one offset {@value #ATTEMPTS} times, each with another consumer</td></tr>
 *   <tr><td>condemned</td><td>the record at the offset is not read again but buried; then <em>suspected</em> at the next offset, where once is
 *       enough: what follows in the same compressed batch can't be had without it</td></tr>
 * </table>
 *
 * <p>One for the consumers of a feed in this process: a partition may be another one's next time. Any thread may call.
 */
final class Suspects {

    static final int ATTEMPTS = 3;

    private final Lock alone;
    private final Map<TopicPartition, Suspect> suspects = new ConcurrentHashMap<>();

    /**
     * How a partition stands.
     *
     * @param offset the record that may be the one
     * @param failures how often memory ran out while it was read alone
     */
    private record Suspect(long offset, int failures) {}

    /**
     * None yet.
     *
     * @param alone held while a record is read alone whose trial is committed: one at a time in a process, for all of it may end
     */
    Suspects(Lock alone) {
        this.alone = alone;
    }

    /** Held while a record is read alone whose trial is committed. */
    Lock alone() {
        return alone;
    }

    /** Whether memory ran out, as far as a failure says. */
    static boolean isMemory(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof OutOfMemoryError) {
                return true;
            }
        }
        return false;
    }

    /** Memory ran out while partitions were read together, which are about to read these offsets. */
    void suspect(Map<TopicPartition, Long> positions) {
        positions.forEach((partition, offset) -> suspects.merge(
                partition, new Suspect(offset, 0), (before, now) -> before.offset() >= now.offset() ? before : now));
    }

    /** Processes ended each time that this record was read alone. */
    void condemn(TopicPartition partition, long offset) {
        suspects.put(partition, new Suspect(offset, ATTEMPTS));
    }

    /** Memory ran out while this record was read alone. */
    void failedAlone(TopicPartition partition, long offset) {
        suspects.compute(
                partition,
                (key, before) ->
                        new Suspect(offset, before == null || before.offset() != offset ? 1 : before.failures() + 1));
    }

    /** One of these partitions that is to be read alone; null for none. */
    @Nullable
    TopicPartition among(Collection<TopicPartition> partitions) {
        return partitions.stream().filter(suspects::containsKey).findFirst().orElse(null);
    }

    /** Whether the record at an offset is not to be read again. */
    boolean isCondemned(TopicPartition partition, long offset) {
        Suspect suspect = suspects.get(partition);
        return suspect != null && suspect.offset() == offset && suspect.failures() >= ATTEMPTS;
    }

    /** A condemned record is buried. */
    void buried(TopicPartition partition, long offset) {
        suspects.put(partition, new Suspect(offset + 1, ATTEMPTS - 1));
    }

    /** Everything before an offset was read. */
    void read(TopicPartition partition, long next) {
        suspects.computeIfPresent(partition, (key, suspect) -> next > suspect.offset() ? null : suspect);
    }

    /** There is nothing to read. */
    void clear(TopicPartition partition) {
        suspects.remove(partition);
    }

    /** Where memory runs out, in words; empty for nowhere. */
    String problem() {
        return suspects.entrySet().stream()
                .filter(each -> each.getValue().failures() > 0)
                .map(each -> each.getKey() + "@" + each.getValue().offset())
                .collect(Collectors.collectingAndThen(
                        Collectors.joining(", "), where -> where.isEmpty() ? "" : "memory runs out at " + where));
    }
}
