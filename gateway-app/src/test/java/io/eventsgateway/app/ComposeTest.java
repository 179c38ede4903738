package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.eventsgateway.config.Environment;
import io.eventsgateway.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import kafka.server.KafkaConfig;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The compose file, whose images can't be pulled where the tests run: that each part of it knows what it is given. */
class ComposeTest {

    private static final Path FOLDER = Path.of("..", "docs", "operations");

    private JsonNode services;

    @BeforeEach
    void read() throws IOException {
        services = new YAMLMapper()
                .readTree(FOLDER.resolve("compose.yaml").toFile())
                .path("services");
    }

    @Test
    void configuresTheGatewayByVariablesThatItKnowsAndTakes() {
        Set<String> known = AppSettings.ALL.stream().map(Setting::name).collect(Collectors.toSet());
        Map<String, String> variables = variables("gateway");
        assertThat(variables.keySet()).filteredOn(name -> !known.contains(name)).containsExactly("JAVA_OPTS");

        variables.remove("JAVA_OPTS");
        AppSettings.check(new Environment(variables));
        assertThat(AppSettings.warnings(new Environment(variables))).isEmpty();
    }

    @Test
    void configuresKafkaByNamesThatItKnows() {
        Set<String> known = KafkaConfig.configDef().names();

        assertThat(variables("kafka").keySet()).allSatisfy(name -> assertThat(known)
                .contains(name.replaceFirst("^KAFKA_", "")
                        .toLowerCase(Locale.ROOT)
                        .replace('_', '.')));
    }

    @Test
    void startsTheGatewayAsTheImageNeedsIt() {
        JsonNode gateway = services.path("gateway");

        assertThat(gateway.path("read_only").asBoolean()).isTrue();
        assertThat(gateway.at("/tmpfs/0").asText()).isEqualTo("/tmp:exec");
        assertThat(gateway.path("mem_limit").asText()).isEqualTo("768m");
        assertThat(gateway.path("stop_grace_period").asText()).isEqualTo("35s");
        assertThat(FOLDER.resolve(gateway.at("/build/context").asText())
                        .resolve(gateway.at("/build/dockerfile").asText()))
                .isRegularFile();
    }

    @Test
    void startsNothingBeforeWhatItNeeds() {
        Set<String> names = new HashSet<>();
        services.fieldNames().forEachRemaining(names::add);
        assertThat(names).containsExactlyInAnyOrder("kafka", "redis", "keycloak", "gateway");

        services.path("gateway").path("depends_on").properties().forEach(needed -> {
            assertThat(names).contains(needed.getKey());
            boolean healthy = needed.getValue().path("condition").asText().equals("service_healthy");
            assertThat(services.path(needed.getKey()).has("healthcheck")).isEqualTo(healthy);
        });
    }

    @Test
    void hasOneNameOfTheIssuerForTheGatewayAndForBrowsers() {
        String issuer = variables("gateway").get("SECURITY_OAUTH2_BASESERVERURL");

        assertThat(variables("keycloak")).containsEntry("KC_HOSTNAME", issuer);
        assertThat(issuer)
                .isEqualTo("http://"
                        + services.at("/keycloak/networks/default/aliases/0").asText() + ":"
                        + variables("keycloak").get("KC_HTTP_PORT"));
        List<String> volume =
                List.of(services.at("/keycloak/volumes/0").asText().split(":"));
        assertThat(Files.isRegularFile(FOLDER.resolve(volume.get(0)))).isTrue();
    }

    private Map<String, String> variables(String service) {
        Map<String, String> variables = new HashMap<>();
        services.path(service).path("environment").properties().forEach(each -> {
            assertThat(each.getValue().isTextual()).as(each.getKey()).isTrue();
            variables.put(each.getKey(), each.getValue().asText());
        });
        return variables;
    }
}
