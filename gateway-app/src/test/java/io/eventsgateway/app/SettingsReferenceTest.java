package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.config.Setting;
import io.eventsgateway.topic.Feed;
import io.eventsgateway.topic.StandardTopicNaming;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** That docs/settings.md says what the settings are; {@code -Ddocs.write=true} writes it. */
class SettingsReferenceTest {

    private static final Path REFERENCE = Path.of("../docs/settings.md");

    @Test
    void isWhatTheDocumentSays() throws Exception {
        String reference = reference();
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(REFERENCE, reference);
        }

        assertThat(Files.readString(REFERENCE))
                .as("docs/settings.md is stale; CONTRIBUTING.md says how to write it anew")
                .isEqualTo(reference);
    }

    @Test
    void explainsEverySettingUnderOneName() {
        Map<String, Long> names = AppSettings.ALL.stream()
                .flatMap(setting -> {
                    List<String> all = new ArrayList<>(setting.olderNames());
                    all.add(setting.name());
                    return all.stream();
                })
                .collect(Collectors.groupingBy(name -> name, TreeMap::new, Collectors.counting()));

        assertThat(names.values()).containsOnly(1L);
        assertThat(AppSettings.ALL)
                .allSatisfy(
                        setting -> assertThat(setting.doc()).as(setting.name()).endsWith("."));
    }

    private static String reference() {
        StringBuilder out = new StringBuilder("""
                # Settings

                All of them are environment variables. Case, underscores, hyphens and dots in names do not count; an older name is read where
                the newer one is not set. A value that breaks its rule stops the start. This page is generated from the code.

                | variable | default | rule | what |
                |---|---|---|---|
                """);
        for (Setting<?> setting : AppSettings.ALL) {
            out.append("| `")
                    .append(setting.name())
                    .append("`")
                    .append(setting.olderNames().stream()
                            .map(name -> "<br>formerly `" + name + "`")
                            .collect(Collectors.joining()))
                    .append(" | ")
                    .append(fallback(setting))
                    .append(" | ")
                    .append(setting.rule())
                    .append(" | ")
                    .append(setting.doc())
                    .append(" |\n");
        }
        out.append("\nTopics whose default is *(built)* are called, with the default naming:\n\n");
        for (Feed feed : Feed.values()) {
            out.append("- `")
                    .append(feed.label())
                    .append("`: `")
                    .append(feed.topic(StandardTopicNaming.DEFAULT))
                    .append("`\n");
        }
        return out + "- dead letters: `" + StandardTopicNaming.DEFAULT.topic("eventsgateway", "deadletter") + "`\n\n"
                + "Beside these, `SPRING_KAFKA_PROPERTIES_<NAME>` sets any property of the Kafka clients: "
                + "`SPRING_KAFKA_PROPERTIES_SASL_MECHANISM`\nis `sasl.mechanism`.\n";
    }

    private static String fallback(Setting<?> setting) {
        if (setting.fallback().equals("(built)")) {
            return "*(built)*";
        }
        return setting.fallback().isEmpty() ? "" : "`" + setting.fallback() + "`";
    }
}
