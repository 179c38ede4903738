package io.eventsgateway.app.doctor;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.app.AppSettings;
import io.eventsgateway.app.doctor.StreamWatch.Seen;
import io.eventsgateway.config.Environment;
import io.eventsgateway.kafka.FeedBinding;
import io.eventsgateway.kafka.KafkaSettings;
import io.eventsgateway.log.EventReader.Following;
import io.eventsgateway.log.Follower;
import io.eventsgateway.redis.RedisEventLog;
import io.eventsgateway.redis.RedisSettings;
import io.eventsgateway.route.Organisations;
import io.eventsgateway.security.SecuritySettings;
import io.eventsgateway.security.TokenExamination;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends one record, to a destination that nobody else has, and follows it: to Kafka, to the log, by push, to a client. Says at which step it
 * stops, and the likeliest cause. Any thread may call; a call blocks until the record has arrived or stopped.
 *
 * @param feed its label
 * @param organisation whose the record is; null for that of the token, or none
 * @param token of the client that is to get it; null for none
 * @param url where a client is to get it; null for nowhere
 */
record ProbeCheck(
        Environment environment,
        KafkaCluster cluster,
        String feed,
        @Nullable String organisation,
        @Nullable String token,
        @Nullable PublicUrl url) {

    static final String SENT = "probe sent";
    private static final String APPENDED = "probe appended";
    private static final String PUSHED = "probe pushed";
    private static final String DELIVERED = "probe delivered";
    private static final String EVENT = "gateway-doctor";
    private static final String TYPE = "view";

    /** How long each step may take. */
    private static final Duration STEP = Duration.ofSeconds(10);

    /** How long one may take of which the outcome is clear. */
    private static final Duration SOON = Duration.ofSeconds(2);

    Check check() {
        return new Check(SENT, STEP.multipliedBy(6), this::look);
    }

    /** What the record needs to be sent. */
    private record Probe(
            FeedBinding binding,
            String topic,
            String id,
            @Nullable String organisation) {}

    /** Where the record is, and when Kafka had acknowledged it; the steps are counted from then. */
    private record Sent(RecordMetadata at, long nanos) {

        String ago(long nanosNow) {
            return "after " + RedisChecks.millis(Math.max(0, nanosNow - nanos));
        }
    }

    private List<Finding> look() throws NotExamined, InterruptedException {
        List<Finding> found = new ArrayList<>();
        FeedBinding binding = KafkaSettings.bindings(environment).stream()
                .filter(each -> each.feed().label().equals(feed) && each.feed().kind() == Event.Kind.MESSAGE)
                .findFirst()
                .orElse(null);
        if (binding == null) {
            return List.of(
                    Finding.fail(SENT, "there is no feed of messages called " + feed, "name one, as engine-message"));
        }
        String ofToken = organisationOfToken();
        String whose = organisation != null ? organisation : isOpen() ? null : ofToken;
        Organisations organisations = AppSettings.organisations(environment);
        if (whose == null && organisations.fallback() == null) {
            return List.of(Finding.fail(
                    SENT,
                    "nothing was sent: a record needs an organisation",
                    "give --organization, or a --token whose is taken"));
        }
        String topic = topic(binding);
        if (topic == null) {
            return List.of(Finding.fail(SENT, "nothing matches " + binding.reads(), "see kafka topic " + feed));
        }
        Probe probe = new Probe(binding, topic, EVENT + "-" + UUID.randomUUID(), whose);
        String shown =
                whose == null ? String.valueOf(organisations.fallback()) : String.valueOf(Organisations.ofUuid(whose));
        follow(probe, new Destination(shown, TYPE, probe.id()), ofToken, found);
        return found;
    }

    private boolean isOpen() {
        return environment.get(SecuritySettings.TYPE) == SecuritySettings.Type.NONE;
    }

    private @Nullable String organisationOfToken() throws InterruptedException {
        try {
            return token == null || isOpen()
                    ? null
                    : Answers.await(new TokenExamination(environment, InstantSource.system()).explain(token))
                            .organisation();
        } catch (ExecutionException | TimeoutException unknown) {
            return null;
        }
    }

    private @Nullable String topic(FeedBinding binding) throws NotExamined, InterruptedException {
        if (!binding.feed().isPattern()) {
            return binding.reads();
        }
        try {
            return KafkaCluster.answer(cluster.admin().listTopics().names()).stream()
                    .filter(binding::reads)
                    .sorted()
                    .findFirst()
                    .orElse(null);
        } catch (NotExamined | InterruptedException given) {
            throw given;
        } catch (Throwable failed) {
            return null;
        }
    }

    private void follow(Probe probe, Destination destination, @Nullable String ofToken, List<Finding> found)
            throws NotExamined, InterruptedException {
        CompletableFuture<Long> pushed = new CompletableFuture<>();
        try (RedisEventLog log = new RedisEventLog(RedisSettings.options(environment))) {
            log.start();
            try (Following following = log.follow(destination, new PushWatch(pushed));
                    StreamWatch stream = stream(probe)) {
                boolean follows = await(() -> log.state().works() && log.state().unconfirmed() == 0, Check.PATIENCE);
                boolean open = stream != null && stream.await(seen -> seen.firstByte() != null, Check.PATIENCE);
                Sent sent = send(probe, found);
                if (sent == null || !appended(probe, destination, log, sent, found)) {
                    return;
                }
                found.add(
                        follows
                                ? pushed(pushed, sent)
                                : Finding.skip(PUSHED, "not examined: the push is not confirmed, see redis push"));
                if (stream != null) {
                    found.add(delivered(probe, sent, stream, open, ofToken));
                }
            }
        }
    }

    /** Notices that an event is pushed. */
    private record PushWatch(CompletableFuture<Long> pushed) implements Follower {

        @Override
        public void appended(EventId id, EventId previous, @Nullable Event event) {
            pushed.complete(System.nanoTime());
        }

        @Override
        public EventId position() {
            return EventId.START;
        }

        @Override
        public void wake() {
            // queries are not what is examined
        }
    }

    private @Nullable StreamWatch stream(Probe probe) {
        PublicUrl to = url;
        return to == null || !to.isHttp()
                ? null
                : new StreamWatch(
                        to.client(),
                        to.stream(TYPE + "/" + probe.id(), "?from=earliest").build());
    }

    private @Nullable Sent send(Probe probe, List<Finding> found) throws NotExamined, InterruptedException {
        Map<String, Object> properties = new HashMap<>(cluster.reached());
        properties.put("max.block.ms", Check.PATIENCE.toMillis());
        properties.put("delivery.timeout.ms", (int) Check.PATIENCE.toMillis());
        properties.put("linger.ms", 0);
        String value = "{\"destination\":{\"type\":\"" + TYPE + "\",\"id\":\"" + probe.id() + "\"},\"event\":\"" + EVENT
                + "\",\"data\":{}}";
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(probe.topic(), bytes(probe.id()), bytes(value));
        if (probe.organisation() != null) {
            record.headers().add(Organisations.HEADER, bytes(probe.organisation()));
        }
        long begun = System.nanoTime();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            RecordMetadata at = producer.send(record).get(STEP.toMillis(), TimeUnit.MILLISECONDS);
            found.add(Finding.ok(
                    SENT,
                    at + " after " + RedisChecks.millis(System.nanoTime() - begun) + ", to " + TYPE + "/"
                            + probe.id()));
            return new Sent(at, System.nanoTime());
        } catch (ExecutionException | TimeoutException | RuntimeException failed) {
            found.add(Finding.fail(
                    SENT,
                    "topic " + probe.topic() + " does not take the record: " + cluster.why(failed),
                    KafkaPrincipal.of(cluster.properties())
                            + " needs Write on it to probe, which the gateway does not need"));
            return null;
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private boolean appended(Probe probe, Destination destination, RedisEventLog log, Sent sent, List<Finding> found)
            throws NotExamined, InterruptedException {
        Condition isThere = () -> isThere(log, destination);
        long until = System.nanoTime() + STEP.toNanos();
        boolean there = await(isThere, SOON);
        while (!there && System.nanoTime() < until && isExpected(probe, sent.at())) {
            there = await(isThere, SOON);
        }
        if (there) {
            found.add(Finding.ok(APPENDED, sent.ago(System.nanoTime())));
            return true;
        }
        found.add(
                log.state().works()
                        ? notAppended(probe, sent.at())
                        : Finding.fail(APPENDED, "not seen: " + log.state().problem(), "see redis connection"));
        return false;
    }

    private static boolean isThere(RedisEventLog log, Destination destination) {
        try {
            return !Answers.await(log.end(destination)).end().equals(EventId.START);
        } catch (ExecutionException | TimeoutException notYet) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Whether somebody is still to read the record, as far as it can be known. */
    private boolean isExpected(Probe probe, RecordMetadata at) throws NotExamined, InterruptedException {
        String group = probe.binding().group();
        try {
            Admin admin = cluster.admin();
            return !members(admin, group).isEmpty() && committed(admin, group, at) <= at.offset();
        } catch (NotExamined | InterruptedException given) {
            throw given;
        } catch (GroupIdNotFoundException nobody) {
            return false;
        } catch (Throwable unknown) {
            return true;
        }
    }

    private static Collection<MemberDescription> members(Admin admin, String group) throws Throwable {
        return KafkaCluster.answer(admin.describeConsumerGroups(List.of(group))
                        .describedGroups()
                        .get(group))
                .members();
    }

    /** Up to where the group has read the record's partition; -1 where it has committed nothing. */
    private static long committed(Admin admin, String group, RecordMetadata at) throws Throwable {
        OffsetAndMetadata committed = KafkaCluster.answer(
                        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
                .get(new TopicPartition(at.topic(), at.partition()));
        return committed == null ? -1 : committed.offset();
    }

    /** Why a record that is in Kafka is not in the log. */
    private Finding notAppended(Probe probe, RecordMetadata at) throws NotExamined, InterruptedException {
        String group = probe.binding().group();
        String setting = KafkaSettings.groupOf(probe.binding().feed()).name();
        try {
            Admin admin = cluster.admin();
            DeadLetterCheck letters = new DeadLetterCheck(KafkaSettings.deadLetterTopic(environment), cluster);
            if (!letters.topic().isEmpty()) {
                for (DeadLetterCheck.Letter letter : letters.letters(cluster)) {
                    if (letter.source().equals(at.topic() + "-" + at.partition() + "@" + at.offset())) {
                        return Finding.fail(APPENDED, "it is a dead letter: " + letter.reason(), "change what it says");
                    }
                }
            }
            Collection<MemberDescription> members = members(admin, group);
            if (committed(admin, group, at) > at.offset()) {
                return Finding.fail(
                        APPENDED,
                        "the group " + group + " has read it, and it is not in this Redis",
                        "the gateway that reads uses another one: compare SPRING_DATA_REDIS_*, SPRING_DATA_REDIS_DATABASE and "
                                + "EVENTS_REDIS_KEYPREFIX");
            }
            if (!members.isEmpty()) {
                return Finding.fail(
                        APPENDED,
                        "the group " + group + " has " + members.size() + " members and has not read it",
                        "see its lag above, and health of the gateway: Redis may refuse writes, or a record hold the partition up");
            }
        } catch (NotExamined | InterruptedException given) {
            throw given;
        } catch (Throwable unknown) {
            // there is no such group
        }
        return Finding.fail(
                APPENDED,
                "nobody reads as the group " + group,
                "start the gateway; if one runs, compare its " + setting + " with this one");
    }

    private static Finding pushed(CompletableFuture<Long> pushed, Sent sent) throws InterruptedException {
        try {
            return Finding.ok(PUSHED, sent.ago(Answers.await(pushed)));
        } catch (ExecutionException | TimeoutException silent) {
            return Finding.fail(
                    PUSHED,
                    "it was not published",
                    "see redis push; streams get it by queries, every EVENTS_REDIS_FREQUENCYMILLIS");
        }
    }

    private Finding delivered(Probe probe, Sent sent, StreamWatch stream, boolean open, @Nullable String ofToken)
            throws InterruptedException {
        String whose = probe.organisation() == null ? null : Organisations.ofUuid(probe.organisation());
        boolean differs = whose != null && ofToken != null && !whose.equals(ofToken);
        if (stream.await(seen -> seen.events().contains(EVENT), differs ? SOON : STEP)) {
            return Finding.ok(DELIVERED, sent.ago(System.nanoTime()));
        }
        Seen seen = stream.seen();
        if (seen.status() != 0 && !seen.isEventStream()) {
            return Finding.fail(DELIVERED, "the stream was answered " + seen.status(), "see url answer");
        }
        if (differs) {
            return Finding.fail(
                    DELIVERED,
                    "not delivered: the record's organisation is " + whose + ", the token's is " + ofToken,
                    "have the producer send the header " + Organisations.HEADER
                            + " of the client's organisation, which is its realm");
        }
        if (!open) {
            return Finding.fail(
                    DELIVERED,
                    "not delivered: the stream's first byte has not come",
                    "something on the way buffers: see url first byte");
        }
        if (seen.ended() != null) {
            return Finding.fail(DELIVERED, "the stream ended: " + seen.comment() + seen.failure(), "see url end");
        }
        return Finding.fail(
                DELIVERED,
                "not delivered, though the stream is open",
                "it may lead to a gateway on another Redis (SPRING_DATA_REDIS_*, EVENTS_REDIS_KEYPREFIX), or something on the way buffers");
    }

    private interface Condition {
        boolean holds();
    }

    private static boolean await(Condition condition, Duration most) throws InterruptedException {
        long until = System.nanoTime() + most.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > until) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return true;
    }
}
