package io.eventsgateway.load;

import io.eventsgateway.topic.Feed;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.common.GroupState;

/** The gateway's consumer groups as Kafka knows them. Used by one thread. */
final class Groups {

    private static final List<String> NAMES =
            Arrays.stream(Feed.values()).map(Feed::defaultGroup).toList();
    private static final long REST_NANOS = 20_000_000;
    private static final long PATIENCE_SECONDS = 60;

    private final Admin admin;

    Groups(Admin admin) {
        this.admin = admin;
    }

    /** Waits until no group has a member. */
    void awaitEmpty() {
        await("empty", group -> group.isEmpty() || group.get().members().isEmpty());
    }

    /** Waits until every group has members and is stable. */
    void awaitJoined() {
        await(
                "joined",
                group -> group.isPresent()
                        && !group.get().members().isEmpty()
                        && group.get().groupState() == GroupState.STABLE);
    }

    private void await(String what, Predicate<Optional<ConsumerGroupDescription>> condition) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!NAMES.stream().map(this::group).allMatch(condition)) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException("consumer groups are not " + what + ": " + NAMES);
            }
            LockSupport.parkNanos(REST_NANOS);
        }
    }

    private Optional<ConsumerGroupDescription> group(String name) {
        try {
            return Optional.ofNullable(
                    admin.describeConsumerGroups(List.of(name)).all().get().get(name));
        } catch (ExecutionException unknown) {
            return Optional.empty();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
