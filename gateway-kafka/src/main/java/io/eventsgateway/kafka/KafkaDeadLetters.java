package io.eventsgateway.kafka;

import io.eventsgateway.Source;
import io.eventsgateway.route.DeadLetters;
import io.eventsgateway.route.InboundRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The dead-letter topic: the record as it was, with headers that say why it is there and where it came from. The producer is made
 * with the first dead letter. Any thread may call.
 */
public final class KafkaDeadLetters implements DeadLetters, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaDeadLetters.class);

    private final String topic;
    private final Map<String, Object> properties;
    private final int maxBytes;
    private final ExecutorService sending = Executors.newSingleThreadExecutor(task -> new Thread(task, "dead-letters"));

    // owned by the sending thread
    private @Nullable Producer<byte[], byte[]> producer;

    /**
     * Dead letters in a topic.
     *
     * @param properties what every client is configured with
     * @param maxBytes of the largest record
     */
    public KafkaDeadLetters(String topic, Map<String, Object> properties, int maxBytes) {
        this.topic = topic;
        this.properties = Map.copyOf(properties);
        this.maxBytes = maxBytes;
    }

    @Override
    public CompletionStage<Void> send(InboundRecord in, String reason) {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        sending.execute(() -> send(in, reason, in.value(), sent));
        return sent;
    }

    private void send(InboundRecord in, String reason, byte @Nullable [] value, CompletableFuture<Void> sent) {
        try {
            producer().send(letter(in, reason, value), (metadata, failure) -> {
                if (failure instanceof RecordTooLargeException && value != null) {
                    String longer = reason + "; the value is too large to be here";
                    sending.execute(() -> send(in, longer, null, sent));
                } else if (failure != null) {
                    sent.completeExceptionally(failure);
                } else {
                    sent.complete(null);
                }
            });
        } catch (RuntimeException | Error failure) {
            sent.completeExceptionally(failure);
        }
    }

    private ProducerRecord<byte[], byte[]> letter(InboundRecord in, String reason, byte @Nullable [] value) {
        ProducerRecord<byte[], byte[]> letter = new ProducerRecord<>(topic, in.key(), value);
        in.headers().forEach(header -> letter.headers().add(header.name(), header.value()));
        Source source = in.source();
        Map.of(
                        "gateway-error", reason,
                        "gateway-topic", source.topic(),
                        "gateway-partition", Integer.toString(source.partition()),
                        "gateway-offset", Long.toString(source.offset()))
                .forEach((name, text) -> {
                    letter.headers().remove(name);
                    letter.headers().add(name, text.getBytes(StandardCharsets.UTF_8));
                });
        return letter;
    }

    private Producer<byte[], byte[]> producer() {
        Producer<byte[], byte[]> made = producer;
        if (made == null) {
            makeTopic();
            made = new KafkaProducer<>(
                    ClientProperties.producer(properties, maxBytes),
                    new ByteArraySerializer(),
                    new ByteArraySerializer());
            producer = made;
        }
        return made;
    }

    /** Makes the topic where the cluster does not make topics by itself; where that is not allowed, somebody else must. */
    private void makeTopic() {
        try (Admin admin = Admin.create(properties)) {
            NewTopic wanted = new NewTopic(topic, Optional.empty(), Optional.empty())
                    .configs(Map.of("max.message.bytes", Integer.toString(ClientProperties.largestLetter(maxBytes))));
            admin.createTopics(List.of(wanted)).all().get();
            LOG.info("Dead-letter topic made topic={}", topic);
        } catch (ExecutionException failed) {
            if (!(failed.getCause() instanceof TopicExistsException)) {
                LOG.warn("Dead-letter topic not made topic={} cause=\"{}\"", topic, String.valueOf(failed.getCause()));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sends what is under way. Idempotent; takes 10 seconds at most. */
    @Override
    public void close() {
        if (sending.isShutdown()) {
            return;
        }
        sending.execute(() -> {
            Producer<byte[], byte[]> made = producer;
            if (made != null) {
                made.close(Duration.ofSeconds(5));
                producer = null;
            }
        });
        sending.shutdown();
        try {
            if (!sending.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.warn("Dead letters under way are given up; their records are read again");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
