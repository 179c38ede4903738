package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page about proxies shows the files that are tested, and those that can't be tested have fields that Kubernetes knows. */
class IngressPageTest {

    private static final Path PAGE = Path.of("..", "docs", "ingress.md");
    private static final Path FILES = Path.of("..", "docs", "ingress");
    private static final Pattern SHOWN =
            Pattern.compile("\\[([^]]+)]\\(ingress/\\1\\)[^`]*```\\w*\n(.*?)```", Pattern.DOTALL);

    /** Gateway API's form of a duration (GEP-2257). */
    private static final String DURATION = "([0-9]{1,5}(h|m|s|ms)){1,4}";

    private final YAMLMapper yaml = YAMLMapper.builder()
            // Kubernetes takes no number where it wants a text
            .withCoercionConfig(
                    LogicalType.Textual, text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .build();

    @Test
    void showsEachFileAsItIs() throws IOException {
        String page = Files.readString(PAGE);

        Map<String, String> shown = SHOWN.matcher(page)
                .results()
                .collect(Collectors.toMap(found -> found.group(1), found -> found.group(2)));

        assertThat(shown).isEqualTo(files());
        assertThat(Pattern.compile("```").matcher(page).results().count()).isEqualTo(2L * shown.size());
    }

    @Test
    void showsAFileForEachProxyAndEachFileHasAProxy() throws IOException {
        List<String> tested = Arrays.stream(ProxySetup.values())
                .map(ProxySetup::file)
                .distinct()
                .toList();

        assertThat(files().keySet())
                .containsAll(tested)
                .filteredOn(name -> !tested.contains(name))
                .containsExactlyInAnyOrder("ingress.yaml", "httproute.yaml");
    }

    @Test
    void showsAnIngressOfFieldsThatKubernetesKnows() throws IOException {
        Ingress ingress = yaml.readValue(FILES.resolve("ingress.yaml").toFile(), Ingress.class);

        assertThat(ingress.apiVersion()).isEqualTo("networking.k8s.io/v1");
        assertThat(ingress.kind()).isEqualTo("Ingress");
        assertThat(ingress.metadata().annotations().keySet())
                .allMatch(name -> name.matches(
                        "nginx\\.ingress\\.kubernetes\\.io/proxy-(buffering|read-timeout|send-timeout|next-upstream)"));
        assertThat(ingress.spec().rules())
                .allSatisfy(rule -> assertThat(rule.http().paths())
                        .allSatisfy(each -> assertThat(each.path()).isEqualTo("/api/events")));
    }

    @Test
    void showsARouteOfFieldsThatTheGatewayApiKnows() throws IOException {
        Route route = yaml.readValue(FILES.resolve("httproute.yaml").toFile(), Route.class);

        assertThat(route.apiVersion()).isEqualTo("gateway.networking.k8s.io/v1");
        assertThat(route.kind()).isEqualTo("HTTPRoute");
        assertThat(route.spec().rules()).allSatisfy(rule -> {
            assertThat(rule.matches())
                    .allSatisfy(each -> assertThat(each.path().value()).isEqualTo("/api/events"));
            assertThat(rule.timeouts().request()).matches(DURATION);
            assertThat(rule.timeouts().backendRequest()).matches(DURATION);
        });
    }

    private static Map<String, String> files() throws IOException {
        try (Stream<Path> all = Files.list(FILES)) {
            return all.collect(Collectors.toMap(file -> file.getFileName().toString(), IngressPageTest::text));
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException gone) {
            throw new IllegalStateException(gone);
        }
    }

    record Metadata(String name, Map<String, String> annotations) {}

    record Ingress(String apiVersion, String kind, Metadata metadata, IngressSpec spec) {}

    record IngressSpec(String ingressClassName, List<IngressTls> tls, List<IngressRule> rules) {}

    record IngressTls(List<String> hosts, String secretName) {}

    record IngressRule(String host, IngressPaths http) {}

    record IngressPaths(List<IngressPath> paths) {}

    record IngressPath(String path, PathType pathType, IngressBackend backend) {}

    enum PathType {
        Exact,
        Prefix,
        ImplementationSpecific
    }

    record IngressBackend(IngressService service) {}

    record IngressService(String name, IngressPort port) {}

    record IngressPort(int number) {}

    record Route(String apiVersion, String kind, Metadata metadata, RouteSpec spec) {}

    record RouteSpec(List<RouteParent> parentRefs, List<String> hostnames, List<RouteRule> rules) {}

    record RouteParent(String name, String sectionName) {}

    record RouteRule(List<RouteMatch> matches, RouteTimeouts timeouts, List<RouteBackend> backendRefs) {}

    record RouteMatch(RoutePath path) {}

    record RoutePath(MatchType type, String value) {}

    enum MatchType {
        Exact,
        PathPrefix,
        RegularExpression
    }

    record RouteTimeouts(String request, String backendRequest) {}

    record RouteBackend(String name, int port) {}
}
