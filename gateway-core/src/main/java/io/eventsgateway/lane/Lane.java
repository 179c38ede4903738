package io.eventsgateway.lane;

/**
 * One partition as one consumer group reads it: what offsets count in.
 *
 * @param group the consumer group: two that read the same partition append independently, so each has a lane of its own
 * @param topicId the topic's id, or its name where brokers give no ids; a topic that was made again under its name is another lane
 * @param partition the partition, from 0
 */
public record Lane(String group, String topicId, int partition) {

    /** What no topic's id or name has. */
    private static final char END_OF_PARTITION = '/';

    /** @throws IllegalArgumentException if the partition is negative or the id has a slash */
    public Lane {
        if (partition < 0 || topicId.indexOf(END_OF_PARTITION) >= 0) {
            throw new IllegalArgumentException(
                    "lane must have a topic id without a slash and a partition of at least 0, got " + topicId + " and "
                            + partition);
        }
    }

    /** As {@link io.eventsgateway.Source#partitionKey} of the records that are read. */
    public String partitionKey() {
        return topicId + "-" + partition;
    }

    /** The lane's name in a store; two lanes never have the same. */
    public String name() {
        return partitionKey() + END_OF_PARTITION + group;
    }
}
