package io.eventsgateway.app.doctor;

import io.eventsgateway.kafka.FeedBinding;
import io.eventsgateway.kafka.Handover;
import io.eventsgateway.kafka.KafkaSettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Looks at a feed's consumer group: who reads, how far behind, and who committed. Any thread may call. */
record KafkaGroupCheck(FeedBinding binding, KafkaCluster cluster) {

    private static final long LAG = 1000;
    private static final String GATEWAYS = "events-gateway-";

    /**
     * How far a group has read.
     *
     * @param behind records that are not read yet, of the partitions of which something was committed
     * @param never how many partitions nothing was committed of
     * @param foreign how many partitions something was committed of by another program than a gateway
     */
    private record Progress(int partitions, long behind, int never, int foreign) {}

    String name() {
        return "kafka group " + binding.feed().label();
    }

    private String setting() {
        return KafkaSettings.groupOf(binding.feed()).name();
    }

    List<Finding> look() throws NotExamined, InterruptedException {
        Admin admin = cluster.admin();
        try {
            ConsumerGroupDescription group = describe(admin);
            return List.of(judge(group, group == null ? new Progress(0, 0, 0, 0) : progress(admin)));
        } catch (AuthorizationException denied) {
            return List.of(denied());
        } catch (UnknownTopicOrPartitionException missing) {
            return List.of(Finding.skip(name(), "not examined: its topic is not there"));
        } catch (Throwable failed) {
            return List.of(Finding.fail(name(), cluster.why(failed), "see the broker's log"));
        }
    }

    /** Null for a group that nobody has joined. */
    private @Nullable ConsumerGroupDescription describe(Admin admin) throws Throwable {
        try {
            return KafkaCluster.answer(admin.describeConsumerGroups(
                            Set.of(binding.group()),
                            new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true))
                    .describedGroups()
                    .get(binding.group()));
        } catch (GroupIdNotFoundException nobody) {
            return null;
        }
    }

    private Finding judge(@Nullable ConsumerGroupDescription group, Progress progress) {
        if (group == null || group.groupState() == GroupState.DEAD) {
            return Finding.warn(
                    name(),
                    "nobody has joined the group " + binding.group() + " yet",
                    "start the gateway; if one runs, compare its " + setting() + " with this one");
        }
        if (group.authorizedOperations() != null
                && !group.authorizedOperations().contains(AclOperation.READ)) {
            return denied();
        }
        String seen = seen(group, progress);
        Set<String> others = group.members().stream()
                .map(MemberDescription::clientId)
                .filter(id -> !id.startsWith(GATEWAYS))
                .collect(Collectors.toCollection(TreeSet::new));
        if (!others.isEmpty()) {
            return Finding.warn(
                    name(),
                    seen + "; others are in the group too: " + others,
                    "give the gateway a group of its own (" + setting() + "): what the others read it does not get");
        }
        if (group.members().isEmpty()) {
            return Finding.warn(
                    name(),
                    seen,
                    "nobody reads: start the gateway; if one runs, compare its " + setting() + " with this one");
        }
        return progress.behind() > LAG
                ? Finding.warn(
                        name(),
                        seen,
                        "see whether it falls: if not, look at Redis below, at the processors of the replicas, or add one")
                : Finding.ok(name(), seen);
    }

    private String seen(ConsumerGroupDescription group, Progress progress) {
        Collection<MemberDescription> members = group.members();
        long hosts = members.stream().map(MemberDescription::host).distinct().count();
        List<String> parts = new ArrayList<>();
        parts.add(
                "group " + binding.group() + " " + group.groupState().toString().toLowerCase(Locale.ROOT));
        parts.add(members.size() + (members.size() == 1 ? " member" : " members") + " on " + hosts
                + (hosts == 1 ? " host" : " hosts"));
        parts.add("lag " + progress.behind() + " in " + progress.partitions() + " partitions");
        if (progress.never() > 0) {
            parts.add("nothing committed yet of " + progress.never());
        }
        if (progress.foreign() > 0) {
            parts.add("committed by another program of " + progress.foreign());
        }
        return String.join(", ", parts);
    }

    private Progress progress(Admin admin) throws Throwable {
        Set<TopicPartition> partitions = partitions(admin);
        Map<TopicPartition, OffsetAndMetadata> committed = KafkaCluster.answer(
                admin.listConsumerGroupOffsets(binding.group()).partitionsToOffsetAndMetadata());
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        partitions.forEach(each -> asked.put(each, OffsetSpec.latest()));
        Map<TopicPartition, ListOffsetsResultInfo> ends =
                KafkaCluster.answer(admin.listOffsets(asked).all());
        long behind = 0;
        int never = 0;
        int foreign = 0;
        for (TopicPartition each : partitions) {
            OffsetAndMetadata offset = committed.get(each);
            ListOffsetsResultInfo end = ends.get(each);
            if (offset == null || end == null) {
                never++;
            } else {
                behind += Math.max(0, end.offset() - offset.offset());
                foreign += Handover.isOfGateway(offset.metadata()) ? 0 : 1;
            }
        }
        return new Progress(partitions.size(), behind, never, foreign);
    }

    private Set<TopicPartition> partitions(Admin admin) throws Throwable {
        Collection<String> names = binding.feed().isPattern()
                ? KafkaCluster.answer(admin.listTopics().names()).stream()
                        .filter(binding::reads)
                        .toList()
                : List.of(binding.reads());
        Set<TopicPartition> partitions = new HashSet<>();
        Map<String, TopicDescription> described =
                KafkaCluster.answer(admin.describeTopics(names).allTopicNames());
        described.forEach((name, topic) -> topic.partitions()
                .forEach(partition -> partitions.add(new TopicPartition(name, partition.partition()))));
        return partitions;
    }

    private Finding denied() {
        String principal = KafkaPrincipal.of(cluster.properties());
        return Finding.fail(
                name(),
                principal + " lacks Read on group " + binding.group() + ", or Describe on its topics",
                "kafka-acls.sh --add --allow-principal " + principal + " --operation Read --group " + binding.group());
    }
}
