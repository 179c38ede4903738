package io.eventsgateway.kafka;

import io.eventsgateway.config.Environment;
import io.eventsgateway.config.Setting;
import io.eventsgateway.topic.ConsumerGroups;
import io.eventsgateway.topic.Feed;
import io.eventsgateway.topic.StandardTopicNaming;
import io.eventsgateway.topic.TopicNaming;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** What configures the feeds, and what it amounts to. */
public final class KafkaSettings {

    /** Stands for the name that is built of its parts. */
    private static final String BUILT = "(built)";

    private static final Pattern SERVERS = Pattern.compile(
            "([^,:\\s\\[\\]]+|\\[[0-9A-Fa-f:]+]):[0-9]{1,5}(\\s*,\\s*([^,:\\s\\[\\]]+|\\[[0-9A-Fa-f:]+]):[0-9]{1,5})*");

    /** The brokers. */
    public static final Setting<String> BOOTSTRAP_SERVERS = Setting.of(
                    "KAFKA_BOOTSTRAP_SERVERS",
                    "localhost:9092",
                    "host:port, separated by commas",
                    text -> SERVERS.matcher(text).matches() ? text : null)
            .doc("Kafka brokers to ask first: host:port, separated by commas.")
            .formerly("SPRING_KAFKA_BOOTSTRAP_SERVERS");

    /** How brokers are spoken to. */
    public static final Setting<String> SECURITY_PROTOCOL = Setting.text("KAFKA_SECURITY_PROTOCOL", "PLAINTEXT")
            .doc("Kafka's security protocol: PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL.")
            .formerly("SPRING_KAFKA_SECURITY_PROTOCOL");

    /** The largest record. */
    public static final Setting<Integer> MESSAGE_MAX_BYTES = Setting.number(
                    "KAFKA_MESSAGE_MAX_BYTES", 52_428_800, 1024, 1024 * 1024 * 1024)
            .doc("Bytes of the largest record; a larger one goes to the dead letters.");

    /** How soon to try again what was not allowed. */
    public static final Setting<Duration> AUTH_RETRY = Setting.seconds("KAFKA_AUTHEXCEPTIONRETRYINTERVAL", 10, 1)
            .doc("Seconds until a refused login or access is tried again.");

    /** What topic names begin with. */
    public static final Setting<String> NAMING_PACKAGE = Setting.text("KAFKA_TOPIC_NAMING_PACKAGE", "ai.flowx.")
            .doc("What topic names begin with, its separator included.");

    /** What follows the package. */
    public static final Setting<String> NAMING_ENVIRONMENT = Setting.text("KAFKA_TOPIC_NAMING_ENVIRONMENT", "")
            .doc("What follows the package in topic names, its separator included, for example dev. (with the dot).");

    /** What topic names end with. */
    public static final Setting<String> NAMING_VERSION =
            Setting.text("KAFKA_TOPIC_NAMING_VERSION", ".v1").doc("What topic names end with, its separator included.");

    /** What stands between parts. */
    public static final Setting<String> NAMING_SEPARATOR =
            Setting.text("KAFKA_TOPIC_NAMING_SEPARATOR", ".").doc("What stands between the parts of topic names.");

    /** What stands between words of a part. */
    public static final Setting<String> NAMING_SEPARATOR2 = Setting.text("KAFKA_TOPIC_NAMING_SEPARATOR2", "-")
            .doc("What stands between the words of one part of topic names.");

    /** Where records go that can't be used. */
    public static final Setting<String> DEAD_LETTER_TOPIC = Setting.text("KAFKA_TOPIC_EVENTSGATEWAY_DEADLETTER", BUILT)
            .doc("Topic for records that can't be used; set to blanks, they are only logged and counted.");

    private static final Map<Feed, Setting<String>> GROUPS = new EnumMap<>(Feed.class);
    private static final Map<Feed, Setting<Integer>> THREADS = new EnumMap<>(Feed.class);
    private static final Map<Feed, Setting<String>> TOPICS = new EnumMap<>(Feed.class);

    static {
        declare(
                Feed.ENGINE_MESSAGE,
                "PROCESSENGINECOMMANDS_MESSAGE",
                "PROCESSENGINECOMMANDS_MESSAGE",
                "PROCESSINSTANCE_IN_MESSAGE");
        declare(
                Feed.ENGINE_DISCONNECT,
                "PROCESSENGINECOMMANDS_DISCONNECT",
                "PROCESSENGINECOMMANDS_DISCONNECT",
                "PROCESSINSTANCE_IN_DISCONNECT");
        declare(
                Feed.ENGINE_CONNECT,
                "PROCESSENGINECOMMANDS_CONNECT",
                "PROCESSENGINECOMMANDS_CONNECT",
                "PROCESSINSTANCE_IN_CONNECT");
        declare(Feed.TASK_MESSAGE, "TASKCOMMANDS_MESSAGE", "TASKCOMMANDS", "TASK_IN_MESSAGE");
        declare(Feed.PROCESS_MESSAGE, "PROCESSCOMMANDS_MESSAGE", "PROCESSCOMMANDS", "PROCESS_IN_MESSAGE");
        declare(Feed.GENERIC_MESSAGE, "GENERICCOMMANDS", "GENERICCOMMANDS", "PATTERN");
        declare(Feed.USER_MESSAGE, "USERBROADCASTCOMMANDS", "USERBROADCASTCOMMANDS", "USERMESSAGES_IN_MESSAGE");
    }

