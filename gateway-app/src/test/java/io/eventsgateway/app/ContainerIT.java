package io.eventsgateway.app;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.eventsgateway.FreePort;
import io.eventsgateway.topic.Feed;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The image as the Helm chart's Deployment runs it, by podman. Not part of {@code mvn verify}: {@code .ci/artifacts} builds the image. */
@Tag("artifact")
class ContainerIT {

    private static final String IMAGE = System.getProperty("container.image", "localhost/events-gateway");
    private static final String COMMAND = "/opt/events-gateway/gateway";
    private static final String POD = "events-gateway";
    private static final String CONTAINER = POD + "-events-gateway";
    private static final YAMLMapper YAML = new YAMLMapper();

    @TempDir
    private Path folder;

    @Test
    void streamsAsTheChartRunsItAndDrainsWhenItIsStopped() throws Exception {
        int port = FreePort.any();
        int management = FreePort.any();
        try (Stack stack = new Stack()) {
            Path pod = pod(stack, port, management);
            try {
                podman("kube", "play", pod.toString());
                URI readiness = URI.create("http://127.0.0.1:" + management + "/manage/actuator/health/readiness");
                await("readiness", () -> status(readiness) == 200);
                podman("exec", CONTAINER, COMMAND, "health");
                assertThat(run("exec", CONTAINER, "sh", "-c", "echo > /opt/file")
                                .output())
                        .contains("Read-only file system");

                URI events = URI.create("http://127.0.0.1:" + port + "/api/events/process-instance/kube");
                try (Listener listener = new Listener(events, Map.of())) {
                    podman(
                            "exec",
                            CONTAINER,
                            COMMAND,
                            "publish",
                            Stack.topic(Feed.ENGINE_MESSAGE),
                            "{\"n\":1}",
                            "--key",
                            "kube");
                    await("the event", () -> listener.data().equals(List.of("{\"n\":1}")));

                    podman("pod", "stop", "--time", "30", POD);

                    await("the end of the stream", listener::ended);
                    assertThat(listener.lines())
                            .filteredOn(line -> line.startsWith("retry:"))
                            .hasSize(2);
                }
                assertThat(podman("inspect", "--format", "{{.State.ExitCode}}", CONTAINER))
                        .isEqualTo("0");
            } finally {
                run("pod", "rm", "--force", POD);
            }
        }
    }

    @Test
    void warnsAtTheStartWhereLibrariesCantBeLoaded() throws Exception {
        Process process = process(
                "run", "--rm", "--network", "none", "--read-only", "--tmpfs", "/tmp:noexec", IMAGE, "--embedded");
        try (BufferedReader log =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            List<String> lines = new ArrayList<>();
            for (String line = log.readLine();
                    line != null && !line.contains("Gateway started");
                    line = log.readLine()) {
                lines.add(line);
            }

            assertThat(lines).anyMatch(line -> line.contains("WARN") && line.contains("/tmp is mounted noexec"));
        } finally {
            process.destroy();
            process.waitFor();
        }
    }

    /** A pod of the chart's Deployment, on the network of this machine, which has no cluster's. */
    private Path pod(Stack stack, int port, int management) throws IOException {
        Map<String, String> environment = new HashMap<>(stack.environment());
        environment.remove("EVENTS_SSE_DRAINSECS");
        Map<String, Object> values = Map.of(
                "image",
                Map.of("repository", IMAGE, "tag", "latest", "pullPolicy", "Never"),
                "env",
                environment,
                "drainSeconds",
                2,
                "service",
                Map.of("port", port),
                "management",
                Map.of("port", management));
        ObjectNode deployment =
                (ObjectNode) Chart.with(folder, YAML.writeValueAsString(values)).object("Deployment");
        ObjectNode pod = YAML.createObjectNode().put("apiVersion", "v1").put("kind", "Pod");
        pod.putObject("metadata").put("name", POD);
        ObjectNode spec = (ObjectNode) deployment.at("/spec/template/spec");
        pod.set("spec", spec.put("hostNetwork", true));
        // which podman would map, though there is nothing to map
        ((ObjectNode) spec.at("/containers/0")).remove("ports");
        return Files.writeString(folder.resolve("pod.yaml"), YAML.writeValueAsString(pod));
    }

    private static int status(URI uri) {
        try {
            return HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException notYet) {
            return 0;
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private static String podman(String... arguments) throws Exception {
        GatewayRun run = run(arguments);
        assertThat(run.exitCode()).as(run.output()).isZero();
        return run.output().strip();
    }

    private static GatewayRun run(String... arguments) throws Exception {
        Process process = process(arguments);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new GatewayRun(process.waitFor(), output);
    }

    private static Process process(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("podman"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }
}
