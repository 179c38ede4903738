package io.eventsgateway.kafka;

import io.eventsgateway.Source;
import io.eventsgateway.Text;
import io.eventsgateway.route.DeadLetters;
import io.eventsgateway.route.InboundRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The dead-letter topic: the record as it was, with headers that say why it is there and where it came from. A letter that the topic never
 * takes is sent again without what makes it large; one that it takes in no form is logged and given up, and so are letters while the cluster
 * has refused the topic itself for a minute. The producer is made with the first dead letter. Any thread may call.
 */
public final class KafkaDeadLetters implements DeadLetters, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaDeadLetters.class);

    /** What is left of a key that is cut: enough for any that names a destination. */
    private static final int KEY_BYTES = 4096;

    /** What the headers' names begin with that are not the record's. */
    static final String OWN_HEADERS = "gateway-";

    private static final long TOPIC_SECONDS = 10;
    private static final long SEND_SECONDS = 60;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final String topic;
    private final Map<String, Object> properties;
    private final int maxBytes;
    private final FeedListener listener;
    private final ExecutorService sending = Executors.newSingleThreadExecutor(task -> new Thread(task, "dead-letters"));

    // owned by the sending thread
    private @Nullable Producer<byte[], byte[]> producer;
    private String notMade = "";
    private boolean mayNotBeMade;
    private final TopicPatience patience;

    /**
     * Dead letters in a topic.
     *
     * @param properties what every client is configured with
     * @param maxBytes of the largest record
     */
    public KafkaDeadLetters(String topic, Map<String, Object> properties, int maxBytes, FeedListener listener) {
        this(topic, properties, maxBytes, listener, PATIENCE);
    }

    /** With another patience for a topic that the cluster refuses. */
    KafkaDeadLetters(
            String topic, Map<String, Object> properties, int maxBytes, FeedListener listener, Duration patience) {
        this.patience = new TopicPatience(patience);
        this.topic = topic;
        this.properties = Map.copyOf(properties);
        this.maxBytes = maxBytes;
        this.listener = listener;
    }

    /** What a letter has of its record, less and less. */
    private enum Form {
        WHOLE,
        WITHOUT_VALUE,
        WITHOUT_HEADERS,
        WITH_SHORT_KEY;

        boolean without(Form part) {
            return compareTo(part) >= 0;
        }
    }

    private record Letter(InboundRecord in, String reason, CompletableFuture<Void> sent) {

        /** The next form that has less; null for none. */
        @Nullable
        Form after(Form form) {
            if (form == Form.WHOLE && in.value() != null) {
                return Form.WITHOUT_VALUE;
            }
            if (!form.without(Form.WITHOUT_HEADERS) && !in.headers().isEmpty()) {
                return Form.WITHOUT_HEADERS;
            }
            byte[] key = in.key();
            return !form.without(Form.WITH_SHORT_KEY) && key != null && key.length > KEY_BYTES
                    ? Form.WITH_SHORT_KEY
                    : null;
        }
    }

    @Override
    public CompletionStage<Void> send(InboundRecord in, String reason) {
        CompletableFuture<Void> sent = new CompletableFuture<Void>().orTimeout(SEND_SECONDS, TimeUnit.SECONDS);
        Letter letter = new Letter(in, Text.forLog(reason), sent);
        sending.execute(() -> send(letter, Form.WHOLE));
        return sent.exceptionallyCompose(failure -> CompletableFuture.failedStage(
                failure instanceof TimeoutException
                        ? new org.apache.kafka.common.errors.TimeoutException(
                                "the dead-letter topic " + topic + " does not answer within " + SEND_SECONDS + " s")
                        : failure));
    }

    private void send(Letter letter, Form form) {
        if (letter.sent().isDone()) {
            // it took too long and is sent again by whoever waited
            return;
        }
        if (patience.isOverAt(System.nanoTime())) {
            giveUp(letter, "the cluster refuses the topic");
            return;
        }
        try {
            Producer<byte[], byte[]> used = producer();
            used.send(message(letter, form), (metadata, failure) -> {
                if (failure == null) {
                    patience.taken();
                    letter.sent().complete(null);
                } else {
                    sending.execute(() -> failed(letter, form, failure));
                }
            });
        } catch (RuntimeException | Error failure) {
            failed(letter, form, failure);
        }
    }

    private void failed(Letter letter, Form form, Throwable failure) {
        boolean refused = isOfTheTopic(failure);
        if (refused) {
            patience.refused(System.nanoTime());
        }
        Form smaller = isOfTheLetter(failure) ? letter.after(form) : null;
        if (smaller != null) {
            send(letter, smaller);
        } else if (isOfTheLetter(failure) && !(failure instanceof OutOfMemoryError)) {
            giveUp(letter, Reason.of(failure));
        } else {
            // it may be past saving, as after an error on its own thread, or not know that its topic was made again
            closeProducer(Duration.ZERO);
            if (refused && patience.isOver()) {
                giveUp(letter, Reason.of(failure));
            } else {
                letter.sent().completeExceptionally(failure);
            }
        }
    }

    private void giveUp(Letter letter, String cause) {
        LOG.error(
                "Dead letter given up, its topic does not take it topic={} source={} reason=\"{}\" cause=\"{}\"",
                topic,
                letter.in().source(),
                letter.reason(),
                cause);
        listener.letterGivenUp(letter.in().feed());
        letter.sent().complete(null);
    }

    /** Whether the cluster answered that nothing can be sent to the topic, as against not answering. */
    private boolean isOfTheTopic(Throwable failure) {
        return failure instanceof AuthorizationException
                || failure instanceof InvalidTopicException
                || (mayNotBeMade && failure instanceof org.apache.kafka.common.errors.TimeoutException);
    }

    /** Whether the answer would be the same for ever, and might be another for less. */
    private static boolean isOfTheLetter(Throwable failure) {
        return failure instanceof RecordTooLargeException
                || failure instanceof RecordBatchTooLargeException
                || failure instanceof InvalidRecordException
                || failure instanceof OutOfMemoryError;
    }

    private ProducerRecord<byte[], byte[]> message(Letter letter, Form form) {
        InboundRecord in = letter.in();
        byte[] value = in.value();
        byte[] key = in.key();
        List<String> leftOut = new ArrayList<>();
        if (form.without(Form.WITHOUT_VALUE) && value != null) {
            leftOut.add(DeadLetter.Part.VALUE.note(value.length + " bytes"));
            value = null;
        }
        boolean headers = !form.without(Form.WITHOUT_HEADERS);
        if (!headers && !in.headers().isEmpty()) {
            leftOut.add(
                    DeadLetter.Part.HEADERS.note(Integer.toString(in.headers().size())));
        }
        if (form.without(Form.WITH_SHORT_KEY) && key != null && key.length > KEY_BYTES) {
            leftOut.add(DeadLetter.Part.KEY.note(key.length + " bytes"));
            key = Arrays.copyOf(key, KEY_BYTES);
        }
        ProducerRecord<byte[], byte[]> message = new ProducerRecord<>(topic, key, value);
        if (headers) {
            in.headers().stream()
                    .filter(header -> !header.name().startsWith(OWN_HEADERS))
                    .forEach(header -> message.headers().add(header.name(), header.value()));
        }
        Source source = in.source();
        own(message, "error", letter.reason());
        own(message, "topic", source.topic());
        own(message, "partition", Integer.toString(source.partition()));
        own(message, "offset", Long.toString(source.offset()));
        if (!leftOut.isEmpty()) {
            own(message, DeadLetter.LEFT_OUT, String.join(", ", leftOut));
        }
        return message;
    }

    private static void own(ProducerRecord<byte[], byte[]> message, String name, String text) {
        message.headers().add(OWN_HEADERS + name, text.getBytes(StandardCharsets.UTF_8));
    }

    private Producer<byte[], byte[]> producer() {
        Producer<byte[], byte[]> made = producer;
        if (made == null) {
            Map<String, Object> settings = ClientProperties.producer(Brokers.checked(properties), maxBytes);
            makeTopic();
            made = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
            producer = made;
        }
        return made;
    }

    private void closeProducer(Duration patience) {
        Producer<byte[], byte[]> made = producer;
        producer = null;
        if (made != null) {
            made.close(patience);
        }
    }

    /** Makes the topic where the cluster does not make topics by itself; where that is not allowed, somebody else must. */
    private void makeTopic() {
        try (Admin admin = Admin.create(properties)) {
            NewTopic wanted = new NewTopic(topic, Optional.empty(), Optional.empty())
                    .configs(Map.of("max.message.bytes", Integer.toString(ClientProperties.largestLetter(maxBytes))));
            admin.createTopics(List.of(wanted)).all().get(TOPIC_SECONDS, TimeUnit.SECONDS);
            mayNotBeMade = false;
            LOG.info("Dead-letter topic made topic={}", topic);
        } catch (ExecutionException | TimeoutException failed) {
            Throwable answer = failed.getCause();
            mayNotBeMade = answer instanceof AuthorizationException || answer instanceof PolicyViolationException;
            String cause = Reason.of(answer == null ? failed : answer);
            if (!(failed.getCause() instanceof TopicExistsException) && !cause.equals(notMade)) {
                notMade = cause;
                LOG.warn("Dead-letter topic not made topic={} cause=\"{}\"", topic, cause);
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
        sending.execute(() -> closeProducer(Duration.ofSeconds(5)));
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
