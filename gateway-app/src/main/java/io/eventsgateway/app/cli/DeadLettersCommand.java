package io.eventsgateway.app.cli;

import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import io.eventsgateway.kafka.DeadLetter;
import io.eventsgateway.kafka.DeadLetterTopic;
import io.eventsgateway.kafka.FeedBinding;
import io.eventsgateway.kafka.KafkaClientSettings;
import io.eventsgateway.kafka.KafkaSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Reads the dead-letter topic of the environment, and sends its records again. */
@Command(
        name = "dead-letters",
        description = "Lists the records that could not be used, or sends them to their topics again.",
        mixinStandardHelpOptions = true,
        subcommands = {DeadLettersCommand.ListLetters.class, DeadLettersCommand.Replay.class})
public final class DeadLettersCommand implements Runnable {

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "Name what to do: list or replay");
    }

    /** Which letters a command is about. */
    static final class Choice {

        @Option(
                names = "--newest",
                description = "How many of the newest letters; default: ${DEFAULT-VALUE}.",
                defaultValue = "20")
        private int newest = 20;

        @Option(names = "--topic", description = "Only letters of this topic's records.")
        private @Nullable String topic;

        @Option(names = "--reason", description = "Only letters whose reason has this text.")
        private String reason = "";

        @Option(
                names = "--letter",
                paramLabel = "TOPIC-PARTITION@OFFSET",
                description = "Only this letter, by its own place or its record's, among the newest; may be repeated.")
        private List<String> letters = List.of();

        @Mixin
        private EnvironmentOption settings = new EnvironmentOption();

        DeadLetterTopic open(Environment environment) {
            String dead = KafkaSettings.deadLetterTopic(environment);
            if (dead.isEmpty()) {
                throw new ConfigurationException(
                        List.of("KAFKA_TOPIC_EVENTSGATEWAY_DEADLETTER is empty: there are no dead letters"));
            }
            return new DeadLetterTopic(
                    dead,
                    KafkaClientSettings.properties(environment),
                    environment.get(KafkaClientSettings.MESSAGE_MAX_BYTES));
        }

        List<DeadLetter> of(DeadLetterTopic from) {
            return from.newest(newest).stream()
                    .filter(each -> topic == null || topic.equals(each.sourceTopic()))
                    .filter(each -> each.reason().contains(reason))
                    .filter(each ->
                            letters.isEmpty() || letters.contains(each.place()) || letters.contains(each.source()))
                    .toList();
        }
    }

    /** Lists letters. */
    @Command(
            name = "list",
            description = "Lists the newest letters, the oldest of them first.",
            mixinStandardHelpOptions = true)
    static final class ListLetters implements Callable<Integer> {

        @Mixin
        private Choice choice = new Choice();

        @Option(names = "--data", description = "Shows the records' values too.")
        private boolean data;

        @Override
        public Integer call() throws IOException {
            try (DeadLetterTopic topic = choice.open(choice.settings.environment())) {
                choice.of(topic).forEach(this::print);
                return 0;
            } catch (KafkaException unreachable) {
                throw new IOException(unreachable.getMessage(), unreachable);
            }
        }

        private void print(DeadLetter letter) {
            byte[] value = letter.value();
            String headers = letter.headers().stream()
                    .map(each -> each.key() + "=" + text(each.value()))
                    .collect(Collectors.joining(" "));
            System.out.println(Terminal.part(letter.time() + " letter=" + letter.place() + " record=" + letter.source()
                    + " reason=\"" + letter.reason() + "\" key=" + text(letter.key()) + " bytes="
                    + (value == null ? 0 : value.length)
                    + (letter.leftOut().isEmpty() ? "" : " left-out=\"" + letter.leftOut() + "\"")
                    + (headers.isEmpty() ? "" : " headers: " + headers)));
            if (data) {
                System.out.println(Terminal.lines(value));
            }
        }

        private static String text(byte @Nullable [] bytes) {
            return bytes == null ? "-" : new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /** Sends records again. */
    @Command(
            name = "replay",
            description = {
                "Sends the records of letters to their topics again, with their keys and headers, once each: a record that was sent again has a header "
                        + "that names the rejected one, and a second replay passes it over.",
                "Without --execute it only says what it would do."
            },
            mixinStandardHelpOptions = true)
    static final class Replay implements Callable<Integer> {

        @Mixin
        private Choice choice = new Choice();

        @Option(
                names = "--replace",
                paramLabel = "FILE",
                description =
                        "The repaired value, in place of the record's own, of exactly one letter, which lacks nothing else.")
        private @Nullable Path replacement;

        @Option(names = "--execute", description = "Sends them.")
        private boolean execute;

        @Override
        public Integer call() throws IOException, InterruptedException, ExecutionException {
            Environment environment = choice.settings.environment();
            List<FeedBinding> feeds = KafkaSettings.bindings(environment);
            Path file = replacement;
            byte[] value = file == null ? null : Files.readAllBytes(file);
            try (DeadLetterTopic topic = choice.open(environment)) {
                List<DeadLetter> letters = choice.of(topic);
                if (value != null && letters.size() != 1) {
                    System.err.println("--replace is for exactly one letter, and " + letters.size()
                            + " are chosen; name it by --letter");
                    return 64;
                }
                List<DeadLetter> ours = letters.stream()
                        .filter(each -> feeds.stream().anyMatch(feed -> feed.reads(each.sourceTopic())))
                        .toList();
                Set<String> replayed = topic.replayed(ours);
                int sent = 0;
                for (DeadLetter letter : letters) {
                    String problem = !ours.contains(letter)
                            ? "no feed reads its topic"
                            : replayed.contains(letter.source())
                                    ? "was sent again before"
                                    : !letter.isComplete(value != null)
                                            ? "the letter is without " + letter.leftOut()
                                            : "";
                    if (!problem.isEmpty()) {
                        System.out.println(Terminal.part("passed over " + letter.source() + ": " + problem));
                        continue;
                    }
                    replayed.add(letter.source());
                    sent++;
                    System.out.println(Terminal.part(
                            execute
                                    ? "sent " + letter.source() + " again as " + topic.replay(letter, value)
                                    : "would send " + letter.source() + " again"));
                }
                System.out.println(
                        sent + " of " + letters.size() + (execute ? " sent" : " would be sent; --execute does it"));
                return 0;
            } catch (KafkaException unreachable) {
                throw new IOException(unreachable.getMessage(), unreachable);
            }
        }
    }
}
