package io.eventsgateway.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.security.IssuerExamination.Discovery;
import io.eventsgateway.security.IssuerExamination.Keys;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class IssuerChecksTest {

    private static final String ISSUER = "http://keycloak:8080/realms/a";
    private static final Discovery ITSELF = new Discovery("", ISSUER);

    private static List<Finding> judge(Keys keys, Discovery discovery) {
        return IssuerChecks.judge("issuer", ISSUER, keys, discovery);
    }

    @Test
    void saysHowManyKeysThereAreAndSinceWhen() {
        Instant since = Instant.parse("2026-01-02T03:04:05Z");

        assertThat(judge(new Keys("", 3, 2, since, Duration.ZERO), ITSELF))
                .containsExactly(Finding.ok("issuer", "2 of 3 keys can be used, the newest since " + since));
    }

    @Test
    void saysThatThereAreNoKeys() {
        assertThat(judge(new Keys("status 404", 0, 0, null, null), ITSELF)
                        .get(0)
                        .advice())
                .contains("/auth");
        assertThat(judge(new Keys("status 500", 0, 0, null, null), ITSELF)
                        .get(0)
                        .verdict())
                .isEqualTo(Verdict.FAIL);
        assertThat(judge(new Keys("", 1, 0, null, null), ITSELF).get(0).seen()).contains("none of 1 keys");
    }

    @Test
    void saysThatTheIssuerHasAnotherNameForItself() {
        Discovery other = new Discovery("", "https://id.example.com/realms/a");

        assertThat(judge(new Keys("", 1, 1, null, null), other)).anySatisfy(finding -> assertThat(finding.seen())
                .contains("it calls itself https://id.example.com/realms/a"));
    }

    @Test
    void saysThatTheClocksDiffer() {
        assertThat(judge(new Keys("", 1, 1, null, Duration.ofMinutes(10)), ITSELF))
                .contains(Finding.fail(
                        "issuer",
                        "this machine's clock is 600 s behind the issuer's: good tokens are refused",
                        "have both synchronized (NTP)"));
        assertThat(judge(new Keys("", 1, 1, null, Duration.ofSeconds(-10)), ITSELF))
                .anyMatch(each -> each.verdict() == Verdict.WARN && each.seen().contains("10 s ahead of"));
    }
}
