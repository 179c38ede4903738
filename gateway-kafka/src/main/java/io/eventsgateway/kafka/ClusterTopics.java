package io.eventsgateway.kafka;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** {@link Topics} as the cluster describes them. Any thread may call. */
final class ClusterTopics implements Topics {

    /** How long brokers have to say where partitions end: no longer than an answer is waited for, so that those without are known by then. */
    private static final int ENDS_MILLIS =
            (int) ClusterAdmin.TIMEOUT.minusSeconds(2).toMillis();

    private final ClusterAdmin cluster;
    private final Map<String, String> ids = new ConcurrentHashMap<>();

    /** Which partitions of a topic no broker leads, as of when they were counted. */
    private final Map<String, Set<Integer>> leaderless = new ConcurrentHashMap<>();

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

    /** The names of all topics that one may know of. */
    Set<String> names() {
        return cluster.ask(admin -> ClusterAdmin.await(admin.listTopics().names()));
    }

    private Set<String> matching(Pattern pattern) {
        return names().stream().filter(pattern.asMatchPredicate()).collect(Collectors.toSet());
    }

    /** Of which partitions of some topics nothing can be read, in words, as of when they were counted; empty for none. */
    String unled(Collection<String> topics) {
        return topics.stream()
                .sorted()
                .filter(topic -> !leaderlessOf(topic).isEmpty())
                .map(topic -> "no broker leads " + leaderlessOf(topic).size() + " partitions of " + topic
                        + ": nothing of them can be read")
                .collect(Collectors.joining("; "));
    }

    private Set<Integer> leaderlessOf(String topic) {
        return leaderless.getOrDefault(topic, Set.of());
    }

    /** Which partitions of a topic have no leader. */
    static Set<Integer> leaderless(TopicDescription topic) {
        return topic.partitions().stream()
                .filter(partition ->
                        partition.leader() == null || partition.leader().isEmpty())
                .map(TopicPartitionInfo::partition)
                .collect(Collectors.toSet());
    }

    @Override
    public Set<TopicPartition> partitionsOf(FeedBinding binding) {
        Collection<String> names =
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

    /**
     * The offset behind the last record of each partition that there is, that may be read and that a broker leads.
     *
     * @throws TimeoutException if there is no answer for any of them
     */
    Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        for (TopicPartition partition : partitions) {
            if (!leaderlessOf(partition.topic()).contains(partition.partition())) {
                wanted.put(partition, OffsetSpec.latest());
            }
        }
        Map<TopicPartition, Long> ends = new HashMap<>();
        if (wanted.isEmpty()) {
            return ends;
        }
        Set<TopicPartition> unanswered = new HashSet<>();
        cluster.ask(admin -> {
            ListOffsetsOptions options = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED).timeoutMs(ENDS_MILLIS);
            ListOffsetsResult asked = admin.listOffsets(wanted, options);
            for (TopicPartition partition : wanted.keySet()) {
                try {
                    ends.put(
                            partition,
                            ClusterAdmin.await(asked.partitionResult(partition)).offset());
                } catch (UnknownTopicOrPartitionException | TopicAuthorizationException notThere) {
                    // its consumers get the same answer, and report it
                } catch (TimeoutException silent) {
                    // perhaps its leader has just gone: that is no fault of the client, nor of the other partitions
                    unanswered.add(partition);
                }
            }
            return ends;
        });
        if (unanswered.size() == wanted.size()) {
            throw new TimeoutException("no answer for any partition");
        }
        return ends;
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
                    leaderless.put(name, leaderless(topic));
                    // brokers before 2.8 give topics no ids
                    ids.put(
                            name,
                            topic.topicId().equals(Uuid.ZERO_UUID)
                                    ? name
                                    : topic.topicId().toString());
                } catch (UnknownTopicOrPartitionException missing) {
                    ids.remove(name);
                    leaderless.remove(name);
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
