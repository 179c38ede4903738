package io.eventsgateway.kafka;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
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
    public int remove(Collection<String> groups, Collection<String> instances) {
        if (instances.isEmpty()) {
            return 0;
        }
        return cluster.ask(admin -> {
            // of all groups at once: the partitions of the last one wait no longer than those of the first
            List<KafkaFuture<Void>> removals = new ArrayList<>();
            groups.forEach(group -> removals.addAll(remove(admin, group, instances)));
            int removed = 0;
            KafkaException failure = null;
            for (KafkaFuture<Void> removal : removals) {
                try {
                    ClusterAdmin.await(removal);
                    removed++;
                } catch (UnknownMemberIdException | GroupIdNotFoundException none) {
                    // of another group, or another replica was quicker
                } catch (KafkaException failed) {
                    // the other groups' partitions need not wait
                    failure = failed;
                }
            }
            if (failure != null) {
                throw failure;
            }
            return removed;
        });
    }

    private static List<KafkaFuture<Void>> remove(Admin admin, String group, Collection<String> instances) {
        List<MemberToRemove> members =
                instances.stream().map(MemberToRemove::new).toList();
        RemoveMembersFromConsumerGroupOptions all = new RemoveMembersFromConsumerGroupOptions(members);
        all.reason("replica died");
        RemoveMembersFromConsumerGroupResult removed = admin.removeMembersFromConsumerGroup(group, all);
        return members.stream().map(removed::memberResult).collect(Collectors.toList());
    }
}
