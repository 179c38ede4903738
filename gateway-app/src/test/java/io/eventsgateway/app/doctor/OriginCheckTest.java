package io.eventsgateway.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.config.Environment;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginCheckTest {

    @ParameterizedTest
    @CsvSource({
        "https://app.example.com:8443, the port differs",
        "http://app.example.com, the scheme differs",
        "https://example.org, not for itself",
        "https://other.net, is not in APPLICATION_CORS_ALLOW_ORIGIN",
        "https://app.example.com/, is no origin"
    })
    void saysWhyAnOriginIsNotAllowed(String origin, String why) {
        Finding finding = look("https://app.example.com,https://*.example.org", origin);

        assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(finding.seen()).contains(why);
    }

    @Test
    void namesTheSettingThatAllowsAnOrigin() {
        assertThat(look("https://*.example.org", "https://a.example.org").verdict())
                .isEqualTo(Verdict.OK);
        assertThat(look("*", "https://a.example.org").verdict()).isEqualTo(Verdict.WARN);
    }

    private static Finding look(String setting, String origin) {
        Environment environment = new Environment(Map.of("APPLICATION_CORS_ALLOW_ORIGIN", setting));
        return new OriginCheck(environment, origin).look().get(0);
    }
}
