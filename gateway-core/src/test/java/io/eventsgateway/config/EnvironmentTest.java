package io.eventsgateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvironmentTest {

    private static final Setting<Integer> PORT =
            Setting.number("SERVER_PORT", 8080, 0, 65535).formerly("OLD_PORT");
    private static final Setting<String> NAME = Setting.text("APP_NAME", "gateway");
    private static final Setting<String> PASSWORD = Setting.<String>of(
                    "APP_PASSWORD", "x", "short", text -> text.length() > 3 ? null : text)
            .secret();

    @Test
    void givesDefaultsWhereNothingIsSet() {
        Environment none = new Environment(Map.of());

        assertThat(none.get(PORT)).isEqualTo(8080);
        assertThat(none.get(NAME)).isEqualTo("gateway");
        assertThat(none.has(PORT)).isFalse();
    }

    @Test
    void readsNamesAsSpringBootDoes() {
        for (String name : List.of("SERVER_PORT", "SERVERPORT", "server.port", "server-port", "Server_Port")) {
            assertThat(new Environment(Map.of(name, "1")).get(PORT)).as(name).isEqualTo(1);
        }
    }

    @Test
    void prefersTheDocumentedNameAndWarnsOfTheOlder() {
        Environment both = new Environment(Map.of("SERVER_PORT", "1", "OLD_PORT", "2"));

        assertThat(new Environment(Map.of("OLD_PORT", "2")).get(PORT)).isEqualTo(2);
        assertThat(both.get(PORT)).isEqualTo(1);
        assertThat(both.warnings(List.of(PORT)))
                .containsExactly("OLD_PORT is not used: SERVER_PORT is set too and is its newer name");
    }

    @Test
    void takesBlanksForEmptyWhereATextMayBeEmpty() {
        Environment blank = new Environment(Map.of("SERVER_PORT", " ", "APP_NAME", " "));

        assertThat(blank.get(PORT)).isEqualTo(8080);
        assertThat(blank.get(NAME)).isEmpty();
    }

    @Test
    void tellsEveryProblemAtOnceAndNoSecret() {
        Environment wrong = new Environment(Map.of("SERVER_PORT", "70000", "APP_PASSWORD", "secret"));

        assertThatThrownBy(() -> wrong.check(List.of(PORT, NAME, PASSWORD)))
                .isInstanceOfSatisfying(ConfigurationException.class, all -> assertThat(all.problems())
                        .containsExactly(
                                "SERVER_PORT=70000 is not valid: must be a number from 0 to 65535",
                                "APP_PASSWORD=(secret) is not valid: must be short"));
    }

    @Test
    void readsDurationsAsSpringBootDoes() {
        Setting<Duration> timeout = Setting.duration("TIMEOUT", "2s");
        Map<String, Duration> texts = Map.of(
                "500", Duration.ofMillis(500),
                "500ms", Duration.ofMillis(500),
                "3s", Duration.ofSeconds(3),
                "4m", Duration.ofMinutes(4),
                "1h", Duration.ofHours(1),
                "PT5S", Duration.ofSeconds(5));

        texts.forEach((text, expected) -> assertThat(new Environment(Map.of("TIMEOUT", text)).get(timeout))
                .isEqualTo(expected));
        for (String wrong : List.of("0", "-1s", "soon", "1d1")) {
            assertThatThrownBy(() -> new Environment(Map.of("TIMEOUT", wrong)).get(timeout))
                    .isInstanceOf(ConfigurationException.class);
        }
    }
}
