package io.eventsgateway.kafka;

import io.eventsgateway.route.DeadLetters;
import io.eventsgateway.route.Ingest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The consumers of one feed in this process, a thread each. {@link #grow} and {@link #close} are called by one thread at a time. */
final class FeedGroup implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FeedGroup.class);
    private static final Duration AFTER_FAULT = Duration.ofSeconds(5);

    private final Subscription subscription;
    private final KafkaOptions options;
    private final Topics topics;
    private final Ingest ingest;
    private final DeadLetters deadLetters;
    private final List<Worker> workers = new ArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    FeedGroup(Subscription subscription, KafkaOptions options, Topics topics, Ingest ingest, DeadLetters deadLetters) {
        this.subscription = subscription;
        this.options = options;
        this.topics = topics;
        this.ingest = ingest;
        this.deadLetters = deadLetters;
    }

    Subscription subscription() {
        return subscription;
    }

    /** How many consumers there are. */
    synchronized int consumers() {
        return workers.size();
    }

    /** Starts consumers until there are as many as partitions, at least one and no more than the subscription allows. */
    synchronized void grow(int partitions) {
        int wanted = Math.max(1, Math.min(partitions, subscription.threads()));
        while (workers.size() < wanted && closed.getCount() > 0) {
            Worker worker = new Worker("feed-" + subscription.feed().label() + "-" + workers.size());
            workers.add(worker);
            worker.start();
        }
    }

    /** Tells the consumers to finish; they commit and leave their group. */
    void stop() {
        closed.countDown();
        synchronized (this) {
            workers.forEach(Worker::wakeup);
        }
    }

    @Override
    public synchronized void close() {
        stop();
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
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

    private Map<String, Object> properties(String name) {
        Map<String, Object> properties = new HashMap<>(options.properties());
        properties.put("group.id", subscription.group());
        properties.put("client.id", "events-gateway-" + name);
        properties.put("enable.auto.commit", false);
        properties.put("auto.offset.reset", "earliest");
        properties.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
        properties.put("isolation.level", "read_committed");
        properties.putIfAbsent("session.timeout.ms", 10_000);
        // by which a member learns of a rebalance: until then nobody reads what moves
        properties.putIfAbsent("heartbeat.interval.ms", 1_000);
        properties.putIfAbsent("metadata.max.age.ms", 10_000);
        return properties;
    }

    /** A thread with a consumer, and with another one when that failed. */
    private final class Worker extends Thread {

        private volatile @Nullable Consumer<byte[], byte[]> current;

        Worker(String name) {
            super(name);
        }

        void wakeup() {
            Consumer<byte[], byte[]> consumer = current;
            if (consumer != null) {
                consumer.wakeup();
            }
        }

        @Override
        public void run() {
            Duration pause = Duration.ZERO;
            while (!isClosedWithin(pause)) {
                try {
                    consume();
                } catch (WakeupException closing) {
                    pause = Duration.ZERO;
                } catch (AuthenticationException | AuthorizationException refused) {
                    pause = options.authRetry();
                    LOG.warn("Kafka refuses feed={} again-in={} cause=\"{}\"", label(), pause, refused.getMessage());
                } catch (RuntimeException fault) {
                    pause = AFTER_FAULT;
                    LOG.error("Consumer failed feed={} again-in={}", label(), pause, fault);
                }
            }
        }

        private void consume() {
            try (Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                    properties(getName()), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                current = consumer;
                FeedConsumer loop =
                        new FeedConsumer(subscription.feed(), consumer, topics, ingest, deadLetters, options);
                if (subscription.feed().isPattern()) {
                    consumer.subscribe(Pattern.compile(subscription.reads()), loop);
                } else {
                    consumer.subscribe(List.of(subscription.reads()), loop);
                }
                if (closed.getCount() > 0) {
                    try {
                        loop.run();
                    } finally {
                        loop.commitRest();
                    }
                }
            } finally {
                current = null;
            }
        }

        private String label() {
            return subscription.feed().label();
        }
    }
}
