package io.eventsgateway.kafka;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** {@link Topics} as the cluster describes them. Any thread may call. */
final class ClusterTopics implements Topics {

    private final ClusterAdmin cluster;
    private final Map<String, String> ids = new ConcurrentHashMap<>();

    /** Of a cluster, which is lent; nothing is asked yet. */
    ClusterTopics(ClusterAdmin cluster) {
        this.cluster = cluster;
    }

    @Override
    public String id(String topic) {
        String known = ids.get(topic);
        if (known != null) {
            return known;
        }
        refresh(Set.of(topic));
        String id = ids.get(topic);
        if (id == null) {
            throw new UnknownTopicOrPartitionException("topic " + topic + " is not there any more");
        }
        return id;
    }

    @Override
    public @Nullable String known(String topic) {
        return ids.get(topic);
    }

    @Override
    public void refresh(Collection<String> topics) {
        ids.keySet().removeAll(topics);
        partitions(topics);
    }

    /** The names of topics that match a pattern. */
    List<String> matching(Pattern pattern) {
        List<String> matching = new ArrayList<>();
        for (String name :
                cluster.ask(admin -> ClusterAdmin.await(admin.listTopics().names()))) {
            if (pattern.matcher(name).matches()) {
                matching.add(name);
            }
        }
        return matching;
    }

    @Override
    public Set<TopicPartition> partitionsOf(FeedBinding binding) {
        List<String> names =
                binding.feed().isPattern() ? matching(Pattern.compile(binding.reads())) : List.of(binding.reads());
        Set<TopicPartition> partitions = new HashSet<>();
        partitions(names).forEach((name, count) -> {
            for (int number = 0; number < count; number++) {
                partitions.add(new TopicPartition(name, number));
            }
        });
        return partitions;
    }

    @Override
    public Set<TopicPartition> committed(String group) {
        return cluster.ask(admin ->
                        ClusterAdmin.await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()))
                .keySet();
    }

    /** The offset behind the last record of each partition that there is and may be read. */
    Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
        Map<TopicPartition, Long> ends = new HashMap<>();
        if (partitions.isEmpty()) {
            return ends;
        }
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        partitions.forEach(partition -> wanted.put(partition, OffsetSpec.latest()));
        return cluster.ask(admin -> {
            ListOffsetsResult asked = admin.listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED));
            for (TopicPartition partition : wanted.keySet()) {
                try {
                    ends.put(
                            partition,
                            ClusterAdmin.await(asked.partitionResult(partition)).offset());
                } catch (UnknownTopicOrPartitionException | TopicAuthorizationException notThere) {
                    // its consumers get the same answer, and report it
                }
            }
            return ends;
        });
    }

    /** How many partitions there are, of the topics that exist; none of those one may not ask of. Learns their ids. */
    Map<String, Integer> partitions(Collection<String> topics) {
        Map<String, Integer> found = new HashMap<>();
        if (topics.isEmpty()) {
            return found;
        }
        return cluster.ask(admin -> {
            admin.describeTopics(new HashSet<>(topics)).topicNameValues().forEach((name, asked) -> {
                try {
                    TopicDescription topic = ClusterAdmin.await(asked);
                    found.put(name, topic.partitions().size());
                    // brokers before 2.8 give topics no ids
                    ids.put(
                            name,
                            topic.topicId().equals(Uuid.ZERO_UUID)
                                    ? name
                                    : topic.topicId().toString());
                } catch (UnknownTopicOrPartitionException missing) {
                    ids.remove(name);
                } catch (TopicAuthorizationException denied) {
                    // its consumers get the same answer, and report it
                    ids.remove(name);
                    found.put(name, 0);
                }
            });
            return found;
        });
    }
}
