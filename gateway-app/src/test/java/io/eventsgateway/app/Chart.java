package io.eventsgateway.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The Helm chart as Helm itself renders it. Used by one thread. */
final class Chart {

    static final Path FOLDER = Path.of("src", "main", "helm", "events-gateway");
    private static final YAMLMapper YAML = new YAMLMapper();

    private final Path values;

    private Chart(Path values) {
        this.values = values;
    }

    /** With values of the gateway beside the default ones, written to a file of a folder. */
    static Chart with(Path folder, String values) throws IOException {
        Map<String, Object> all = Map.of(
                "services", Map.of("events-gateway", YAML.readValue(values.isBlank() ? "{}" : values, Map.class)));
        Path file = Files.createTempFile(folder, "values", ".yaml");
        YAML.writeValue(file.toFile(), all);
        return new Chart(file);
    }

    /** The text of all objects. */
    String text() {
        return new Helm(FOLDER)
                .template()
                .withName("events-gateway")
                .withValuesFile(values)
                .call();
    }

    /** All objects. */
    List<JsonNode> objects() throws IOException {
        return objects(text());
    }

    /** The only object of a kind. */
    JsonNode object(String kind) throws IOException {
        List<JsonNode> found = objects().stream()
                .filter(each -> each.path("kind").asText().equals(kind))
                .toList();
        if (found.size() != 1) {
            throw new IllegalStateException(found.size() + " objects of kind " + kind);
        }
        return found.get(0);
    }

    static LintResult lint() {
        return new Helm(FOLDER).lint().strict().call();
    }

    static List<JsonNode> objects(String text) throws IOException {
        List<JsonNode> objects = new ArrayList<>();
        try (var all = YAML.readerFor(ObjectNode.class).<JsonNode>readValues(text)) {
            all.forEachRemaining(objects::add);
        }
        return objects;
    }
}
