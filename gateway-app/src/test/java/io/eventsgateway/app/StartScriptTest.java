package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The start script with a Java that only shows how it is called. */
class StartScriptTest {

    private static final String TRIM = "-XX:TrimNativeHeapInterval=1000";
    private static final String COMPACT = "-XX:+UseCompactObjectHeaders";

    @TempDir
    private Path folder;

    private Path script;
    private Path javaHome;

    @BeforeEach
    void install() throws IOException {
        script = folder.resolve("gateway");
        executable(script, Files.readString(Path.of("src", "main", "dist", "gateway")));
        javaHome = Files.createDirectory(folder.resolve("java"));
        executable(
                Files.createDirectory(javaHome.resolve("bin")).resolve("java"),
                "#!/bin/sh\nprintf '%s\\n' \"$@\" \"variable ${JDK_JAVA_OPTIONS:-none}\"\n");
        release("25.0.3");
    }

    @Test
    void endsAJvmThatRanOutOfMemoryUnlessToldOtherwise() throws Exception {
        assertThat(options("")).contains("-XX:+ExitOnOutOfMemoryError");
        assertThat(options("-Xmx300m -XX:-ExitOnOutOfMemoryError"))
                .containsSubsequence("-XX:+ExitOnOutOfMemoryError", "-Xmx300m", "-XX:-ExitOnOutOfMemoryError", "-jar");
    }

    @ParameterizedTest
    @ValueSource(strings = {"17", "17.0.8", "17.0.8.1", "18.0.2", "21", "24.0.1"})
    void leavesObjectHeadersAsTheyAreBeforeJava25(String version) throws Exception {
        release(version);

        assertThat(options("")).doesNotContain(COMPACT);
    }

    @ParameterizedTest
    @CsvSource({
        "17, false",
        "17.0.8, false",
        "17.0.8.1, false",
        "17.0.9, true",
        "17.0.15, true",
        "18.0.2, false",
        "21, false",
        "21.0.1, true",
        "22, true",
        "25.0.3, true"
    })
    void givesMemoryBackWhereTheJavaCan(String version, boolean can) throws Exception {
        release(version);

        assertThat(options("").contains(TRIM)).isEqualTo(can);
    }

    @Test
    void givesARealJvmNothingThatItDoesNotKnowAndHidesNoTypingError() throws Exception {
        new JarOutputStream(Files.newOutputStream(folder.resolve("gateway-app.jar")), new Manifest()).close();
        Map<String, String> real = Map.of("JAVA_HOME", System.getProperty("java.home"), "JAVA_OPTS", "-version");
        Map<String, String> mistyped =
                Map.of("JAVA_HOME", System.getProperty("java.home"), "JAVA_OPTS", "-XX:MaxRAMPercentag=50 -version");

        assertThat(run(real).exitCode()).isZero();
        GatewayRun refused = run(mistyped);
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.output()).contains("MaxRAMPercentag");
    }

    @Test
    void asksAJavaWhoseFolderDoesNotNameItsVersion() throws Exception {
        Files.delete(javaHome.resolve("release"));
        executable(javaHome.resolve("bin").resolve("java"), """
                #!/bin/sh
                if [ "$1" = -version ]; then
                    printf 'Picked up JAVA_TOOL_OPTIONS: -Xmx1g\\nopenjdk version "21.0.2" 2024-01-16\\nRuntime version "x"\\n' >&2
                else
                    printf '%s\\n' "$@"
                fi
                """);

        assertThat(options("")).contains(TRIM).doesNotContain(COMPACT);
    }

    @Test
    void namesWhatIsNeededWhereThereIsNoJava() throws Exception {
        GatewayRun none = run(Map.of("JAVA_HOME", "", "PATH", emptyPath()));
        GatewayRun wrong = run(Map.of("JAVA_HOME", "/nowhere"));
        release("11.0.2");
        GatewayRun old = run(Map.of("JAVA_HOME", javaHome.toString()));

        assertThat(none)
                .isEqualTo(new GatewayRun(
                        78, "Java 17 or newer is needed: JAVA_HOME is not set, and there is no java on the path\n"));
        assertThat(wrong)
                .isEqualTo(new GatewayRun(78, "Java 17 or newer is needed: JAVA_HOME=/nowhere has no bin/java\n"));
        assertThat(old)
                .isEqualTo(new GatewayRun(
                        78, "Java 17 or newer is needed: " + javaHome + " has Java 11.0.2; set JAVA_HOME\n"));
    }

    @Test
    void leavesTheCollectorToWhoeverNamesOneInEitherVariable() throws Exception {
        assertThat(options("")).contains("-XX:+UseSerialGC");
        assertThat(options("-XX:+UseG1GC")).doesNotContain("-XX:+UseSerialGC");
        assertThat(run(Map.of("JAVA_HOME", javaHome.toString(), "JDK_JAVA_OPTIONS", "-XX:+UseZGC"))
                        .output())
                .doesNotContain("-XX:+UseSerialGC");
    }

    @Test
    void saysThatQuotesDoNotCount() throws Exception {
        assertThat(options("-Dname='two words'"))
                .contains("-Dname='two", "words'")
                .anyMatch(line -> line.contains("JDK_JAVA_OPTIONS takes options with blanks"));
    }

    @Test
    void asksForHealthWithoutOptionsThatMayOpenAPortOfTheGateways() throws Exception {
        GatewayRun health = run(
                Map.of(
                        "JAVA_HOME",
                        javaHome.toString(),
                        "JAVA_OPTS",
                        "-agentlib:jdwp=address=5005",
                        "JDK_JAVA_OPTIONS",
                        "-Dcom.sun.management.jmxremote.port=9010"),
                "health");

        assertThat(health.output().lines())
                .doesNotContain("-agentlib:jdwp=address=5005")
                .contains("health", "variable none");
    }

    private List<String> options(String javaOpts) throws Exception {
        GatewayRun run = run(Map.of("JAVA_HOME", javaHome.toString(), "JAVA_OPTS", javaOpts), "run");
        assertThat(run.exitCode()).as(run.output()).isZero();
        return run.output().lines().toList();
    }

    private GatewayRun run(Map<String, String> environment, String... arguments) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(script.toString()).redirectErrorStream(true);
        builder.command().addAll(List.of(arguments));
        builder.environment().keySet().removeIf(name -> name.startsWith("JAVA_") || name.startsWith("JDK_"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        String shown = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new GatewayRun(process.waitFor(), shown);
    }

    /** A path with the programs that the script calls, and no Java. */
    private String emptyPath() throws IOException {
        Path path = Files.createDirectory(folder.resolve("programs"));
        for (String program : List.of("dirname", "readlink", "sed")) {
            executable(path.resolve(program), "#!/bin/sh\nexec /usr/bin/" + program + " \"$@\"\n");
        }
        return path.toString();
    }

    private void release(String version) throws IOException {
        Files.writeString(javaHome.resolve("release"), "IMPLEMENTOR=\"X\"\nJAVA_VERSION=\"" + version + "\"\n");
    }

    private static void executable(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
