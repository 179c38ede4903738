package io.eventsgateway.kafka;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupResult;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownMemberIdException;

/**
 * The members of consumer groups, as the cluster has them. Each call has a client of its own: calls are rare, and a client that failed may
 * never work again.
 */
record GroupMembers(Map<String, Object> properties) implements DeadReplicas.Members {

    private static final long TIMEOUT_SECONDS = 10;
    private static final Duration CLOSE = Duration.ofSeconds(1);

    @Override
    public int remove(Iterable<String> groups, String prefix) {
        Admin admin = Admin.create(Brokers.checked(properties));
        try {
            int removed = 0;
            for (String group : groups) {
                Set<String> dead = new HashSet<>(instances(admin, group));
                dead.removeIf(id -> !id.startsWith(prefix));
                if (!dead.isEmpty()) {
                    remove(admin, group, dead);
                    removed += dead.size();
                }
            }
            return removed;
        } finally {
            admin.close(CLOSE);
        }
    }

    private static Set<String> instances(Admin admin, String group) {
        Set<String> ids = new HashSet<>();
        try {
            await(admin.describeConsumerGroups(List.of(group)).describedGroups().get(group))
                    .members()
                    .forEach(member -> member.groupInstanceId().ifPresent(ids::add));
        } catch (GroupIdNotFoundException none) {
            // nobody has joined it
        }
        return ids;
    }

    private static void remove(Admin admin, String group, Set<String> instances) {
        RemoveMembersFromConsumerGroupOptions all = new RemoveMembersFromConsumerGroupOptions(
                instances.stream().map(MemberToRemove::new).toList());
        all.reason("replica died");
        RemoveMembersFromConsumerGroupResult removed = admin.removeMembersFromConsumerGroup(group, all);
        for (MemberToRemove each : all.members()) {
            try {
                await(removed.memberResult(each));
            } catch (UnknownMemberIdException gone) {
                // another replica was quicker
            }
        }
    }

    private static <T> T await(KafkaFuture<T> asked) {
        try {
            return asked.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(failed.getCause());
        } catch (TimeoutException slow) {
            throw new org.apache.kafka.common.errors.TimeoutException(
                    "no answer within " + TIMEOUT_SECONDS + " s", slow);
        } catch (InterruptedException interrupted) {
            throw new InterruptException(interrupted);
        }
    }
}
