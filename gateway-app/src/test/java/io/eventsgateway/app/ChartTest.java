package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.LintResult;
import io.eventsgateway.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Helm chart, and the manifests that are rendered from it for those who have no Helm. */
class ChartTest {

    private static final Path OPERATIONS = Path.of("..", "docs", "operations");

    /** What every cluster knows. */
    private static final String PLAIN = """
            ingress: {enabled: true, public: {host: events.example.com, tlsSecret: events-gateway-tls}}
            networkPolicy:
              enabled: true
              managementFrom: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}]
            """;

    /** What takes an extension of the cluster, or a choice. */
    private static final String OPTIONAL = """
            gateway:
              enabled: true
              parentRefs: [{name: public, sectionName: https}]
              public: {hostnames: [events.example.com]}
            autoscaling: {enabled: true}
            serviceMonitor: {enabled: true}
            """;

    @TempDir
    private Path folder;

    @Test
    void passesHelmsOwnLint() {
        LintResult lint = Chart.lint();

        assertThat(lint.isFailed()).as(String.join("\n", lint.getMessages())).isFalse();
    }

    @Test
    void isOfTheVersionOfTheProject() throws IOException {
        Matcher version =
                Pattern.compile("<version>(.+?)</version>").matcher(Files.readString(Path.of("..", "pom.xml")));
        assertThat(version.find()).isTrue();

        assertThat(Files.readAllLines(Chart.FOLDER.resolve("Chart.yaml")))
                .contains("version: " + version.group(1), "appVersion: " + version.group(1));
    }

    @Test
    void isTheManifestsThatTheDocumentsHave() throws IOException {
        Map<String, String> rendered = new LinkedHashMap<>();
        rendered.put("kubernetes.yaml", manifest(PLAIN, Set.of()));
        rendered.put(
                "kubernetes-optional.yaml",
                manifest(OPTIONAL, Set.of("HorizontalPodAutoscaler", "ServiceMonitor", "HTTPRoute")));

        for (Map.Entry<String, String> each : rendered.entrySet()) {
            Path file = OPERATIONS.resolve(each.getKey());
            if (Boolean.getBoolean("docs.write")) {
                Files.writeString(file, each.getValue());
            }
            assertThat(file).as("written anew by -Ddocs.write=true").hasContent(each.getValue());
        }
    }

    @Test
    void runsTwoReplicasOfWhichOneIsAlwaysThere() throws IOException {
        Chart chart = Chart.with(folder, "");

        JsonNode deployment = chart.object("Deployment");
        assertThat(deployment.at("/spec/replicas").asInt()).isEqualTo(2);
        assertThat(deployment.at("/spec/minReadySeconds").asInt()).isEqualTo(5);
        assertThat(deployment.at("/spec/strategy/rollingUpdate/maxUnavailable").asInt())
                .isZero();
        assertThat(chart.object("PodDisruptionBudget")
                        .at("/spec/maxUnavailable")
                        .asInt())
                .isOne();
        JsonNode scaled = Chart.with(folder, "autoscaling: {enabled: true}").object("Deployment");
        assertThat(scaled.at("/spec/replicas").isMissingNode()).isTrue();
    }

