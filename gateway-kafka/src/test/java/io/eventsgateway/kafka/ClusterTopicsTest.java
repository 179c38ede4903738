package io.eventsgateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClusterTopicsTest {

    @Test
    void countsPartitionsThatNoBrokerLeads() {
        Node there = new Node(1, "kafka", 9092);

        assertThat(ClusterTopics.leaderless(
                        new TopicDescription("t", false, List.of(led(0, there), led(1, null), led(2, Node.noNode())))))
                .isEqualTo(2);
        assertThat(ClusterTopics.leaderless(new TopicDescription("t", false, List.of(led(0, there)))))
                .isZero();
    }

    private static TopicPartitionInfo led(int partition, @Nullable Node leader) {
        return new TopicPartitionInfo(partition, leader, List.of(), List.of());
    }
}
