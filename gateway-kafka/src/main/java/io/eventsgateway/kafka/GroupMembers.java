package io.eventsgateway.kafka;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupResult;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnknownMemberIdException;

/** The members of consumer groups, as the cluster, which is lent, has them. */
record GroupMembers(ClusterAdmin cluster) implements DeadReplicas.Members {

    @Override
    public int remove(Collection<String> groups, String prefix) {
        return cluster.ask(admin -> {
            // of all groups at once: the partitions of the last one wait no longer than those of the first
            List<KafkaFuture<Void>> removals = new ArrayList<>();
            List<KafkaException> failures = new ArrayList<>();
            admin.describeConsumerGroups(groups).describedGroups().forEach((group, described) -> {
                try {
                    Set<MemberToRemove> dead = instances(described, prefix);
                    if (!dead.isEmpty()) {
                        removals.addAll(remove(admin, group, dead));
                    }
                } catch (KafkaException failed) {
                    // the other groups' partitions need not wait
                    failures.add(failed);
                }
            });
            removals.forEach(GroupMembers::awaitRemoval);
            if (!failures.isEmpty()) {
                throw failures.get(0);
            }
            return removals.size();
        });
    }

    private static Set<MemberToRemove> instances(KafkaFuture<ConsumerGroupDescription> group, String prefix) {
        try {
            return ClusterAdmin.await(group).members().stream()
                    .flatMap(member -> member.groupInstanceId().stream())
                    .filter(instance -> instance.startsWith(prefix))
                    .map(MemberToRemove::new)
                    .collect(Collectors.toSet());
        } catch (GroupIdNotFoundException none) {
            // nobody has joined it
            return Set.of();
        }
    }

    private static List<KafkaFuture<Void>> remove(Admin admin, String group, Set<MemberToRemove> members) {
        RemoveMembersFromConsumerGroupOptions all = new RemoveMembersFromConsumerGroupOptions(members);
        all.reason("replica died");
        RemoveMembersFromConsumerGroupResult removed = admin.removeMembersFromConsumerGroup(group, all);
        return members.stream().map(removed::memberResult).toList();
    }

    private static void awaitRemoval(KafkaFuture<Void> removal) {
        try {
            ClusterAdmin.await(removal);
        } catch (UnknownMemberIdException gone) {
            // another replica was quicker
        }
    }
}