    @Test
    void asksThePortOfTheManagementWhatItServes() throws IOException {
        JsonNode container = container(
                "management: {port: 9090, scheme: HTTPS}\nservice: {port: 9000}\nserviceMonitor: {enabled: true}");

        Map<String, Integer> ports = new LinkedHashMap<>();
        container
                .path("ports")
                .forEach(each -> ports.put(
                        each.path("name").asText(), each.path("containerPort").asInt()));
        assertThat(ports).containsExactly(Map.entry("events", 9000), Map.entry("management", 9090));
        assertThat(environment(container))
                .containsEntry("SERVER_PORT", "9000")
                .containsEntry("MANAGEMENT_SERVER_PORT", "9090");
        for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
            String served = probe.equals("readinessProbe") ? "readiness" : "liveness";
            assertThat(container.at("/" + probe + "/httpGet/path").asText())
                    .isEqualTo("/manage/actuator/health/" + served);
            assertThat(container.at("/" + probe + "/httpGet/port").asText()).isEqualTo("management");
            assertThat(container.at("/" + probe + "/httpGet/scheme").asText()).isEqualTo("HTTPS");
        }
    }

    @Test
    void hasTimeForTheDrain() throws IOException {
        JsonNode pod =
                Chart.with(folder, "drainSeconds: 60").object("Deployment").at("/spec/template/spec");

        assertThat(pod.path("terminationGracePeriodSeconds").asInt()).isEqualTo(85);
        assertThat(environment(pod.at("/containers/0"))).containsEntry("EVENTS_SSE_DRAINSECS", "60");
    }

    @Test
    void givesTheGatewayNoRightsAndAFolderForItsLibraries() throws IOException {
        JsonNode pod = Chart.with(folder, "").object("Deployment").at("/spec/template/spec");

        assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
        assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
        assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
        assertThat(pod.path("enableServiceLinks").asBoolean(true)).isFalse();
        JsonNode container = pod.at("/containers/0");
        assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean())
                .isTrue();
        assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true))
                .isFalse();
        assertThat(container.at("/securityContext/capabilities/drop/0").asText())
                .isEqualTo("ALL");
        assertThat(container.at("/volumeMounts/0/mountPath").asText()).isEqualTo("/tmp");
        assertThat(pod.at("/volumes/0/emptyDir").isObject()).isTrue();
        assertThat(container.at("/resources/limits/memory").asText()).isEqualTo("768Mi");
        assertThat(environment(container)).containsEntry("JAVA_OPTS", "-XX:MaxRAMPercentage=50");
    }

    @Test
    void setsOnlyVariablesThatTheGatewayKnows() throws IOException {
        Set<String> known = AppSettings.ALL.stream().map(Setting::name).collect(Collectors.toSet());

        assertThat(environment(container("")).keySet())
                .filteredOn(name -> !known.contains(name))
                .containsExactly("JAVA_OPTS");
    }

    @Test
    void writesNumbersAsTheGatewayReadsThem() throws IOException {
        JsonNode container = container(
                "env: {KAFKA_MESSAGE_MAX_BYTES: 52428800, EVENTS_ORGANIZATION_REQUIRED: false, KAFKA_BOOTSTRAP_SERVERS: 'a:1,b:2'}\nsecrets: [passwords]");

        assertThat(environment(container))
                .containsEntry("KAFKA_MESSAGE_MAX_BYTES", "52428800")
                .containsEntry("EVENTS_ORGANIZATION_REQUIRED", "false")
                .containsEntry("KAFKA_BOOTSTRAP_SERVERS", "a:1,b:2")
                .containsEntry("SPRING_DATA_REDIS_HOST", "redis");
        assertThat(container.at("/envFrom/0/secretRef/name").asText()).isEqualTo("passwords");
    }

    @Test
    void leadsBothHostGroupsOfTheGuideToTheEventStreams() throws IOException {
        List<JsonNode> objects = Chart.with(folder, """
                        ingress: {enabled: true, admin: {host: admin.example.com}, public: {host: example.com, tlsSecret: tls}}
                        gateway:
                          enabled: true
                          parentRefs: [{name: public}]
                          admin: {hostnames: [admin.example.com]}
                          public: {hostnames: [example.com]}
                        """).objects();

        assertThat(objects.stream()
                        .map(each -> each.path("kind").asText() + " "
                                + each.at("/metadata/name").asText()))
                .contains(
                        "Ingress events-gateway-admin",
                        "Ingress events-gateway-public",
                        "HTTPRoute events-gateway-admin",
                        "HTTPRoute events-gateway-public");
        assertThat(objects)
                .filteredOn(each -> each.path("kind").asText().equals("Ingress"))
                .allSatisfy(each -> {
                    assertThat(each.at("/spec/rules/0/http/paths/0/path").asText())
                            .isEqualTo("/api/events");
                    assertThat(each.at("/spec/rules/0/http/paths/0/backend/service/name")
                                    .asText())
                            .isEqualTo("events-gateway");
                });
    }

    @Test
    void hasItsSelectorsFindItsPods() throws IOException {
        List<JsonNode> objects = Chart.with(folder, PLAIN + OPTIONAL.replace("\n            ", "\n"))
                .objects();
        JsonNode labels = objects.stream()
                .filter(each -> each.path("kind").asText().equals("Deployment"))
                .map(each -> each.at("/spec/template/metadata/labels"))
                .findFirst()
                .orElseThrow();

        assertThat(objects).allSatisfy(each -> {
            String kind = each.path("kind").asText();
            JsonNode selector =
                    switch (kind) {
                        case "Service" -> each.at("/spec/selector");
                        case "NetworkPolicy" -> each.at("/spec/podSelector/matchLabels");
                        case "Deployment", "PodDisruptionBudget" -> each.at("/spec/selector/matchLabels");
                        default -> labels;
                    };
            assertThat(selector.isEmpty()).as(kind).isFalse();
            selector.properties()
                    .forEach(label ->
                            assertThat(labels.path(label.getKey())).as(kind).isEqualTo(label.getValue()));
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "replica: 3",
                "drainSeconds: ten",
                "ingress: {admin: {path: /events}}",
                "env: {JAVA_OPTS: -Xmx1g}",
                "env: {EVENTS_SSE_DRAINSECS: 20}",
                "podDisruptionBudget: {enable: true}"
            })
    void refusesValuesThatWouldDoNothing(String values) throws IOException {
        Chart chart = Chart.with(folder, values);

        assertThatThrownBy(chart::text).hasMessageContaining("services.events-gateway");
    }

    private JsonNode container(String values) throws IOException {
        return Chart.with(folder, values).object("Deployment").at("/spec/template/spec/containers/0");
    }

    private static Map<String, String> environment(JsonNode container) {
        return StreamSupport.stream(container.path("env").spliterator(), false)
                .collect(Collectors.toMap(each -> each.path("name").asText(), each -> each.path("value")
                        .asText()));
    }

    /** The objects of some kinds, or all. */
    private String manifest(String values, Set<String> kinds) throws IOException {
        String head =
                "# Rendered from the Helm chart in gateway-app/src/main/helm by ChartTest, -Ddocs.write=true; do not edit.\n";
        StringBuilder manifest = new StringBuilder(head);
        for (String document : Chart.with(folder, values).text().split("(?m)^---\n")) {
            List<JsonNode> objects = Chart.objects(document);
            if (!objects.isEmpty()
                    && (kinds.isEmpty()
                            || kinds.contains(objects.get(0).path("kind").asText()))) {
                manifest.append("---\n")
                        .append(document.replaceAll("(?m)^# Source: .*\n", "").strip())
                        .append('\n');
            }
        }
        return manifest.toString();
    }
}
