package io.eventsgateway.kafka;

import java.util.Collection;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer asks of the topics that it reads: their ids, their partitions, and what was committed. Any thread may call; a call blocks
 * for as long as the cluster takes, and throws a {@link org.apache.kafka.common.KafkaException} where there is no answer.
 */
interface Topics {

    /** A topic's id; asked for once, until it is {@link #refresh}ed. */
    String id(String topic);

    /** A topic's id as far as it is known without asking; null while the topic is not there. Never blocks. */
    @Nullable
    String known(String topic);

    /** Asks for ids anew: a topic may have been made again under its name. */
    void refresh(Collection<String> topics);

    /** All partitions that a feed reads now. */
    Set<TopicPartition> partitionsOf(FeedBinding binding);

    /** The partitions for which a group has committed an offset. */
    Set<TopicPartition> committed(String group);
}
