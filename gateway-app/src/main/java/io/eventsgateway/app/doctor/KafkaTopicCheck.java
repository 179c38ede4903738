package io.eventsgateway.app.doctor;

import io.eventsgateway.config.Environment;
import io.eventsgateway.kafka.FeedBinding;
import io.eventsgateway.kafka.KafkaSettings;
import io.eventsgateway.kafka.NearNames;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Looks at what a feed reads: whether it is there and may be read, and whether there are partitions enough.
 *
 * @param all the bindings of all feeds, whose topics are nobody's near miss
 * @param processors of the gateway's machine
 */
record KafkaTopicCheck(
        Environment environment, FeedBinding binding, List<FeedBinding> all, KafkaCluster cluster, int processors) {

    private static final int SHOWN = 5;

    String name() {
        return "kafka topic " + binding.feed().label();
    }

    private String setting() {
        return KafkaSettings.topicOf(binding.feed()).name();
    }

    List<Finding> look() throws NotExamined, InterruptedException {
        Admin admin = cluster.admin();
        try {
            return binding.feed().isPattern() ? pattern(admin) : List.of(topic(admin));
        } catch (Throwable failed) {
            return List.of(Finding.fail(name(), cluster.why(failed), "see the broker's log"));
        }
    }

    private Finding topic(Admin admin) throws Throwable {
        TopicDescription topic;
        try {
            topic = Objects.requireNonNull(
                    describe(admin, Set.of(binding.reads())).get(binding.reads()));
        } catch (UnknownTopicOrPartitionException missing) {
            return Finding.fail(
                    name(),
                    "topic " + binding.reads() + " is not there" + near(names(admin)),
                    "have it made, or correct " + setting() + " or KAFKA_TOPIC_NAMING_*");
        } catch (AuthorizationException denied) {
            return denied(binding.reads(), "Describe");
        }
        return topic.authorizedOperations() != null
                        && !topic.authorizedOperations().contains(AclOperation.READ)
                ? denied(binding.reads(), "Read")
                : there("topic " + binding.reads(), topic.partitions().size());
    }

    private List<Finding> pattern(Admin admin) throws Throwable {
        Set<String> names = names(admin);
        Set<String> matching = names.stream().filter(binding::reads).collect(Collectors.toCollection(TreeSet::new));
        if (matching.isEmpty()) {
            return List.of(Finding.fail(
                    name(),
                    "nothing matches " + binding.reads() + near(names),
                    "correct " + setting() + " (the whole name must match) or KAFKA_TOPIC_NAMING_ENVIRONMENT; or "
                            + KafkaPrincipal.of(cluster.properties()) + " lacks Describe on the topics"));
        }
        List<Finding> found = new ArrayList<>();
        int partitions = 0;
        for (Map.Entry<String, TopicDescription> each :
                describe(admin, matching).entrySet()) {
            Set<AclOperation> allowed = each.getValue().authorizedOperations();
            partitions += each.getValue().partitions().size();
            if (allowed != null && !allowed.contains(AclOperation.READ)) {
                found.add(denied(each.getKey(), "Read"));
            }
        }
        if (found.isEmpty()) {
            String shown = matching.stream().limit(SHOWN).collect(Collectors.joining(", "))
                    + (matching.size() > SHOWN ? " and " + (matching.size() - SHOWN) + " more" : "");
            found.add(there(binding.reads() + " matches " + shown, partitions));
        }
        return found;
    }

    private static Map<String, TopicDescription> describe(Admin admin, Collection<String> topics) throws Throwable {
        Map<String, TopicDescription> described = new HashMap<>();
        var asked = admin.describeTopics(topics, new DescribeTopicsOptions().includeAuthorizedOperations(true));
        for (var each : asked.topicNameValues().entrySet()) {
            described.put(each.getKey(), KafkaCluster.answer(each.getValue()));
        }
        return described;
    }

    private static Set<String> names(Admin admin) throws Throwable {
        return KafkaCluster.answer(admin.listTopics().names());
    }

    private String near(Set<String> names) {
        List<String> like = NearNames.of(
                binding.reads(),
                names.stream()
                        .filter(name -> all.stream().noneMatch(each -> each.reads(name)))
                        .toList());
        return like.isEmpty() ? "" : "; topics like it: " + String.join(", ", like);
    }

    private Finding denied(String topic, String right) {
        String principal = KafkaPrincipal.of(cluster.properties());
        return Finding.fail(
                name(),
                principal + " lacks " + right + " on topic " + topic,
                "kafka-acls.sh --add --allow-principal " + principal + " --operation Read --operation Describe --topic "
                        + topic);
    }

    private Finding there(String what, int partitions) {
        int threads = binding.threads();
        int useful = Math.max(2, processors);
        int consumers = Math.min(threads, partitions);
        String setting = KafkaSettings.threadsOf(binding.feed()).name();
        String seen = what + ": " + partitions + (partitions == 1 ? " partition" : " partitions") + ", read by "
                + consumers + (consumers == 1 ? " consumer" : " consumers") + " of a replica";
        boolean asked = !environment
                .explain(KafkaSettings.threadsOf(binding.feed()))
                .origin()
                .equals("default");
        if (partitions == 1 || (asked && consumers < threads)) {
            return Finding.warn(
                    name(),
                    seen + "; " + setting + "=" + threads,
                    "give the topic more partitions: only so many consumers of all replicas together can read it");
        }
        return asked && consumers > useful
                ? Finding.warn(
                        name(),
                        seen + "; " + setting + "=" + threads + " is more than there are processors: " + processors,
                        "give the gateway more processors, or run more replicas")
                : Finding.ok(name(), seen);
    }
}
