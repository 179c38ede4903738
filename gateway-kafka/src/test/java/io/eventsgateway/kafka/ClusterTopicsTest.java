package io.eventsgateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClusterTopicsTest {

    private static final Node THERE = new Node(1, "kafka", 9092);
    private static final TopicPartition LED = new TopicPartition("t", 0);
    private static final TopicPartition UNLED = new TopicPartition("t", 1);

    private int made;
    private Set<TopicPartition> asked = Set.of();
    private Set<TopicPartition> silent = Set.of();
    private final ClusterTopics topics = new ClusterTopics(new ClusterAdmin(this::admin));

    @Test
    void knowsPartitionsThatNoBrokerLeads() {
        assertThat(ClusterTopics.leaderless(
                        new TopicDescription("t", false, List.of(led(0, THERE), led(1, null), led(2, Node.noNode())))))
                .containsExactlyInAnyOrder(1, 2);
        assertThat(ClusterTopics.leaderless(new TopicDescription("t", false, List.of(led(0, THERE)))))
                .isEmpty();
    }

    /** One partition of which nobody knows anything made all feeds' lag stand still, and had the client replaced each time. */
    @Test
    void findsTheEndsOfTheOthersWhereOnePartitionIsNotAnswered() {
        silent = Set.of(UNLED);

        assertThat(topics.ends(List.of(LED, UNLED))).isEqualTo(Map.of(LED, 7L));
        assertThat(topics.ends(List.of(LED, UNLED))).isEqualTo(Map.of(LED, 7L));
        assertThat(made).isEqualTo(1);
    }

    @Test
    void asksNobodyForTheEndsOfPartitionsThatNoBrokerLeads() {
        topics.partitions(List.of("t"));

        topics.ends(List.of(LED, UNLED));

        assertThat(asked).containsExactly(LED);
        assertThat(topics.unled(List.of("t"))).startsWith("no broker leads 1 partitions of t");
    }

    @Test
    void knowsNoEndsWhereNothingIsAnswered() {
        silent = Set.of(LED);

        assertThatThrownBy(() -> topics.ends(List.of(LED))).isInstanceOf(TimeoutException.class);
    }

    private Admin admin() {
        made++;
        return (Admin) Proxy.newProxyInstance(
                Admin.class.getClassLoader(),
                new Class<?>[] {Admin.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "listOffsets" -> {
                        asked = ((Map<?, ?>) arguments[0])
                                .keySet().stream()
                                        .map(TopicPartition.class::cast)
                                        .collect(Collectors.toSet());
                        yield ends(asked);
                    }
                    case "describeTopics" -> new Description();
                    case "equals" -> proxy == arguments[0];
                    case "close" -> null;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private ListOffsetsResult ends(Collection<TopicPartition> partitions) {
        Map<TopicPartition, KafkaFuture<ListOffsetsResultInfo>> ends = new HashMap<>();
        for (TopicPartition partition : partitions) {
            KafkaFutureImpl<ListOffsetsResultInfo> end = new KafkaFutureImpl<>();
            if (silent.contains(partition)) {
                end.completeExceptionally(new TimeoutException("no leader"));
            } else {
                end.complete(new ListOffsetsResultInfo(7, 0, Optional.empty()));
            }
            ends.put(partition, end);
        }
        return new ListOffsetsResult(ends);
    }

    private static TopicPartitionInfo led(int partition, @Nullable Node leader) {
        return new TopicPartitionInfo(partition, leader, List.of(), List.of());
    }

    /** Of a topic with two partitions, one of which has a leader. */
    private static final class Description extends DescribeTopicsResult {

        Description() {
            super(
                    null,
                    Map.of(
                            "t",
                            KafkaFuture.completedFuture(
                                    new TopicDescription("t", false, List.of(led(0, THERE), led(1, null))))));
        }
    }
}
