package io.eventsgateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentTest {

    private static final Setting<Integer> PORT =
            Setting.number("SERVER_PORT", 8080, 0, 65535).formerly("OLD_PORT");
    private static final Setting<String> NAME = Setting.text("APP_NAME", "gateway");
    private static final Setting<List<HostAndPort>> SERVERS = Setting.servers("S", "x:9", OptionalInt.of(9));
    private static final Setting<Integer> SIZE = Setting.bytes("SIZE", 1024, 1024, 1 << 30);
    private static final Setting<String> PASSWORD = Setting.<String>of(
                    "APP_PASSWORD", "x", "short", text -> text.length() > 3 ? null : text)
            .secret();

    @Test
    void givesDefaultsWhereNothingIsSet() {
        Environment none = new Environment(Map.of());

        assertThat(none.get(PORT)).isEqualTo(8080);
        assertThat(none.get(NAME)).isEqualTo("gateway");
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
                .containsExactly("OLD_PORT is not used: SERVER_PORT is set too, to another value");
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
        for (String wrong : List.of("0", "-1s", "soon", "1d1", "25h", "99999999999999h")) {
            assertThatThrownBy(() -> new Environment(Map.of("TIMEOUT", wrong)).get(timeout))
                    .isInstanceOf(ConfigurationException.class);
        }
    }

    @Test
    void prefersTheDocumentedSpelling() {
        Environment both = new Environment(Map.of("SERVER_PORT", "1", "SERVERPORT", "2", "server.port", "1"));

        assertThat(both.get(PORT)).isEqualTo(1);
        assertThat(both.warnings(List.of(PORT)))
                .containsExactlyInAnyOrder(
                        "SERVERPORT is not used: SERVER_PORT is set too, to another value",
                        "server.port is not used: SERVER_PORT is set too");
    }

    @Test
    void readsFromOthersWhatItDoesNotSetItself() {
        Environment file = new Environment("app.env", Map.of("SERVER_PORT", "1", "APP_NAME", "of file"));
        Environment all = new Environment(Map.of("OLD_PORT", "2", "APP_PASSWORD", "abc")).orElse(file);

        assertThat(all.get(PORT)).isEqualTo(2);
        assertThat(all.get(NAME)).isEqualTo("of file");
        assertThat(all.warnings(List.of(PORT, NAME))).isEmpty();
        assertThat(all.explain(PORT)).isEqualTo(new Environment.Explained("2", "older name OLD_PORT"));
        assertThat(all.explain(NAME)).isEqualTo(new Environment.Explained("of file", "variable in app.env"));
        assertThat(all.explain(PASSWORD)).isEqualTo(new Environment.Explained("*****", "variable"));
        assertThat(new Environment(Map.of()).explain(PORT)).isEqualTo(new Environment.Explained("8080", "default"));
    }

    @Test
    void refusesWhatIsNotSupportedAnyMoreInEverySpelling() {
        List<RemovedSetting> removed =
                List.of(new RemovedSetting("OAUTH_CLIENT_ID", "remove it"), new RemovedSetting("ADMIN_*", "leave it"));
        Environment old = new Environment(Map.of("OAUTH_CLIENTID", "x", "ADMIN_USER", "y", "ADMINS", "z"));

        assertThatThrownBy(() -> old.refuse(removed))
                .isInstanceOfSatisfying(ConfigurationException.class, all -> assertThat(all.problems())
                        .contains(
                                "ADMIN_USER is not supported any more: leave it",
                                "OAUTH_CLIENTID is not supported any more: remove it"));
    }

    @Test
    void derivesADefaultFromOtherSettings() {
        Setting<String> greeting =
                Setting.text("GREETING", "").otherwise(environment -> "hello " + environment.get(NAME));

        assertThat(greeting.fallback()).isEqualTo("hello gateway");
        assertThat(new Environment(Map.of("APP_NAME", "ann")).get(greeting)).isEqualTo("hello ann");
        assertThat(new Environment(Map.of("GREETING", " ")).get(greeting)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a:1                          | a:1",
                "a:1, b.example.com:65535 ,   | a:1,b.example.com:65535",
                "[::1]:1,[2001:db8::1]:2      | [::1]:1,[2001:db8::1]:2",
                "10.0.0.1:9092                | 10.0.0.1:9092",
                "a                            | a:9"
            })
    void readsAddresses(String text, String all) {
        assertThat(HostAndPort.join(new Environment(Map.of("S", text)).get(SERVERS)))
                .isEqualTo(all);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a:0", "a:65536", "a:b", ":1", "::1", "[::1", "[::x]:1", "a b:1", "http://a:1", "-a:1", ","})
    void tellsAddressesThatAreNone(String text) {
        assertThatThrownBy(() -> new Environment(Map.of("S", text)).get(SERVERS))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("S=" + text + " is not valid");
    }

    @ParameterizedTest
    @CsvSource({"1024,1024", "1KB,1024", "2mb,2097152", "1GB,1073741824"})
    void readsSizes(String text, int bytes) {
        assertThat(new Environment(Map.of("SIZE", text)).get(SIZE)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1023", "2GB", "99999999999GB", "1 MB", "1.5MB", "much", "-1"})
    void tellsSizesThatAreNone(String text) {
        assertThatThrownBy(() -> new Environment(Map.of("SIZE", text)).get(SIZE))
                .isInstanceOf(ConfigurationException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"id.example.com", "ftp://a", "https://", "https://a b", "https://a?b=c", "https://a#b"})
    void tellsUrlsThatAreNone(String text) {
        assertThat(Setting.isUrl(text)).isFalse();
    }
}
