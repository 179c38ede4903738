package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.config.Environment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HeapNeedTest {

    private static final long MB = 1024 * 1024;
    private static final Environment DEFAULTS = environment(Map.of());

    @Test
    void warnsOfAHeapThatTheLargestRecordDoesNotFit() {
        assertThat(HeapNeed.warning(DEFAULTS, 128 * MB))
                .isEqualTo(
                        "KAFKA_MESSAGE_MAX_BYTES=52428800 needs a heap of 382 MB, this one has 128 MB: a record that large can end"
                                + " the gateway; raise the heap (-Xmx382m, or -XX:MaxRAMPercentage), or lower the setting");
        assertThat(HeapNeed.warning(DEFAULTS, 382 * MB)).isNull();
        assertThat(HeapNeed.warning(environment(Map.of("KAFKA_MESSAGE_MAX_BYTES", "10MB")), 128 * MB))
                .isNull();
        assertThat(HeapNeed.warning(environment(Map.of("KAFKA_MESSAGE_MAX_BYTES", "512MB")), 2048 * MB))
                .contains("needs a heap of 3616 MB");
    }

    @Test
    void documentsContainersThatTheDefaultFits() throws Exception {
        String operating = Files.readString(Path.of("..", "docs", "operating.md"));
        String examples = operating + Files.readString(Path.of("..", "docs", "operations", "kubernetes.yaml"));
        long needed = HeapNeed.megabytes(DEFAULTS);

        List<Long> memory = numbers("(?:--memory |memory: )([0-9]+)(?:m|Mi)\\b", examples);
        List<Long> percent = numbers("-XX:MaxRAMPercentage=([0-9]+)", examples);

        // the container's, and what Kubernetes reserves and allows
        assertThat(memory).hasSize(3).allSatisfy(each -> assertThat(each * percent.get(0) / 100)
                .isGreaterThanOrEqualTo(needed));
        assertThat(percent).hasSize(2).containsOnly(percent.get(0));
        assertThat(operating).contains(needed + " MB");
    }

    private static List<Long> numbers(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult found) -> Long.valueOf(found.group(1)))
                .toList();
    }

    private static Environment environment(Map<String, String> variables) {
        return new Environment(variables);
    }
}
