package io.eventsgateway.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** One run of the built jar to its end: what it printed and its exit code. */
record GatewayRun(int exitCode, String output) {

    static GatewayRun of(Map<String, String> environment, String... arguments) {
        return of(Artifact.jar(), Path.of("target").toAbsolutePath(), environment, arguments);
    }

    /** The same of another artifact, which may read the files of a folder. */
    static GatewayRun of(Artifact artifact, Path files, Map<String, String> environment, String... arguments) {
        try {
            Process process =
                    artifact.process(environment, files, List.of(arguments)).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    // what the JVM says where the environment has options for it, as while logs are searched for tokens
                    .replaceFirst("^Picked up JAVA_TOOL_OPTIONS: .*\\R", "");
            return new GatewayRun(process.waitFor(), output);
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
