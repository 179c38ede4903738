package io.eventsgateway.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** That docs/configuration.md says what the settings are; {@code -Ddocs.write=true} writes it. */
class ReferenceTest {

    private static final Path REFERENCE = Path.of("../docs/configuration.md");
    private static final Path OPERATIONS = Path.of("../docs/operations");

    /** All but what Kubernetes would set for a Service. */
    private static final Pattern SETTING = Pattern.compile(
            "\\b((?!KAFKA_PORT\\b)(?:APPLICATION|EVENTS|FLOWX|KAFKA|LOGGING|MANAGEMENT|SECURITY|SERVER|SPRING)_[A-Z0-9_]*[A-Z0-9_])(…)?");

    @Test
    void isWhatTheDocumentSays() throws Exception {
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(REFERENCE, Reference.markdown());
        }

        assertThat(Files.readString(REFERENCE))
                .as("docs/configuration.md is stale; CONTRIBUTING.md says how to write it anew")
                .isEqualTo(Reference.markdown());
    }

    /** Metric names are {@code MetricsPageTest}'s. */
    @Test
    void hasEverySettingThatThePagesForOperatorsName() throws Exception {
        String reference = Reference.markdown();
        try (DirectoryStream<Path> pages = Files.newDirectoryStream(OPERATIONS, "*.md")) {
            for (Path page : pages) {
                Matcher setting = SETTING.matcher(Files.readString(page));
                while (setting.find()) {
                    // an ellipsis stands for the rest of several names
                    String end = setting.group(2) == null ? "`" : "";
                    assertThat(reference.contains("`" + setting.group(1) + end))
                            .as("%s of %s is a setting", setting.group(), page)
                            .isTrue();
                }
            }
        }
    }
}
