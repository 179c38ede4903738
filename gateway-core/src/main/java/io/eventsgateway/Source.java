package io.eventsgateway;

/**
 * Where a record stood in Kafka; what makes appending it twice the same as once.
 *
 * @param topic the topic's name, for people
 * @param topicId the topic's own id (KIP-516): a topic made again under its name is another source
 * @param partition the partition, from 0
 * @param offset the offset within the partition, from 0
 */
public record Source(String topic, String topicId, int partition, long offset) {

    /** @throws IllegalArgumentException if partition or offset is negative */
    public Source {
        if (partition < 0 || offset < 0) {
            throw new IllegalArgumentException(
                    "partition and offset must be at least 0, got " + partition + " and " + offset);
        }
    }

    /** What the offset counts in: the topic's id and the partition. */
    public String partitionKey() {
        return topicId + "-" + partition;
    }

    /** {@code topic-partition@offset}, as logs show it. */
    @Override
    public String toString() {
        return topic + "-" + partition + "@" + offset;
    }
}
