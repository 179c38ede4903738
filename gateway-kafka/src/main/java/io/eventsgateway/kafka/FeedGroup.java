package io.eventsgateway.kafka;

import io.eventsgateway.route.Ingest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.security.auth.login.LoginException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The consumers of one feed in this process, a thread each. {@link #grow} and {@link #awaitEnd} are called by one thread at a time. */
final class FeedGroup {

    private static final Logger LOG = LoggerFactory.getLogger(FeedGroup.class);
    private static final Duration AFTER_FAULT = Duration.ofSeconds(5);
    private static final int MOST_REPORTED = 5;
    static final String NOT_REPORTED = "a failure that there was no memory to report";
    private static final long SETTLED_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final Subscription subscription;
    private final KafkaOptions options;
    private final Topics topics;
    private final Ingest ingest;
    private final FirstStart start;
    private final Suspects suspects;
    private final List<Worker> workers = new ArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    FeedGroup(
            Subscription subscription,
            KafkaOptions options,
            Topics topics,
            Ingest ingest,
            FeedListener listener,
            Suspects suspects) {
        this.suspects = suspects;
        this.subscription = subscription;
        this.options = options;
        this.topics = topics;
        this.ingest = ingest;
        this.start = new FirstStart(subscription, options, topics, listener);
    }

    Subscription subscription() {
        return subscription;
    }

    /** How many consumers there are. */
    synchronized int consumers() {
        return workers.size();
    }

    /** Starts consumers until there are as many as partitions, at least one, and no more than are allowed or of use. */
    synchronized void grow(int partitions) {
        int most = Math.min(subscription.threads(), options.processors());
        int wanted = Math.max(1, Math.min(partitions, most));
        while (workers.size() < wanted && closed.getCount() > 0) {
            Worker worker = new Worker("feed-" + subscription.feed().label() + "-" + workers.size());
            workers.add(worker);
            worker.start();
        }
    }

    /** Why consumers are refused or held up; empty when none is. */
    synchronized String problem() {
        String memory = suspects.problem();
        return Stream.concat(Stream.of(memory), workers.stream().map(Worker::problem))
                .filter(each -> !each.isEmpty())
                .findFirst()
                .map(each -> subscription.feed().label() + ": " + each)
                .orElse("");
    }

    private static boolean isRefusal(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof AuthenticationException
                    || each instanceof AuthorizationException
                    || each instanceof LoginException) {
                return true;
            }
        }
        return false;
    }

    /** Tells the consumers to finish; they commit and leave their group. */
    void stop() {
        closed.countDown();
        synchronized (this) {
            workers.forEach(Worker::wakeup);
        }
    }

    /**
     * Waits until they have finished; to be called after {@link #stop}.
     *
     * @param until when to give up, by {@link System#nanoTime}
     */
    synchronized void awaitEnd(long until) {
        for (Worker worker : workers) {
            try {
                worker.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime())));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean isClosedWithin(Duration wait) {
        try {
            return closed.await(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            return true;
        }
    }

    /** A thread with a consumer, and with another one when that failed. */
    private final class Worker extends Thread {

        private volatile @Nullable Consumer<byte[], byte[]> current;
        private volatile @Nullable FeedConsumer loop;
        private volatile String failure = "";
        private volatile long startedAt;

        // of the worker's own thread
        private final Set<String> reported = new HashSet<>();

        Worker(String name) {
            super(name);
        }

        void wakeup() {
            Consumer<byte[], byte[]> consumer = current;
            if (consumer != null) {
                consumer.wakeup();
            }
        }

        /** The last failure counts until a consumer has gone on without one for a while. */
        String problem() {
            FeedConsumer running = loop;
            return running == null || !hasSettled() ? failure : running.problem();
        }

        private boolean hasSettled() {
            return System.nanoTime() - startedAt >= SETTLED_NANOS;
        }

        @Override
        public void run() {
            Duration pause = Duration.ZERO;
            while (!isClosedWithin(pause)) {
                pause = AFTER_FAULT;
                try {
                    pause = consumeUntilItFails();
                } catch (Throwable unheard) {
                    // no memory to report what failed: that must not end the thread
                    failure = NOT_REPORTED;
                }
            }
        }

        private Duration consumeUntilItFails() {
            try {
                consume();
                return Duration.ZERO;
            } catch (WakeupException closing) {
                return Duration.ZERO;
            } catch (Throwable failed) {
                // an error too: a codec whose native library can't be loaded must not end the thread unheard
                Duration pause = isRefusal(failed) ? options.authRetry() : AFTER_FAULT;
                fail(failed, pause);
                return pause;
            }
        }

        /** Reports a failure, and the same again only after a consumer has gone on for a while; not more than some of them. */
        private void fail(Throwable failed, Duration pause) {
            failure = Reason.of(failed);
            if (reported.contains(failure) || reported.size() >= MOST_REPORTED) {
                LOG.debug("Kafka still fails feed={} again-in={} cause=\"{}\"", label(), pause, failure);
                return;
            }
            reported.add(failure);
            if (failed instanceof KafkaException || Suspects.isMemory(failed)) {
                String what = isRefusal(failed) ? "refuses" : "fails";
                LOG.warn("Kafka {} feed={} again-in={} cause=\"{}\"", what, label(), pause, failure);
            } else {
                LOG.error("Consumer failed feed={} again-in={}", label(), pause, failed);
            }
        }

        private void consume() {
            try (Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                    Brokers.checked(ClientProperties.consumer(options.properties(), subscription.group(), getName())),
                    new ByteArrayDeserializer(),
                    new ByteArrayDeserializer())) {
                current = consumer;
                FeedConsumer made =
                        new FeedConsumer(subscription.feed(), consumer, topics, ingest, options, start, suspects);
                startedAt = System.nanoTime();
                loop = made;
                if (subscription.feed().isPattern()) {
                    consumer.subscribe(Pattern.compile(subscription.reads()), made);
                } else {
                    consumer.subscribe(List.of(subscription.reads()), made);
                }
                if (closed.getCount() > 0) {
                    try {
                        made.run();
                    } finally {
                        made.commitRest();
                    }
                }
            } finally {
                if (loop != null && hasSettled()) {
                    failure = "";
                    reported.clear();
                }
                current = null;
                loop = null;
            }
        }

        private String label() {
            return subscription.feed().label();
        }
    }
}
