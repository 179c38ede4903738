package io.eventsgateway.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.redis.RedisExamination.Server;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RedisChecksTest {

    private static final long MB = 1024 * 1024;

    private static List<Finding> judge(Server server) {
        List<Finding> found = new ArrayList<>();
        RedisChecks.judge("redis server", server, found);
        return found;
    }

    private static Server server(String role, String policy, String problem, long used, String replicaWarning) {
        return new Server(
                "7.2.0",
                "standalone",
                role,
                policy,
                problem,
                policy.startsWith("all"),
                used,
                100 * MB,
                1,
                7,
                replicaWarning);
    }

    @Test
    void saysWhatAGoodServerIs() {
        assertThat(judge(server("master", "noeviction", "", 10 * MB, "")))
                .containsExactly(Finding.ok(
                        "redis server",
                        "version 7.2.0, standalone, master, noeviction, 10 MB used of 100 MB, 1 replica, lag 7 bytes"));
    }

    @Test
    void namesAPolicyThatDropsEvents() {
        assertThat(judge(server("master", "allkeys-lru", "", 10 * MB, "")))
                .singleElement()
                .satisfies(finding -> assertThat(finding.seen()).contains("maxmemory-policy is allkeys-lru"));
    }

    @Test
    void saysThatMemoryIsNearlyFullAndThatAReplicaLags() {
        assertThat(judge(server("master", "noeviction", "", 90 * MB, "replica r lags")))
                .extracting(Finding::verdict)
                .containsExactly(Verdict.WARN, Verdict.WARN);
    }

    @Test
    void saysThatAReplicaCantBeWritten() {
        assertThat(judge(server("slave", "noeviction", "this Redis is a replica", 10 * MB, "")))
                .singleElement()
                .satisfies(finding -> assertThat(finding.verdict()).isEqualTo(Verdict.FAIL));
    }
}
