package io.eventsgateway.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** That docs/configuration.md says what the settings are; {@code -Ddocs.write=true} writes it. */
class ReferenceTest {

    private static final Path REFERENCE = Path.of("../docs/configuration.md");

    @Test
    void isWhatTheDocumentSays() throws Exception {
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(REFERENCE, Reference.markdown());
        }

        assertThat(Files.readString(REFERENCE))
                .as("docs/configuration.md is stale; CONTRIBUTING.md says how to write it anew")
                .isEqualTo(Reference.markdown());
    }
}
