package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The start script with a Java that only shows how it is called. */
class StartScriptTest {

    @TempDir
    private Path folder;

    @Test
    void endsAJvmThatRanOutOfMemoryUnlessToldOtherwise() throws Exception {
        assertThat(options("")).contains("-XX:+ExitOnOutOfMemoryError");
        assertThat(options("-Xmx300m -XX:-ExitOnOutOfMemoryError"))
                .containsSubsequence("-XX:+ExitOnOutOfMemoryError", "-Xmx300m", "-XX:-ExitOnOutOfMemoryError", "-jar");
    }

    private List<String> options(String javaOpts) throws Exception {
        Path script = folder.resolve("gateway");
        if (!Files.exists(script)) {
            executable(script, Files.readString(Path.of("src", "main", "dist", "gateway")));
            executable(
                    Files.createDirectories(folder.resolve("bin")).resolve("java"),
                    "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        }
        ProcessBuilder builder = new ProcessBuilder(script.toString(), "run").redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", folder.toString());
        builder.environment().put("JAVA_OPTS", javaOpts);
        Process process = builder.start();
        String shown = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(shown).isZero();
        return shown.lines().toList();
    }

    private static void executable(Path file, String text) throws Exception {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
