package io.eventsgateway.kafka;

import io.eventsgateway.outage.OutageLog;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the cluster again and again for the partitions that feeds read: so that they have as many consumers, and so that it is noticed when
 * nobody answers, of which consumers hear nothing. Logs the outage. One thread asks, another one looks how long that takes. Any thread may call.
 */
final class ClusterWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterWatch.class);

    /** How long a question may take before it is looked who answers at all. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static final long LOOK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long LOOK_MILLIS = 500;

    /** All topics are listed once for as many counts of partitions: there may be thousands, and consumers do not look more often. */
    private static final int COUNTS_A_LIST = 10;

    /** What there is to say where Kafka answers at a bootstrap address, and still does not answer what it is asked. */
    private static final String UNANSWERED =
            "Kafka can be reached, but does not answer: are the addresses that its brokers announce (advertised.listeners) reachable?";

    private final List<FeedGroup> groups;
    private final ClusterTopics topics;
    private final Map<String, Object> properties;
    private final long everyMillis;
    private final Supplier<String> others;
    private final OutageLog outages;
    private final ScheduledExecutorService asking =
            new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "feeds-watch"));
    private final ScheduledExecutorService looking =
            new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "feeds-outages"));

    private volatile String problem;
    private volatile Set<String> missing = Set.of();
    private volatile long failingSince = System.nanoTime();

    /** Written under the lock. */
    private volatile @Nullable Question pending;

    // of the asking thread
    private boolean wasReached;
    private Set<String> listed = Set.of();
    private int counts;

    // of the looking thread
    private long lookedAt = System.nanoTime() - LOOK_AGAIN_NANOS;

    private record Question(long since) {}

    /**
     * Of a cluster that was not asked yet.
     *
     * @param groups grow as there are partitions
     * @param topics of the cluster
     * @param others what is wrong with Kafka beside it, which this logs as well
     */
    ClusterWatch(List<FeedGroup> groups, ClusterTopics topics, KafkaOptions options, Supplier<String> others) {
        this.groups = List.copyOf(groups);
        this.topics = topics;
        this.properties = options.properties();
        this.everyMillis = options.watch().toMillis();
        this.others = others;
        String addresses = Brokers.addresses(properties);
        this.problem = "no answer yet from " + addresses;
        this.outages =
                new OutageLog("Kafka", addresses, KafkaClientSettings.BOOTSTRAP_SERVERS.name(), LOG::warn, LOG::info);
    }

    void start() {
        asking.scheduleWithFixedDelay(this::ask, 0, everyMillis, TimeUnit.MILLISECONDS);
        looking.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Why the cluster can't be asked, or what of it can't be read; empty for nothing. */
    String problem() {
        return problem;
    }

    /** What feeds read and what is not there: topics, and of patterns that match none a sentence. */
    Set<String> missing() {
        return missing;
    }

    private void ask() {
        long now = System.nanoTime();
        if (problem.isEmpty()) {
            failingSince = now;
        }
        begin(new Question(now));
        try {
            ended(count());
            wasReached = false;
        } catch (Throwable failed) {
            // an error too: a task that throws is never run again
            report(failed);
        }
    }

    private synchronized void begin(Question question) {
        pending = question;
    }

    private synchronized void ended(String found) {
        pending = null;
        problem = found;
    }

    private synchronized void unanswered(Question question, String why) {
        if (question.equals(pending)) {
            problem = why;
        }
    }

    /** Counts partitions, and has feeds grow; returns what can't be read. */
    private String count() {
        List<FeedBinding> bindings = groups.stream().map(FeedGroup::binding).toList();
        boolean listing = bindings.stream().anyMatch(binding -> binding.feed().isPattern());
        if (listing && counts++ % COUNTS_A_LIST == 0) {
            listed = topics.names();
        }
        Set<String> names = new HashSet<>();
        Set<String> absent = new TreeSet<>();
        for (FeedBinding binding : bindings) {
            Collection<String> read = reads(binding);
            names.addAll(read);
            if (read.isEmpty()) {
                absent.add(matchless(binding.reads(), bindings));
            }
        }
        Map<String, Integer> partitions = topics.partitions(names);
        for (FeedGroup group : groups) {
            Collection<String> read = reads(group.binding());
            group.topicsThere(
                    (int) read.stream().filter(partitions::containsKey).count());
            group.grow(read.stream()
                    .mapToInt(topic -> partitions.getOrDefault(topic, 0))
                    .sum());
        }
        names.removeAll(partitions.keySet());
        absent.addAll(names);
        logMissing(absent);
        return topics.unled(partitions.keySet());
    }

    private Collection<String> reads(FeedBinding binding) {
        return binding.feed().isPattern()
                ? listed.stream()
                        .filter(Pattern.compile(binding.reads()).asMatchPredicate())
                        .toList()
                : List.of(binding.reads());
    }

    private String matchless(String pattern, List<FeedBinding> bindings) {
        Set<String> candidates = listed.stream()
                .filter(name ->
                        bindings.stream().noneMatch(binding -> binding.reads().equals(name)))
                .collect(Collectors.toSet());
        List<String> near = NearNames.of(pattern, candidates);
        return "nothing matches " + pattern + (near.isEmpty() ? "" : "; near: " + String.join(", ", near));
    }

    private void logMissing(Set<String> absent) {
        if (!absent.equals(missing)) {
            if (absent.isEmpty()) {
                LOG.info("No topics are missing any more");
            } else {
                LOG.warn("Topics are missing, nothing is read of them missing={}", absent);
            }
            missing = absent;
        }
    }

    private void report(Throwable failed) {
        try {
            String before = problem;
            String reason = isSilence(failed) ? silence() : Reason.of(failed);
            ended(reason);
            if (!(failed instanceof KafkaException || reason.equals(before))) {
                LOG.error("Partitions not counted, tried again", failed);
            }
        } catch (OutOfMemoryError again) {
            ended(FeedWorker.NOT_REPORTED);
        }
    }

    /** Why there was no answer. Where Kafka can be reached now and could not before, it is asked again before anybody is blamed. */
    private String silence() {
        String silence = Brokers.silence(properties);
        if (!silence.isEmpty()) {
            wasReached = false;
            return silence;
        }
        String before = problem;
        boolean isBack = !wasReached && !before.isEmpty();
        wasReached = true;
        return isBack ? before : UNANSWERED;
    }

    /** Whether nobody answered, or can be found: the client does not say who. */
    private static boolean isSilence(Throwable failed) {
        return failed instanceof TimeoutException
                || (failed.getCause() instanceof ConfigException unfound
                        && String.valueOf(unfound.getMessage()).contains("resolvable"));
    }

    private void look() {
        try {
            long now = System.nanoTime();
            Question question = pending;
            if (question != null
                    && now - question.since() > PATIENCE_NANOS
                    && (problem.isEmpty() || now - lookedAt > LOOK_AGAIN_NANOS)) {
                lookedAt = now;
                String silence = Brokers.silence(properties);
                if (!silence.isEmpty()) {
                    unanswered(question, silence);
                }
            }
            String cluster = problem;
            outages.observe(now, cluster.isEmpty() ? now : failingSince, others.get());
        } catch (Throwable fault) {
            // a task that throws is never run again
            LOG.debug("Outages of Kafka not looked for", fault);
        }
    }

    /** Asks no more. */
    @Override
    public void close() {
        asking.shutdownNow();
        looking.shutdownNow();
    }
}
