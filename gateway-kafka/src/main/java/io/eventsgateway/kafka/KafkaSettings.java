package io.eventsgateway.kafka;

import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import io.eventsgateway.config.Setting;
import io.eventsgateway.config.SettingGroup;
import io.eventsgateway.topic.Feed;
import io.eventsgateway.topic.StandardTopicNaming;
import io.eventsgateway.topic.TopicNaming;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What configures the feeds: which topics are read, by which groups, with how many consumers. */
public final class KafkaSettings {

    private static final Pattern PART = Pattern.compile("[A-Za-z0-9._-]{0,200}");
    private static final String PART_RULE = "letters, digits, dots, underscores and hyphens, or blank for nothing";

    /** As Kafka allows it. */
    private static final Pattern TOPIC = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,249}");

    private static final String TOPIC_RULE =
            "a topic's name: at most 249 letters, digits, dots, underscores and hyphens";

    private static final Pattern GROUP = Pattern.compile("\\S(.{0,253}\\S)?");

    /** What topic names begin with. */
    public static final Setting<String> NAMING_PACKAGE = Setting.text(
                    "KAFKA_TOPIC_NAMING_PACKAGE", "ai.flowx.", PART_RULE, PART)
            .doc("What topic names begin with, its separator included.")
            .ofGuide();

    /** What follows the package. */
    public static final Setting<String> NAMING_ENVIRONMENT = Setting.text(
                    "KAFKA_TOPIC_NAMING_ENVIRONMENT", "", PART_RULE, PART)
            .doc("What follows the package, its separator included, for example `dev.` (with the dot).")
            .ofGuide();

    /** What topic names end with. */
    public static final Setting<String> NAMING_VERSION = Setting.text(
                    "KAFKA_TOPIC_NAMING_VERSION", ".v1", PART_RULE, PART)
            .doc("What topic names end with, its separator included.")
            .ofGuide();

    /** What stands between parts. */
    public static final Setting<String> NAMING_SEPARATOR = Setting.text(
                    "KAFKA_TOPIC_NAMING_SEPARATOR", ".", PART_RULE, PART)
            .doc("What stands between the parts of a topic's name.")
            .ofGuide();

    /** What stands between words of a part. */
    public static final Setting<String> NAMING_SEPARATOR2 = Setting.text(
                    "KAFKA_TOPIC_NAMING_SEPARATOR2", "-", PART_RULE, PART)
            .doc(
                    "What stands between the words of one part. None of the gateway's own topics has a part of several words.")
            .ofGuide();

    /** Where records go that can't be used. */
    public static final Setting<String> DEAD_LETTER_TOPIC = Setting.text(
                    "KAFKA_TOPIC_EVENTSGATEWAY_DEADLETTER",
                    "",
                    TOPIC_RULE + ", or blank for none",
                    Pattern.compile(TOPIC.pattern() + "|"))
            .otherwise(environment -> naming(environment).topic("eventsgateway", "deadletter"))
            .doc("Topic for records that can't be used; set to blanks, they are only logged and counted.");

    private static final Map<Feed, Setting<String>> TOPICS = new EnumMap<>(Map.of(
            Feed.ENGINE_MESSAGE,
                    topic(Feed.ENGINE_MESSAGE, "PROCESSINSTANCE_IN_MESSAGE").ofGuide(),
            Feed.ENGINE_DISCONNECT,
                    topic(Feed.ENGINE_DISCONNECT, "PROCESSINSTANCE_IN_DISCONNECT")
                            .ofGuide(),
            Feed.ENGINE_CONNECT,
                    topic(Feed.ENGINE_CONNECT, "PROCESSINSTANCE_IN_CONNECT").ofGuide(),
            Feed.TASK_MESSAGE, topic(Feed.TASK_MESSAGE, "TASK_IN_MESSAGE"),
            Feed.PROCESS_MESSAGE,
                    topic(Feed.PROCESS_MESSAGE, "PROCESS_IN_MESSAGE").ofGuide(),
            Feed.GENERIC_MESSAGE, pattern(Feed.GENERIC_MESSAGE, "PATTERN").ofGuide(),
            Feed.USER_MESSAGE,
                    topic(Feed.USER_MESSAGE, "USERMESSAGES_IN_MESSAGE").ofGuide()));

    private static final Map<Feed, Setting<String>> GROUP_IDS = new EnumMap<>(Map.of(
            Feed.ENGINE_MESSAGE, group(Feed.ENGINE_MESSAGE, "PROCESSENGINECOMMANDS_MESSAGE"),
            Feed.ENGINE_DISCONNECT, group(Feed.ENGINE_DISCONNECT, "PROCESSENGINECOMMANDS_DISCONNECT"),
            Feed.ENGINE_CONNECT, group(Feed.ENGINE_CONNECT, "PROCESSENGINECOMMANDS_CONNECT"),
            Feed.TASK_MESSAGE, group(Feed.TASK_MESSAGE, "TASKCOMMANDS_MESSAGE"),
            Feed.PROCESS_MESSAGE, group(Feed.PROCESS_MESSAGE, "PROCESSCOMMANDS_MESSAGE"),
            Feed.GENERIC_MESSAGE, group(Feed.GENERIC_MESSAGE, "GENERICCOMMANDS"),
            Feed.USER_MESSAGE, group(Feed.USER_MESSAGE, "USERBROADCASTCOMMANDS")));

    private static final Map<Feed, Setting<Integer>> THREADS = new EnumMap<>(Map.of(
            Feed.ENGINE_MESSAGE, threads(Feed.ENGINE_MESSAGE, "PROCESSENGINECOMMANDS_MESSAGE"),
            Feed.ENGINE_DISCONNECT, threads(Feed.ENGINE_DISCONNECT, "PROCESSENGINECOMMANDS_DISCONNECT"),
            Feed.ENGINE_CONNECT, threads(Feed.ENGINE_CONNECT, "PROCESSENGINECOMMANDS_CONNECT"),
            Feed.TASK_MESSAGE, threads(Feed.TASK_MESSAGE, "TASKCOMMANDS"),
            Feed.PROCESS_MESSAGE, threads(Feed.PROCESS_MESSAGE, "PROCESSCOMMANDS"),
            Feed.GENERIC_MESSAGE, threads(Feed.GENERIC_MESSAGE, "GENERICCOMMANDS"),
            Feed.USER_MESSAGE, threads(Feed.USER_MESSAGE, "USERBROADCASTCOMMANDS")));

    /** Whether replicas take over at once what one that died has read. */
    public static final Setting<Boolean> REMOVE_DEAD = Setting.flag("EVENTS_KAFKA_REMOVEDEAD", true)
            .doc(
                    "Whether a replica that died is removed from its consumer groups by another one after a second, so that its"
                            + " partitions are read at once and not after the session timeout. Consumers are static members then.");

    /** All of them, as an operator thinks of them. */
    public static final List<SettingGroup> GROUPS = List.of(
            new SettingGroup("Topics", """
                    A topic's name is built: package, environment, the parts joined by the separator, version. The environment brings its own
                    separator: `dev.` gives `ai.flowx.dev.eventsgateway.engine.commands.message.v1`. A name or pattern set by hand is taken as
                    it is.""", topics()),
            new SettingGroup("Consumer groups", "", groups()),
            new SettingGroup("Consumer threads", """
                    Of each feed, one replica has at most so many consumers, and never more than partitions. Where a number is not set, it has
                    no more than the machine has processors (or two).""", List.copyOf(THREADS.values())));

    private KafkaSettings() {}

    private static List<Setting<?>> groups() {
        List<Setting<?>> groups = new ArrayList<>(GROUP_IDS.values());
        groups.add(REMOVE_DEAD);
        return groups;
    }

    private static List<Setting<?>> topics() {
        List<Setting<?>> topics = new ArrayList<>(
                List.of(NAMING_PACKAGE, NAMING_ENVIRONMENT, NAMING_VERSION, NAMING_SEPARATOR, NAMING_SEPARATOR2));
        topics.addAll(TOPICS.values());
        topics.add(DEAD_LETTER_TOPIC);
        return topics;
    }

    private static Setting<String> topic(Feed feed, String name) {
        return Setting.text("KAFKA_TOPIC_EVENTSGATEWAY_" + name, "", TOPIC_RULE, TOPIC)
                .otherwise(environment -> feed.topic(naming(environment)))
                .doc("Topic of the feed " + feed.label() + ".");
    }

    private static Setting<String> pattern(Feed feed, String name) {
        return Setting.of("KAFKA_TOPIC_EVENTSGATEWAY_" + name, "", "a regular expression", KafkaSettings::regex)
                .otherwise(environment -> feed.topic(naming(environment)))
                .doc("Regular expression of the topics of the feed " + feed.label()
                        + "; those that are made later are found too.");
    }

    private static Setting<String> group(Feed feed, String name) {
        return Setting.text(
                        "KAFKA_CONSUMER_GROUPID_" + name,
                        feed.defaultGroup(),
                        "a text of at most 255 characters",
                        GROUP)
                .doc("Consumer group of the feed " + feed.label() + ".")
                .ofGuide();
    }

    private static Setting<Integer> threads(Feed feed, String name) {
        return Setting.number("KAFKA_CONSUMER_THREADS_" + name, feed.defaultThreads(), 1, 1000)
                .doc("Consumers of the feed " + feed.label() + ", at most.")
                .ofGuide();
    }

    private static @Nullable String regex(String text) {
        try {
            return text.isEmpty() ? null : Pattern.compile(text).pattern();
        } catch (PatternSyntaxException invalid) {
            return null;
        }
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

    /** What each feed reads, by which group. */
    public static List<FeedBinding> bindings(Environment environment) {
        // one of two can read while the other one waits for Redis
        return bindings(environment, Math.max(2, Runtime.getRuntime().availableProcessors()));
    }

    /**
     * The same on a machine.
     *
     * @param ofUse how many consumers of a feed there are at most where nobody asks for more: these would take turns, and each would wake
     *     for fewer records
     */
    static List<FeedBinding> bindings(Environment environment, int ofUse) {
        return Stream.of(Feed.values())
                .map(feed -> new FeedBinding(
                        feed,
                        environment.get(require(TOPICS, feed)),
                        environment.get(require(GROUP_IDS, feed)),
                        threads(environment, require(THREADS, feed), ofUse)))
                .toList();
    }

    /** What sets the topic or pattern of a feed. */
    public static Setting<String> topicOf(Feed feed) {
        return require(TOPICS, feed);
    }

    /** What sets the consumer group of a feed. */
    public static Setting<String> groupOf(Feed feed) {
        return require(GROUP_IDS, feed);
    }

    /** What sets how many consumers a feed has at most. */
    public static Setting<Integer> threadsOf(Feed feed) {
        return require(THREADS, feed);
    }

    private static int threads(Environment environment, Setting<Integer> setting, int ofUse) {
        int most = environment.get(setting);
        return environment.explain(setting).origin().equals("default") ? Math.min(most, ofUse) : most;
    }

    /**
     * Checks that no feed reads the dead letters, which would come back to them for ever.
     *
     * @throws ConfigurationException naming every feed that does
     */
    public static void check(Environment environment) {
        String letters = deadLetterTopic(environment);
        List<String> problems = bindings(environment).stream()
                .filter(each -> each.feed().isPattern()
                        ? Pattern.compile(each.reads()).matcher(letters).matches()
                        : each.reads().equals(letters))
                .map(each -> require(TOPICS, each.feed()).name() + "=" + each.reads() + " is not valid: it also reads "
                        + DEAD_LETTER_TOPIC.name() + "=" + letters)
                .toList();
        if (!letters.isEmpty() && !problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
    }

    /** The dead letters' topic, empty for none. */
    public static String deadLetterTopic(Environment environment) {
        return environment.get(DEAD_LETTER_TOPIC);
    }

    private static <T> Setting<T> require(Map<Feed, Setting<T>> settings, Feed feed) {
        return Objects.requireNonNull(settings.get(feed));
    }
}
