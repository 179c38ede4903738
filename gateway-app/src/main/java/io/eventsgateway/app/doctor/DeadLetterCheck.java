package io.eventsgateway.app.doctor;

import io.eventsgateway.Text;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Looks at the dead-letter topic, and at the last letters in it: why they are there, never what they say. Any thread may call.
 *
 * @param topic empty for none
 */
record DeadLetterCheck(String topic, KafkaCluster cluster) {

    static final String TOPIC = "kafka dead letters";
    static final String LAST = "kafka last dead letters";
    private static final int MOST = 10;
    private static final String SETTING = "KAFKA_TOPIC_EVENTSGATEWAY_DEADLETTER";

    /** A letter: when it was sent, why, and where its record stood. */
    record Letter(Instant at, String reason, String source) {}

    List<Finding> look() throws NotExamined, InterruptedException {
        if (topic.isEmpty()) {
            return List.of(Finding.ok(TOPIC, "none, by " + SETTING + ": what can't be used is logged and counted"));
        }
        Admin admin = cluster.admin();
        try {
            TopicDescription described = KafkaCluster.answer(
                    admin.describeTopics(Set.of(topic), new DescribeTopicsOptions().includeAuthorizedOperations(true))
                            .topicNameValues()
                            .get(topic));
            Set<AclOperation> allowed = described.authorizedOperations();
            return List.of(allowed == null || allowed.contains(AclOperation.WRITE) ? there() : denied("Write"));
        } catch (UnknownTopicOrPartitionException missing) {
            return List.of(missing(admin));
        } catch (AuthorizationException denied) {
            return List.of(denied("Describe"));
        } catch (Throwable failed) {
            return List.of(Finding.fail(TOPIC, cluster.why(failed), "see the broker's log"));
        }
    }

    private Finding there() {
        return Finding.ok(TOPIC, "topic " + topic + " is there and can be written");
    }

    private Finding missing(Admin admin) throws InterruptedException {
        String seen = "topic " + topic + " is not there yet";
        try {
            Set<AclOperation> allowed = KafkaCluster.answer(
                    admin.describeCluster(new DescribeClusterOptions().includeAuthorizedOperations(true))
                            .authorizedOperations());
            if (allowed == null || allowed.contains(AclOperation.CREATE)) {
                return Finding.ok(TOPIC, seen + "; the gateway makes it with the first letter");
            }
        } catch (Throwable unknown) {
            return Finding.warn(TOPIC, seen + "; whether the gateway may make it is not known", "have it made");
        }
        return Finding.warn(
                TOPIC,
                seen + ", and " + KafkaPrincipal.of(cluster.properties()) + " may lack Create on it",
                "have it made: without it the first record that can't be used holds its partition up for a minute and is then only logged");
    }

    private Finding denied(String right) {
        String principal = KafkaPrincipal.of(cluster.properties());
        return Finding.fail(
                TOPIC,
                principal + " lacks " + right + " on topic " + topic,
                "kafka-acls.sh --add --allow-principal " + principal
                        + " --operation Write --operation Describe --topic " + topic);
    }

    List<Finding> last() throws NotExamined, InterruptedException {
        if (topic.isEmpty()) {
            return List.of();
        }
        try {
            List<Letter> letters = letters(cluster);
            return List.of(letters.isEmpty() ? Finding.ok(LAST, "none") : summary(letters));
        } catch (UnknownTopicOrPartitionException missing) {
            return List.of(Finding.ok(LAST, "none"));
        } catch (AuthorizationException denied) {
            return List.of(Finding.skip(
                    LAST,
                    "not examined: " + KafkaPrincipal.of(cluster.properties()) + " lacks Read on topic " + topic
                            + ", which the gateway does not need"));
        } catch (NotExamined | InterruptedException given) {
            throw given;
        } catch (Throwable failed) {
            return List.of(Finding.fail(LAST, cluster.why(failed), "see the broker's log"));
        }
    }

    private static Finding summary(List<Letter> letters) {
        Map<String, Integer> reasons = new LinkedHashMap<>();
        letters.forEach(each -> reasons.merge(each.reason(), 1, Integer::sum));
        List<String> counted = new ArrayList<>();
        reasons.forEach((reason, count) -> counted.add(count + " × " + reason));
        Letter newest = letters.get(0);
        return Finding.warn(
                LAST,
                String.join("; ", counted) + "; the newest of " + newest.at() + " from " + newest.source(),
                "correct the producers: docs/records.md has what a record must be");
    }

    /** The last ones, the newest first. */
    List<Letter> letters(KafkaCluster of) throws Throwable {
        List<TopicPartition> partitions = new ArrayList<>();
        KafkaCluster.answer(of.admin()
                        .describeTopics(Set.of(topic))
                        .topicNameValues()
                        .get(topic))
                .partitions()
                .forEach(each -> partitions.add(new TopicPartition(topic, each.partition())));
        Map<String, Object> properties = new HashMap<>(of.reached());
        properties.put("enable.auto.commit", false);
        properties.put("allow.auto.create.topics", false);
        // a letter may be as large as a record
        properties.put("max.partition.fetch.bytes", 64 * 1024);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
            for (TopicPartition each : partitions) {
                consumer.seek(each, Math.max(begins.getOrDefault(each, 0L), ends.getOrDefault(each, 0L) - MOST));
            }
            List<Letter> letters = new ArrayList<>();
            long until = System.nanoTime() + Check.PATIENCE.toNanos();
            while (System.nanoTime() < until
                    && partitions.stream().anyMatch(each -> consumer.position(each) < ends.getOrDefault(each, 0L))) {
                consumer.poll(Duration.ofMillis(200)).forEach(letter -> letters.add(letter(letter)));
            }
            return letters.stream()
                    .sorted(Comparator.comparing(Letter::at).reversed())
                    .limit(MOST)
                    .toList();
        }
    }

    private static Letter letter(ConsumerRecord<byte[], byte[]> record) {
        return new Letter(
                Instant.ofEpochMilli(record.timestamp()),
                text(record, "gateway-error"),
                text(record, "gateway-topic") + "-" + text(record, "gateway-partition") + "@"
                        + text(record, "gateway-offset"));
    }

    private static String text(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "?" : Text.forLog(new String(header.value(), StandardCharsets.UTF_8), 300);
    }
}
