package io.eventsgateway.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.config.Environment;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsChecksTest {

    private static final long GB = 1024 * 1024 * 1024;

    private static List<Finding> look(Map<String, String> settings, long maxFiles, long maxHeap) throws Exception {
        return Doctor.examine(new SettingsChecks(new Environment(settings), maxFiles, maxHeap).checks());
    }

    @Test
    void namesALimitOfFilesAndAHeapThatAreTooSmall() throws Exception {
        List<Finding> found = look(Map.of("EVENTS_SSE_MAXCONNECTIONS", "5000"), 1024, GB / 16);

        assertThat(found)
                .anyMatch(each -> each.check().equals("open files")
                        && each.seen().contains("the limit is 1024")
                        && each.advice().contains("LimitNOFILE="))
                .anyMatch(each -> each.check().equals("heap") && each.seen().contains("KAFKA_MESSAGE_MAX_BYTES"));
    }

    @Test
    void warnsOfNamesThatAreNotKnown() throws Exception {
        List<Finding> found = look(Map.of("EVENTS_REDIS_TTLHUORS", "5"), 1_000_000, GB);

        assertThat(found)
                .anyMatch(each -> each.verdict() == Verdict.WARN && each.seen().contains("EVENTS_REDIS_TTLHOURS"));
    }
}
