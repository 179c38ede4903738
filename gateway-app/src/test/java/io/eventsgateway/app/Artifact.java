package io.eventsgateway.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What is shipped and can be started: the built jar on some Java, or an image by podman, with the network of this machine. Immutable.
 *
 * @param name what it is called in reports
 * @param command what starts it, up to its own arguments
 * @param inContainer whether variables and files have to be handed into a container
 */
record Artifact(String name, List<String> command, boolean inContainer) {

    /** The built jar on the Java that runs the tests. */
    static Artifact jar() {
        return jar("512m");
    }

    /** The same with another heap, as {@code -Xmx} takes it. */
    static Artifact jar(String heap) {
        return jar(Path.of(System.getProperty("java.home")), heap);
    }

    private static Artifact jar(Path javaHome, String heap) {
        return new Artifact(
                "jar on " + javaHome.getFileName(),
                List.of(
                        javaHome.resolve("bin/java").toString(),
                        "-Xmx" + heap,
                        "-jar",
                        Path.of("target", "gateway-app.jar").toString()),
                false);
    }

    private static Artifact image(String image) {
        return new Artifact(
                "image " + image,
                List.of(
                        "podman",
                        "run",
                        "--rm",
                        // podman has systemd run them, and complains where it can't
                        "--no-healthcheck",
                        "--network",
                        "host",
                        "--read-only",
                        "--tmpfs",
                        "/tmp:exec",
                        "--memory",
                        "512m",
                        // does not start where what its build recorded is of no use to its Java
                        "--env",
                        "JAVA_OPTS=-XX:AOTMode=on",
                        image),
                true);
    }

    /**
     * The artifacts that the property {@code artifacts} names, by commas: {@code java:HOME} is the built jar on that Java,
     * {@code image:NAME} an image. The jar on the Java that runs the tests where it names none.
     */
    static List<Artifact> named() {
        String named = System.getProperty("artifacts", "");
        if (named.isBlank()) {
            return List.of(jar());
        }
        return Arrays.stream(named.split(",")).map(Artifact::of).toList();
    }

    private static Artifact of(String text) {
        String name = text.substring(text.indexOf(':') + 1);
        return switch (text.substring(0, Math.max(0, text.indexOf(':')))) {
            case "java" -> jar(Path.of(name), "512m");
            case "image" -> image(name);
            default -> throw new IllegalArgumentException("not an artifact: " + text);
        };
    }

    /**
     * A process to be started.
     *
     * @param files a folder that it may read; only containers need to be told
     */
    ProcessBuilder process(Map<String, String> environment, Path files, List<String> arguments) {
        List<String> all = new ArrayList<>(command);
        if (inContainer) {
            List<String> options = new ArrayList<>(List.of("--volume", files + ":" + files + ":ro"));
            // by their names alone, so that no value shows in a list of processes
            environment.keySet().forEach(name -> options.addAll(List.of("--env", name)));
            all.addAll(all.size() - 1, options);
        }
        all.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(all).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return builder;
    }

    @Override
    public String toString() {
        return name;
    }
}
