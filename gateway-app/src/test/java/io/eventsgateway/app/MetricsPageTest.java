package io.eventsgateway.app;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.eventsgateway.config.Environment;
import io.eventsgateway.topic.Feed;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;

/** That docs/metrics.md says what is measured, and that dashboard and alerts use what there is; {@code -Ddocs.write=true} writes the page. */
class MetricsPageTest {

    private static final Path PAGE = Path.of("../docs/metrics.md");
    private static final Path OPERATIONS = Path.of("../docs/operations");

    private static final Pattern METRIC = Pattern.compile("\\b(events_gateway|kafka|jvm|process|system)_\\w+");
    /** In prose, where other words begin like those of other libraries. */
    private static final Pattern OWN_METRIC =
            Pattern.compile("\\bevents_gateway_\\w+|\\b(kafka_consumer|jvm|process)_\\w+");

    private static final Pattern NAMED = Pattern.compile("(?m)^\\| `(\\w+)` ");
    private static final Pattern ALERT = Pattern.compile("(?m)^ +- alert: (\\w+)$");

    @Test
    void saysWhatIsMeasured() throws Exception {
        MetricsPage page = page();
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(PAGE, page.markdown());
        }
        String written = Files.readString(PAGE);

        assertThat(written)
                .as("docs/metrics.md is stale; CONTRIBUTING.md says how to write it anew")
                .contains(page.rows("events_gateway_"))
                .contains(page.rows("kafka_"));
        assertThat(names(NAMED, written)).containsAll(page.ownNames());
    }

    @Test
    void isThereForEveryMetricOfDashboardAndAlerts() throws Exception {
        Set<String> there = names(NAMED, Files.readString(PAGE));
        List<String> expressions = new ArrayList<>();
        for (JsonNode each : new ObjectMapper()
                .readTree(OPERATIONS.resolve("grafana-dashboard.json").toFile())
                .findValues("expr")) {
            expressions.add(each.asText());
        }
        Files.readString(OPERATIONS.resolve("alerts.yml"))
                .lines()
                .filter(line -> line.strip().startsWith("expr:"))
                .forEach(expressions::add);

        assertThat(expressions).hasSizeGreaterThan(50);
        for (String expression : expressions) {
            Matcher metric = METRIC.matcher(expression);
            // Prometheus's own is the only other one
            assertThat(expression).containsAnyOf("events_gateway_", "jvm_", "kafka_", "process_", "up{");
            while (metric.find()) {
                String name = metric.group();
                assertThat(there)
                        .as("%s in %s", name, expression)
                        .containsAnyOf(name, name.replaceAll("_(bucket|sum|count)$", ""));
            }
        }
    }

    @Test
    void isThereForEveryMetricOfThePagesForOperators() throws Exception {
        Set<String> there = names(NAMED, Files.readString(PAGE));
        try (DirectoryStream<Path> pages = Files.newDirectoryStream(OPERATIONS, "*.md")) {
            for (Path page : pages) {
                Matcher metric = OWN_METRIC.matcher(Files.readString(page));
                while (metric.find()) {
                    String name = metric.group();
                    assertThat(there)
                            .as("%s in %s", name, page)
                            .containsAnyOf(name, name.replaceAll("_(bucket|sum|count)$", ""));
                }
            }
        }
    }

    @Test
    void hasAParagraphAndATestForEveryAlert() throws Exception {
        Set<String> alerts = names(ALERT, Files.readString(OPERATIONS.resolve("alerts.yml")));

        assertThat(names(Pattern.compile("(?m)^### (\\w+)\\n\\w"), Files.readString(OPERATIONS.resolve("alerts.md"))))
                .isEqualTo(alerts);
        assertThat(names(
                        Pattern.compile("(?m)^ +- alertname: (\\w+)$"),
                        Files.readString(OPERATIONS.resolve("alerts.test.yml"))))
                .isEqualTo(alerts);
    }

    private static MetricsPage page() throws IOException {
        MetricsPage page = new MetricsPage();
        Environment environment = new Environment(Map.of(
                "SECURITY_OAUTH2_BASESERVERURL",
                "https://id.example.com/auth",
                "EVENTS_ACCESS_POLICY",
                "remote",
                "EVENTS_SECURITY_ORGANIZATIONCHECK",
                "true"));
        try (Gateway gateway = Gateway.of(environment)) {
            // which registers what it measures of a collection when it has seen one
            System.gc();
            await(() -> gateway.scrape().contains("jvm_gc_pause_seconds"));
            page.add(gateway.scrape());
        }
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        registry.config().meterFilter(new KeptMeters());
        try (KafkaMeters meters = new KafkaMeters(registry);
                KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                        Map.of("bootstrap.servers", "127.0.0.1:9", "group.id", "a"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
                Closeable watched = meters.watch(Feed.TASK_MESSAGE, consumer)) {
            page.add(registry.scrape());
        }
        return page;
    }

    private static Set<String> names(Pattern pattern, String text) {
        Set<String> names = new TreeSet<>();
        Matcher name = pattern.matcher(text);
        while (name.find()) {
            names.add(name.group(1));
        }
        return names;
    }
}
