package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mount with noexec needs rights that a test has only in a container: ArtifactIT. */
class LibraryFolderTest {

    @Test
    void hasNothingToSayOfAFolderWhoseFilesMayRun(@TempDir Path folder) {
        assertThat(LibraryFolder.warning(folder)).isNull();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void namesAFolderThatCantBeWrittenTo() {
        assertThat(LibraryFolder.warning(Path.of("/nowhere")))
                .startsWith("/nowhere can't be written to")
                .contains("snappy", "-Djava.io.tmpdir");
    }
}