    /** All of them, in the order of the reference. */
    public static final List<Setting<?>> ALL = all();

    private KafkaSettings() {}

    private static void declare(Feed feed, String group, String threads, String topic) {
        GROUPS.put(
                feed,
                Setting.text("KAFKA_CONSUMER_GROUPID_" + group, feed.defaultGroup())
                        .doc("Consumer group of the feed " + feed.label() + "."));
        THREADS.put(
                feed,
                Setting.number("KAFKA_CONSUMER_THREADS_" + threads, feed.defaultThreads(), 1, 1000)
                        .doc("Consumers of the feed " + feed.label()
                                + " at most; there are never more than partitions."));
        Setting<String> named = Setting.text("KAFKA_TOPIC_EVENTSGATEWAY_" + topic, BUILT);
        TOPICS.put(
                feed,
                feed.isPattern()
                        ? named.map(KafkaSettings::regex)
                                .doc("Regular expression of the topics of the feed " + feed.label() + ".")
                        : named.doc("Topic of the feed " + feed.label() + "."));
    }

    private static @Nullable String regex(String text) {
        try {
            return Pattern.compile(text).pattern();
        } catch (PatternSyntaxException invalid) {
            return null;
        }
    }

    private static List<Setting<?>> all() {
        List<Setting<?>> all = new ArrayList<>(List.of(
                BOOTSTRAP_SERVERS,
                SECURITY_PROTOCOL,
                MESSAGE_MAX_BYTES,
                AUTH_RETRY,
                NAMING_PACKAGE,
                NAMING_ENVIRONMENT,
                NAMING_VERSION,
                NAMING_SEPARATOR,
                NAMING_SEPARATOR2));
        all.addAll(TOPICS.values());
        all.add(DEAD_LETTER_TOPIC);
        all.addAll(GROUPS.values());
        all.addAll(THREADS.values());
        return List.copyOf(all);
    }

    /** How topics are called. */
    public static TopicNaming naming(Environment environment) {
        return new StandardTopicNaming(
                environment.get(NAMING_PACKAGE),
                environment.get(NAMING_ENVIRONMENT),
                environment.get(NAMING_VERSION),
                environment.get(NAMING_SEPARATOR),
                environment.get(NAMING_SEPARATOR2));
    }

    /** Which group reads which feed, with how many consumers. */
    public static ConsumerGroups groups(Environment environment) {
        return new ConsumerGroups() {
            @Override
            public String group(Feed feed) {
                return environment.get(require(GROUPS, feed));
            }

            @Override
            public int threads(Feed feed) {
                return environment.get(require(THREADS, feed));
            }
        };
    }

    /** What each feed reads: the topic or pattern set by hand, else the built one. */
    public static List<Subscription> subscriptions(Environment environment) {
        TopicNaming naming = naming(environment);
        ConsumerGroups groups = groups(environment);
        List<Subscription> subscriptions = new ArrayList<>();
        for (Feed feed : Feed.values()) {
            Setting<String> topic = require(TOPICS, feed);
            String reads = environment.has(topic) ? environment.get(topic) : feed.topic(naming);
            subscriptions.add(new Subscription(feed, reads, groups.group(feed), groups.threads(feed)));
        }
        return subscriptions;
    }

    /** The dead letters' topic, empty for none. */
    public static String deadLetterTopic(Environment environment) {
        return environment.has(DEAD_LETTER_TOPIC)
                ? environment.get(DEAD_LETTER_TOPIC)
                : naming(environment).topic("eventsgateway", "deadletter");
    }

    /** What every Kafka client of the gateway is configured with. */
    public static Map<String, Object> clientProperties(Environment environment) {
        Map<String, Object> properties = new TreeMap<>(environment.startingWith("SPRING_KAFKA_PROPERTIES_"));
        properties.put("bootstrap.servers", environment.get(BOOTSTRAP_SERVERS));
        properties.put("security.protocol", environment.get(SECURITY_PROTOCOL));
        return properties;
    }

    private static <T> Setting<T> require(Map<Feed, Setting<T>> settings, Feed feed) {
        return Objects.requireNonNull(settings.get(feed));
    }
}
