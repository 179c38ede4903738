package io.eventsgateway.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** {@link Topics} as the cluster describes them. The client that asks is made when there is something to ask. */
final class ClusterTopics implements Topics, AutoCloseable {

    private static final long TIMEOUT_SECONDS = 10;
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final Map<String, Object> properties;
    private final Map<String, String> ids = new ConcurrentHashMap<>();

    // guarded by this
    private @Nullable Admin admin;
    private boolean closed;

    /** Of a cluster; nothing is asked yet. */
    ClusterTopics(Map<String, Object> properties) {
        this.properties = properties;
    }

    private synchronized Admin admin() {
        if (closed) {
            throw new KafkaException("closed");
        }
        Admin made = admin;
        if (made == null) {
            made = Admin.create(Brokers.checked(properties));
            admin = made;
        }
        return made;
    }

    /** Lets go of a client that failed, for it may never work again; the next question makes another one. */
    private void replace(Admin failed) {
        synchronized (this) {
            if (!failed.equals(admin)) {
                return;
            }
            admin = null;
        }
        failed.close(CLOSE);
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (admin != null) {
            admin.close(CLOSE);
            admin = null;
        }
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

    /** The names of topics that match a pattern. */
    List<String> matching(Pattern pattern) {
        List<String> matching = new ArrayList<>();
        for (String name : ask(admin -> await(admin.listTopics().names()))) {
            if (pattern.matcher(name).matches()) {
                matching.add(name);
            }
        }
        return matching;
    }

    @Override
    public Set<TopicPartition> partitionsOf(FeedBinding binding) {
        List<String> names =
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
        return ask(admin -> await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()))
                .keySet();
    }

    /** How many partitions there are, of the topics that exist; none of those one may not ask of. Learns their ids. */
    Map<String, Integer> partitions(Collection<String> topics) {
        Map<String, Integer> found = new HashMap<>();
        if (topics.isEmpty()) {
            return found;
        }
        return ask(admin -> {
            admin.describeTopics(new HashSet<>(topics)).topicNameValues().forEach((name, asked) -> {
                try {
                    TopicDescription topic = await(asked);
                    found.put(name, topic.partitions().size());
                    // brokers before 2.8 give topics no ids
                    ids.put(
                            name,
                            topic.topicId().equals(Uuid.ZERO_UUID)
                                    ? name
                                    : topic.topicId().toString());
                } catch (UnknownTopicOrPartitionException missing) {
                    ids.remove(name);
                } catch (TopicAuthorizationException denied) {
                    // its consumers get the same answer, and report it
                    ids.remove(name);
                    found.put(name, 0);
                }
            });
            return found;
        });
    }

    private <T> T ask(Function<Admin, T> question) {
        Admin asked = admin();
        try {
            return question.apply(asked);
        } catch (InterruptException | AuthorizationException answered) {
            throw answered;
        } catch (RuntimeException | Error failed) {
            replace(asked);
            throw failed;
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
