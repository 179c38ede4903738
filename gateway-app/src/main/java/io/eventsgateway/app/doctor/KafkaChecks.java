package io.eventsgateway.app.doctor;

import io.eventsgateway.config.Environment;
import io.eventsgateway.config.HostAndPort;
import io.eventsgateway.kafka.FeedBinding;
import io.eventsgateway.kafka.KafkaClientSettings;
import io.eventsgateway.kafka.KafkaSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.common.Node;

/** What is looked at of Kafka: each bootstrap server, and then the cluster that they lead to. Any thread may call. */
final class KafkaChecks {

    /** Of a check that waits for one of a server. */
    private static final Duration BOTH = Check.PATIENCE.multipliedBy(2).plusSeconds(1);

    private static final String CLUSTER = "kafka cluster";
    private static final int CONNECT_MILLIS = 2000;

    private final KafkaCluster cluster;

    private KafkaChecks(KafkaCluster cluster) {
        this.cluster = cluster;
    }

    /**
     * All of an environment.
     *
     * @param cluster which is lent
     */
    static List<Check> of(Environment environment, KafkaCluster cluster, int processors) {
        List<HostAndPort> servers = environment.get(KafkaClientSettings.BOOTSTRAP_SERVERS);
        AtomicInteger left = new AtomicInteger(servers.size());
        List<Check> checks = new ArrayList<>();
        for (HostAndPort server : servers) {
            KafkaServerCheck check = new KafkaServerCheck(server, cluster, left);
            checks.add(Check.of(check.name(), check::look));
        }
        checks.add(of(CLUSTER, new KafkaChecks(cluster)::brokers));
        List<FeedBinding> bindings = KafkaSettings.bindings(environment);
        for (FeedBinding binding : bindings) {
            KafkaTopicCheck topic = new KafkaTopicCheck(environment, binding, bindings, cluster, processors);
            checks.add(of(topic.name(), topic::look));
        }
        for (FeedBinding binding : bindings) {
            KafkaGroupCheck group = new KafkaGroupCheck(binding, cluster);
            checks.add(of(group.name(), group::look));
        }
        DeadLetterCheck letters = new DeadLetterCheck(KafkaSettings.deadLetterTopic(environment), cluster);
        checks.add(of(DeadLetterCheck.TOPIC, letters::look));
        checks.add(of(DeadLetterCheck.LAST, letters::last));
        return checks;
    }

    private static Check of(String name, Callable<List<Finding>> look) {
        return new Check(name, BOTH, look);
    }

    private List<Finding> brokers() throws NotExamined, InterruptedException {
        DescribeClusterResult described = cluster.admin().describeCluster();
        try {
            Collection<Node> nodes = KafkaCluster.answer(described.nodes());
            List<Finding> away = nodes.parallelStream()
                    .filter(node -> !answers(node))
                    .map(KafkaChecks::away)
                    .toList();
            return away.isEmpty()
                    ? List.of(Finding.ok(
                            CLUSTER,
                            "id " + KafkaCluster.answer(described.clusterId()) + ", brokers "
                                    + nodes.stream()
                                            .map(Node::toString)
                                            .sorted()
                                            .toList()))
                    : away;
        } catch (Throwable failed) {
            return List.of(Finding.fail(CLUSTER, cluster.why(failed), "see the broker's log"));
        }
    }

    private static boolean answers(Node node) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(node.host(), node.port()), CONNECT_MILLIS);
            return true;
        } catch (IOException away) {
            return false;
        }
    }

    private static Finding away(Node node) {
        return Finding.fail(
                CLUSTER,
                "broker " + node.idString() + " announces " + node.host() + ":" + node.port()
                        + ", where nobody can be reached from here",
                "correct advertised.listeners of that broker, or open the way to it: each partition is read from its own broker");
    }
}
